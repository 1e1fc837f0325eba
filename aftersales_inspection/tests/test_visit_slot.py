# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import Form, freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitSlot(InspectionCase):
    """Four visits from 15 March 2026; the first is planned for 1 June, 8:00 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.first = cls.visit_of(cls.contract, 1)

    def found(self, moment, field, value=True):
        with freeze_time(moment):
            self.env.invalidate_all()
            visits = self.env["fsm.order"].search(
                [(field, "=", value), ("aftersales_contract_id", "=", self.contract.id)]
            )
            self.assertEqual(set(visits.mapped(field)) - {value}, set())
            return sorted(visits.mapped("aftersales_visit_number"))

    def test_a_visit_is_missed_from_the_day_after_its_window_without_any_nightly_job(self):
        for moment, missed in (
            ("2026-06-14 23:59:59", []),
            ("2026-06-15 00:00:00", [1]),
            ("2026-09-15 00:00:00", [1, 2]),
        ):
            self.assertEqual(self.found(moment, "is_missed"), missed)
            rest = [number for number in range(1, 5) if number not in missed]
            self.assertEqual(self.found(moment, "is_missed", False), rest)

    def test_the_day_of_the_company_decides(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        self.assertEqual(self.found("2026-06-15 06:59:59", "is_missed"), [])
        self.assertEqual(self.found("2026-06-15 07:00:00", "is_missed"), [1])

    def test_what_is_over_or_no_visit_is_not_missed(self):
        self.first.conclusion = "pass"
        self.visit_of(self.contract, 2).action_cancel()
        with freeze_time("2026-06-20 06:00:00"):
            self.first.action_complete()
        self.assertEqual(self.found("2027-06-20 06:00:00", "is_missed"), [3, 4])
        order = self.env["fsm.order"].create({"location_id": self.first.location_id.id})
        self.assertFalse(order.is_missed)
        everything = self.env["fsm.order"].search([])
        missed = self.env["fsm.order"].search([("is_missed", "=", True)])
        self.assertEqual(
            self.env["fsm.order"].search([("is_missed", "!=", True)]), everything - missed
        )
        self.assertIn(order, everything - missed)

    def test_a_visit_may_be_dragged_outside_its_window_and_says_so(self):
        now = "2026-04-01 06:00:00"
        self.assertEqual(self.found(now, "is_outside_window"), [])
        self.first.write(
            {"scheduled_date_start": "2026-06-15 08:00", "scheduled_date_end": "2026-06-15 10:00"}
        )
        self.assertEqual(self.found(now, "is_outside_window"), [1])
        self.assertEqual(self.found(now, "is_outside_window", False), [2, 3, 4])
        self.assertIn(
            "outside the window promised to the customer: 03/15/2026 to 06/14/2026",
            self.first.message_ids[0].body,
        )
        notes = len(self.first.message_ids)
        self.first.write(
            {"scheduled_date_start": "2026-06-14 22:00", "scheduled_date_end": "2026-06-15 00:00"}
        )
        self.assertEqual(self.found(now, "is_outside_window"), [])
        self.assertEqual(len(self.first.message_ids), notes)

    def test_the_window_is_that_of_the_site(self):
        self.customer.tz = "America/New_York"
        contract = self.sell_on("2026-03-15 06:00:00")
        visit = self.visit_of(contract, 1)
        for start, outside in (
            (datetime(2026, 3, 15, 3, 59), True),
            (datetime(2026, 3, 15, 4), False),
            (datetime(2026, 6, 15, 3, 59), False),
            (datetime(2026, 6, 15, 4), True),
        ):
            visit.write({"scheduled_date_start": start, "scheduled_date_end": start})
            self.assertEqual(visit.is_outside_window, outside, start)

    def test_typing_a_day_outside_warns_and_starts_nothing(self):
        dispatcher = self.env["res.users"].create(
            {
                "name": "Dora",
                "login": "t-dora",
                "group_ids": [(6, 0, self.env.ref("fieldservice.group_fsm_dispatcher").ids)],
            }
        )
        visit = self.first.with_user(dispatcher)
        values = {"scheduled_date_start": datetime(2026, 7, 1, 8)}
        answer = visit.onchange(
            {**values, "scheduled_duration": 2},
            ["scheduled_date_start"],
            {"scheduled_date_start": {}, "scheduled_date_end": {}, "date_start": {}},
        )
        self.assertIn("03/15/2026 to 06/14/2026", answer["warning"]["message"])
        with Form(visit) as form:
            form.scheduled_date_start = datetime(2026, 6, 3, 8)
        self.assertEqual(
            (self.first.scheduled_date_start, self.first.scheduled_date_end, self.first.date_start),
            (datetime(2026, 6, 3, 8), datetime(2026, 6, 3, 10), False),
        )

    def test_the_plan_of_an_ordinary_order_is_its_actual_time_as_ever(self):
        plain = self.env["fsm.order"].new(
            {
                "scheduled_date_start": "2026-06-02 08:00:00",
                "scheduled_date_end": "2026-06-02 10:00:00",
            }
        )
        visit = self.first.new(origin=self.first)
        for order, kept in ((plain, False), (visit, True)):
            order.date_start = False
            order.onchange_scheduled_date_end()
            self.assertEqual(not order.date_start, kept)

    def test_a_dialog_for_what_was_never_promised_offers_no_end(self):
        plain = self.env["fsm.order"].new({})
        wizard = self.env["aftersales.visit.carry"].new({"visit_id": plain.id})
        self.assertFalse(wizard.date_end)

    def test_another_date_takes_back_what_the_customer_said(self):
        for state in ("proposed", "confirmed", "change_asked"):
            self.first.write(
                {
                    "scheduled_date_start": "2026-06-01 08:00:00",
                    "scheduled_date_end": "2026-06-01 10:00:00",
                }
            )
            self.first.appointment_state = state
            self.first.write(
                {
                    "scheduled_date_start": "2026-06-01 08:00:00",
                    "scheduled_date_end": "2026-06-01 09:30:00",
                }
            )
            self.first.person_id = False
            self.assertEqual(self.first.appointment_state, state, "the same start, and shorter")
            self.first.write(
                {
                    "scheduled_date_start": "2026-06-02 08:00",
                    "scheduled_date_end": "2026-06-02 10:00",
                }
            )
            self.assertFalse(self.first.appointment_state)
        self.first.write(
            {
                "scheduled_date_start": "2026-06-03 08:00:00",
                "scheduled_date_end": "2026-06-03 10:00:00",
                "appointment_state": "confirmed",
            }
        )
        self.assertEqual(self.first.appointment_state, "confirmed", "the customer chose it")
        self.first.write({"scheduled_date_start": False, "scheduled_date_end": False})
        self.assertFalse(self.first.appointment_state)

    def test_a_longer_visit_takes_back_what_the_customer_said_to_fewer_hours(self):
        self.first.appointment_state = "confirmed"
        self.first.scheduled_date_end = "2026-06-01 14:00:00"
        self.assertFalse(self.first.appointment_state)

    def test_a_dispatcher_without_rights_on_contracts_of_others_drags_all_the_same(self):
        user = self.env["res.users"].create(
            {
                "name": "Tess",
                "login": "t-tess",
                "partner_id": self.technician.partner_id.id,
                "group_ids": [(6, 0, self.env.ref("fieldservice.group_fsm_user").ids)],
            }
        )
        self.first.appointment_state = "confirmed"
        self.first.with_user(user).write(
            {"scheduled_date_start": "2026-07-01 08:00", "scheduled_date_end": "2026-07-01 10:00"}
        )
        self.assertFalse(self.first.appointment_state)
        self.assertIn("outside the window", self.first.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestCarryOver(InspectionCase):
    """The first visit of four was missed; today is 20 June 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.first = cls.visit_of(cls.contract, 1)

    def carry(self, moment="2026-06-20 06:00:00", until=None, visit=None, user=None):
        visit = (visit or self.first).with_user(user or self.agent)
        with freeze_time(moment):
            action = visit.action_carry_over()
            wizard = (
                self.env[action["res_model"]]
                .with_user(user or self.agent)
                .with_context(**action["context"])
            )
            form = Form(wizard)
            if until:
                form.date_end = until
            form.save().action_confirm()

    def test_a_missed_visit_is_carried_over_to_the_end_of_the_next_window(self):
        self.first.appointment_state = "confirmed"
        with freeze_time("2026-06-20 06:00:00"):
            self.assertTrue(self.first.with_user(self.agent).can_carry_over)
        self.carry()
        self.assertRecordValues(
            self.first,
            [
                {
                    "aftersales_window_start": date(2026, 3, 15),
                    "aftersales_window_end": date(2026, 9, 14),
                    "request_late": datetime(2026, 9, 15),
                    "scheduled_date_start": datetime(2026, 6, 22, 8),  # Monday: soon
                    "appointment_state": False,
                    "aftersales_unplaced_reason": False,
                    "person_id": self.technician.id,
                }
            ],
        )
        body = self.first.message_ids[0].body
        self.assertIn("carried over", body)
        self.assertIn("from 3/15/26", body.replace("03/15/2026", "3/15/26"))
        with freeze_time("2026-06-20 06:00:00"):
            self.assertFalse(self.first.is_missed)
        self.assertEqual(len(self.contract.visit_ids), 4)
        entitlement = self.contract.entitlement_ids.filtered(lambda row: row.kind == "visit")
        self.assertEqual((entitlement.included, entitlement.used), (4, 0))

    def test_the_last_visit_is_carried_over_to_the_end_of_the_contract_at_most_by_itself(self):
        last = self.visit_of(self.contract, 4)
        last.write({"outcome": "no_access"})
        with freeze_time("2027-03-01 12:00:00"):
            last.action_complete()
            last.stage_id = self.env.ref("fieldservice.fsm_stage_new")
            self.assertTrue(last.with_user(self.agent).can_carry_over, "somebody came in vain")
        self.carry("2027-03-02 06:00:00", visit=last)
        self.assertEqual(last.aftersales_window_end, date(2027, 3, 14))
        self.assertEqual((last.date_start, last.date_end), (False, False))
        self.assertEqual(last.scheduled_date_start, datetime(2027, 3, 3, 9))

    def test_it_counts_for_the_year_it_was_promised_in(self):
        self.plan.duration_months = 24
        contract = self.sell_on("2026-03-15 06:00:00")
        last = self.visit_of(contract, 4)
        with freeze_time("2027-03-20 06:00:00"):
            contract._open_periods()
        self.carry("2027-03-20 06:00:00", visit=last)
        self.assertEqual(last.aftersales_window_end, date(2027, 6, 14))
        last.conclusion = "pass"
        with freeze_time("2027-04-20 06:00:00"):
            last.action_complete()
        rows = contract.entitlement_ids.filtered(lambda row: row.kind == "visit")
        self.assertEqual(rows.sorted("date_start").mapped("used"), [1, 0])

    def test_suspensions_move_it_and_resuming_moves_it_back(self):
        self.carry(until=date(2026, 8, 31))
        with freeze_time("2026-07-01 06:00:00"):
            self.contract._suspend(date(2026, 7, 1), date(2026, 7, 31), "Away")
        self.assertEqual(self.first.aftersales_window_end, date(2026, 10, 1))
        with freeze_time("2026-07-11 06:00:00"):
            self.contract.action_resume()
        self.assertEqual(self.first.aftersales_window_end, date(2026, 9, 10))
        self.assertEqual(self.first.aftersales_window_start, date(2026, 3, 15))

    def test_a_suspension_from_before_is_not_counted_twice(self):
        with freeze_time("2026-04-01 06:00:00"):
            self.contract._suspend(date(2026, 4, 1), date(2026, 4, 10), "Away")
        self.carry("2026-06-30 06:00:00", until=date(2026, 8, 31))
        with freeze_time("2026-07-01 06:00:00"):
            self.contract._reschedule()
        self.assertEqual(self.first.aftersales_window_end, date(2026, 8, 31))

    def test_amended_terms_do_not_take_it_back(self):
        third = self.visit_of(self.contract, 3)
        self.carry("2026-12-20 06:00:00", until=date(2027, 1, 31), visit=third)
        slot = third.scheduled_date_start
        with freeze_time("2026-12-21 06:00:00"):
            self.contract.visit_interval_months = 6
        self.assertFalse(third.is_closed)
        self.assertEqual(
            (third.aftersales_window_end, third.scheduled_date_start), (date(2027, 1, 31), slot)
        )
        self.assertTrue(self.visit_of(self.contract, 4).is_closed, "promised no longer")

    def test_it_follows_its_contract_to_another_site(self):
        self.carry()
        cabin = self.env["res.partner"].create(
            {"name": "Cabin", "parent_id": self.customer.id, "city": "X", "type": "delivery"}
        )
        with freeze_time("2026-06-21 06:00:00"):
            self.contract.site_id = cabin
            self.contract._on_contract_moved()
        self.assertEqual(self.first.location_id.partner_id, cabin)
        self.assertEqual(self.first.aftersales_window_end, date(2026, 9, 14))

    def test_somebody_who_came_in_vain_comes_again_and_the_promise_gets_no_shorter(self):
        visit = self.first.with_user(self.agent)
        entitlement = self.contract.entitlement_ids.filtered(lambda row: row.kind == "visit")
        with freeze_time("2026-05-20 06:00:00"):
            visit.action_confirm_appointment()
        with freeze_time("2026-06-01 09:00:00"):
            values = {"visit_id": visit.id, "note": "Nobody there"}
            self.env["aftersales.visit.outcome"].with_user(self.agent).create(
                values
            ).action_confirm()
            self.assertEqual(entitlement.used, 1, "the customer had confirmed")
        with freeze_time("2026-06-02 06:00:00"):
            self.assertTrue(visit.can_carry_over, "without reopening it first")
        self.carry("2026-06-02 06:00:00", date(2026, 6, 8))
        self.assertEqual(entitlement.used, 0)
        self.assertRecordValues(
            self.first,
            [{"is_closed": False, "outcome": False, "date_start": False, "is_started": False}],
        )
        self.assertEqual(self.first.aftersales_window_end, date(2026, 6, 14))
        self.assertEqual(self.first.scheduled_date_start, datetime(2026, 6, 3, 9))
        self.assertTrue(self.first.appointment_changed, "the customer learns of the new date")
        self.first.conclusion = "pass"
        with freeze_time("2026-06-03 12:00:00"):
            self.first.action_complete()
        self.assertEqual(entitlement.used, 1, "once, though somebody came twice")

    def test_it_may_be_carried_over_again(self):
        self.carry(until=date(2026, 7, 1))
        self.carry("2026-07-05 06:00:00", until=date(2026, 8, 1))
        self.assertEqual(self.first.aftersales_window_end, date(2026, 8, 1))

    def test_what_cannot_be_carried_over_says_why(self):
        with self.assertRefused("07/10/2026.*any more"):
            self.carry("2026-07-11 06:00:00", until=date(2026, 7, 10))
        with self.assertRefused("only begins on 09/15/2026"):
            self.carry(visit=self.visit_of(self.contract, 3))
        self.first.date_start = "2026-06-01 08:00:00"
        with self.assertRefused("has been started"):
            self.carry()
        self.first.conclusion = "pass"
        with freeze_time("2026-06-20 05:00:00"):
            self.first.action_complete()
        with self.assertRefused("Reopen"):
            self.carry()

    def test_technicians_and_salespeople_do_not_carry_over(self):
        for groups in ("fieldservice.group_fsm_user", "sales_team.group_sale_salesman"):
            user = self.env["res.users"].create(
                {
                    "name": groups,
                    "login": groups,
                    "group_ids": [(6, 0, self.env.ref(groups).ids)],
                }
            )
            self.first.person_id.partner_id = user.partner_id
            with freeze_time("2026-06-20 06:00:00"), self.assertRefused("access|Ask"):
                self.first.with_user(user).sudo(False)._carry_over(date(2026, 9, 1))
            with freeze_time("2026-06-20 06:00:00"), self.assertRefused("not allowed"):
                self.env["aftersales.visit.carry"].with_user(user).create(
                    {"visit_id": self.first.id, "date_end": "2026-09-01"}
                )
        with self.assertRefused("by hand"):
            self.first.with_user(self.agent).aftersales_carried_until = "2027-01-01"
        dispatcher = self.env["res.users"].create(
            {
                "name": "Dora",
                "login": "t-dora",
                "group_ids": [(6, 0, self.env.ref("fieldservice.group_fsm_dispatcher").ids)],
            }
        )
        self.carry(user=dispatcher)
        self.assertEqual(self.first.aftersales_window_end, date(2026, 9, 14))

    def test_a_technician_who_leaves_leaves_no_visit_behind_and_the_date_stays(self):
        self.first.appointment_state = "confirmed"
        second = self.visit_of(self.contract, 2)
        with freeze_time("2026-05-20 06:00:00"):
            second.action_start()
            self.technician.active = False
        self.assertRecordValues(
            self.first | second,
            [
                {
                    "person_id": False,
                    "appointment_state": "confirmed",
                    "scheduled_date_start": datetime(2026, 6, 1, 8),
                    "aftersales_unplaced_reason": "Tess left: send somebody else",
                },
                {
                    "person_id": self.technician.id,
                    "appointment_state": False,
                    "scheduled_date_start": second.scheduled_date_start,
                    "aftersales_unplaced_reason": False,
                },
            ],
        )
        self.technician.active = True
        self.first.person_id = self.technician
        self.assertFalse(self.first.aftersales_unplaced_reason)
