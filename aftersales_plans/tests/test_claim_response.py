# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase
from .common_proof import poisoned

FRIDAY_AFTERNOON = "2026-04-10 14:00:00"


@tagged("post_install", "-at_install")
class TestClaimResponse(AfterSalesCase):
    """Gold answers within 4 hours; the company works 8-12 and 13-17, Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": end}
                    )
                    for day in range(5)
                    for start, end in ((8, 12), (13, 17))
                ],
            }
        )
        cls.plan.write({"response_hours": 4, "support_level": "business_hours"})
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.manager.company_ids |= cls.company

    def report(self, at=FRIDAY_AFTERNOON, **values):
        with freeze_time(at):
            return self.claim(self.asset, **values)

    def escalate(self, at):
        """Let the cron run."""
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_escalate_claims").method_direct_trigger()

    def pushed(self, claim):
        return claim.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref("aftersales_plans.activity_answer_overdue")
        ).user_id

    # --- Deadline ---

    def test_working_hours_skip_the_night_and_the_weekend(self):
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 13, 9, 0))

    def test_public_holidays_do_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Easter Monday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-04-13 00:00:00",
                "date_to": "2026-04-13 23:59:59",
            }
        )
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 14, 9, 0))

    def test_support_at_any_time_counts_every_hour(self):
        self.contract.support_level = "always"
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 10, 18, 0))

    def test_without_phone_support_working_hours_count(self):
        self.contract.support_level = "none"
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 13, 9, 0))

    def test_without_a_working_calendar_every_hour_counts(self):
        self.company.resource_calendar_id = False
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 10, 18, 0))

    def test_a_calendar_in_which_nobody_works_promises_plain_hours(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        self.assertEqual(self.report().response_deadline, datetime(2026, 4, 10, 18, 0))

    def test_no_promise_no_deadline(self):
        self.contract.response_hours = 0
        claim = self.report()
        self.assertFalse(claim.response_deadline)
        with freeze_time("2030-01-01"):
            claim.invalidate_recordset(["is_late"])
            self.assertFalse(claim.is_late)

    # --- Measured ---

    def test_the_answer_is_measured_in_the_hours_of_the_promise(self):
        claim = self.report()
        with freeze_time("2026-04-13 09:30:00"):
            claim.action_approve()
        self.assertEqual(claim.date_responded, datetime(2026, 4, 13, 9, 30))
        self.assertEqual(claim.response_hours_taken, 4.5)
        self.contract.support_level = "always"
        second = self.report()
        with freeze_time("2026-04-13 09:30:00"):
            second.action_approve()
        self.assertEqual(second.response_hours_taken, 67.5)

    def test_settling_is_measured_in_all_hours(self):
        claim = self.report()
        with freeze_time("2026-04-13 09:30:00"):
            claim.action_approve()
        self.assertFalse(claim.date_done)
        with freeze_time("2026-04-14 14:00:00"):
            self.deliver(claim.picking_ids.sudo())
        self.assertEqual(claim.date_done, datetime(2026, 4, 14, 14, 0))
        self.assertEqual(claim.resolution_hours, 96.0)

    def test_a_refusal_answers_and_settles_and_reopening_unsettles(self):
        claim = self.report()
        with freeze_time("2026-04-10 16:00:00"):
            claim.action_refuse("Frost")
        self.assertEqual((claim.response_hours_taken, claim.resolution_hours), (2.0, 2.0))
        claim.action_reopen()
        self.assertFalse(claim.date_done or claim.resolution_hours or claim.refusal_reason)
        self.assertEqual(claim.response_hours_taken, 2.0)

    def test_the_first_message_to_the_customer_is_an_answer_a_note_is_not(self):
        self.customer.email = "casa@example.com"
        self.agent.email = "agent@example.com"
        claim = self.report()
        with freeze_time("2026-04-10 15:00:00"):
            claim.message_post(body="Ask Wendy", subtype_xmlid="mail.mt_note")
            self.assertFalse(claim.date_responded)
            claim.message_post(
                body="Dear colleagues", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertFalse(claim.date_responded)
            claim.message_post(
                body="We are on it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        self.assertEqual(claim.date_responded, datetime(2026, 4, 10, 15, 0))

    def test_what_is_measured_is_not_written_by_hand(self):
        claim = self.report()
        for name in ("date_responded", "response_hours_taken", "response_deadline", "date_done"):
            with self.subTest(name), self.assertRaises(UserError):
                claim.write({name: False})

    # --- Late ---

    def test_late_is_unanswered_after_the_deadline(self):
        late, answered, early = self.report(), self.report(), self.report("2026-04-13 08:30:00")
        without = self.claim(self.env["aftersales.asset"], **{"line_ids": []})
        with freeze_time("2026-04-10 15:00:00"):
            answered.action_submit()
            answered.action_approve()
        ours = late | answered | early | without
        with freeze_time("2026-04-13 09:00:01"):
            ours.invalidate_recordset(["is_late"])
            self.assertEqual(ours.filtered("is_late"), late)
            domain = [("id", "in", ours.ids)]
            found = ours.search([("is_late", "=", True), *domain])
            others = ours.search([("is_late", "=", False), *domain])
            self.assertEqual((found, found | others), (late, late | others))
            self.assertEqual(set(others.ids), set((ours - late).ids))

    # --- Escalation ---

    def test_a_late_claim_pushes_its_responsible_once(self):
        claim = self.report()
        self.escalate("2026-04-13 08:00:00")
        self.assertFalse(claim.activity_ids)
        for moment in ("2026-04-13 10:00:00", "2026-04-13 11:00:00"):
            self.escalate(moment)
        self.assertEqual(self.pushed(claim), self.agent)
        self.assertEqual(len(claim.activity_ids), 1)
        self.assertEqual(claim.date_escalated, datetime(2026, 4, 13, 10, 0))

    def test_without_responsible_the_plan_managers_of_the_company_are_pushed(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "t-stranger", "aftersales_plans.group_manager",
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)],
        )  # fmt: skip
        claim = self.report(user_id=False)
        self.escalate("2026-04-13 10:00:00")
        self.assertIn(self.manager, self.pushed(claim))
        self.assertNotIn(stranger, self.pushed(claim))

    def test_a_responsible_who_left_is_not_pushed(self):
        claim = self.report()
        self.agent.active = False
        self.escalate("2026-04-13 10:00:00")
        self.assertIn(self.manager, self.pushed(claim))

    def test_an_answer_takes_the_push_away(self):
        answered, withdrawn = self.report(), self.report()
        self.escalate("2026-04-13 10:00:00")
        answered.action_approve()
        withdrawn.action_cancel()
        self.assertFalse((answered | withdrawn).activity_ids)

    def test_one_run_pushes_all_that_are_late(self):
        claims = self.env["aftersales.claim"].union(*(self.report() for _number in range(5)))
        self.escalate("2026-04-13 10:00:00")
        self.assertEqual(len(claims.activity_ids), 5)
        self.assertEqual(set(claims.mapped("date_escalated")), {datetime(2026, 4, 13, 10, 0)})

    def test_one_that_fails_stops_no_other(self):
        first, bad, last = claims = [self.report() for _number in range(3)]
        with poisoned(bad, "_escalate"):
            self.escalate("2026-04-13 10:00:00")
        self.assertEqual((self.pushed(first), self.pushed(last)), (self.agent, self.agent))
        self.assertFalse(self.pushed(bad))
        self.assertEqual(bad.activity_ids.user_id, self.agent)
        self.assertIn("poison", bad.activity_ids.note)
        self.assertTrue(all(claim.date_escalated for claim in claims), "each is pushed once")

    def test_hours_between_skip_what_nobody_works(self):
        friday, monday = datetime(2026, 4, 10, 16), datetime(2026, 4, 13, 9)
        self.assertEqual(self.company._aftersales_hours_between(friday, monday), 2.0)
        self.company.resource_calendar_id = False
        self.assertEqual(
            self.company._aftersales_hours_between(friday, friday + timedelta(hours=65)), 65.0
        )
