# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitNote(InspectionCase):
    """What the chatter says when contracts change under their visits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tz = "America/New_York"
        cls.contract = cls.sell_on("2026-03-15 16:00:00")
        cls.visits = cls.contract.visit_ids.sorted("aftersales_visit_number")

    def notes(self, record, moment=None):
        return [str(body) for body in record.message_ids.mapped("body")]

    def test_a_suspension_is_noted_on_each_visit_and_once_on_the_contract(self):
        before = len(self.contract.message_ids)
        with freeze_time("2026-05-20 16:00:00"):
            self.contract._suspend(date(2026, 5, 20), date(2026, 6, 19), "Away")
        new = self.notes(self.contract)[: len(self.contract.message_ids) - before]
        mine = [body for body in new if "<ul>" in body]
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine[0].count("<li>"), 4)
        self.assertIn(
            "Visit 1: the window moved from 03/15/2026 – 06/14/2026 to 03/15/2026 – 07/15/2026. "
            "Visit 1 moved from 6/1/26, 4:00 AM to 7/1/26, 9:00 AM.",
            mine[0].replace("\u202f", " "),
        )
        self.assertIn("Visit 1 moved from 6/1/26, 4:00", self.notes(self.visits[0])[0])
        self.assertNotIn("moved from 8/", self.notes(self.visits[1])[0], "it kept its date")
        self.assertIn("window moved from 06/15/2026", self.notes(self.visits[1])[0])

    def test_visits_that_change_nothing_say_nothing(self):
        before = len(self.contract.message_ids), len(self.visits[0].message_ids)
        with freeze_time("2026-05-20 16:00:00"):
            self.contract._reschedule()
        after = len(self.contract.message_ids), len(self.visits[0].message_ids)
        self.assertEqual(after, before)

    def test_ending_early_cancels_what_nobody_started_and_says_so(self):
        self.visits[0].date_start = "2026-05-20 16:00:00"
        with freeze_time("2026-05-20 17:00:00"):
            self.contract._end(
                date(2026, 5, 20), self.env.ref("aftersales_plans.close_reason_goods_returned")
            )
        cancelled = self.env.ref("fieldservice.fsm_stage_cancelled")
        self.assertEqual(self.visits[1:].stage_id, cancelled)
        self.assertNotEqual(self.visits[0].stage_id, cancelled)
        note = next(body for body in self.notes(self.contract) if "<li>" in body)
        self.assertEqual(note.count("cancelled."), 3)
        self.assertIn("Visit 2 cancelled.", self.notes(self.visits[1])[0])
        self.assertFalse([body for body in self.notes(self.visits[0]) if "cancelled" in body])

    def test_returned_goods_cancel_the_visits(self):
        picking = self.contract.sale_order_id.picking_ids
        with freeze_time("2026-05-20 17:00:00"):
            self.send_back(picking, 10)
        self.assertEqual(self.contract.state, "cancelled")
        self.assertTrue(all(self.visits.mapped("is_closed")))
        self.assertIn("Visit 4 cancelled.", self.notes(self.visits[3])[0])

    def test_amended_terms_cancel_take_up_and_plan_and_say_each(self):
        with freeze_time("2026-03-16 16:00:00"):
            self.contract.visit_interval_months = 6
            note = next(body for body in self.notes(self.contract) if "<li>" in body)
            self.assertIn("Visit 3 cancelled.", note)
            self.assertIn("Visit 1: the window moved", note)
            self.visits[2].appointment_state = "confirmed"
            self.contract.visit_interval_months = 2
        note = next(body for body in self.notes(self.contract) if "<li>" in body)
        self.assertIn("Visit 3 is promised again.", note)
        self.assertIn("Visit 6 planned for", note)
        self.assertEqual(note.count("<li>"), 6)

    def test_a_visit_taken_up_again_does_not_share_the_hour_it_had_before(self):
        with freeze_time("2026-03-16 16:00:00"):
            self.contract.visit_interval_months = 6
        rival = self.sell_on("2026-03-15 16:00:00")  # takes the hours that became free
        self.assertEqual(
            self.visit_of(rival, 3).scheduled_date_start, self.visits[2].scheduled_date_start
        )
        with freeze_time("2026-03-16 16:00:00"):
            self.contract.visit_interval_months = 3
        self.assertFalse(self.visits[2].is_closed)
        self.assertNotEqual(
            self.visit_of(rival, 3).scheduled_date_start, self.visits[2].scheduled_date_start
        )

    def test_a_visit_that_finds_no_slot_says_why(self):
        self.technician.active = False
        with freeze_time("2026-05-20 16:00:00"):
            self.contract.action_order_visit()
        visit = self.contract.visit_ids.filtered(lambda visit: visit._is_extra())
        self.assertFalse(visit.scheduled_date_start)
        why = visit.aftersales_unplaced_reason
        self.assertIn(f"could not be placed: {why}.", self.notes(visit)[0])

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        def queries(count):
            contracts = self.env["aftersales.contract"].create(
                [
                    {
                        "plan_id": self.plan.id,
                        "partner_id": self.customer.id,
                        "site_id": site.id,
                    }
                    for site in self.env["res.partner"].create(
                        [{"name": f"Site {count} {n}", "city": "X"} for n in range(count)]
                    )
                ]
            )
            with freeze_time("2026-03-15 16:00:00"):
                contracts._start(date(2026, 3, 15))
            self.env["aftersales.suspension"].create(
                [
                    {
                        "contract_id": contract.id,
                        "date_start": "2026-05-20",
                        "date_end": "2026-06-19",
                    }
                    for contract in contracts
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2026-05-20 16:00:00"):
                self.env["aftersales.visit.planner"]._follow(contracts)
                self.env.flush_all()
            found = self.env.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contracts._on_contract_moved()
            contracts.sudo().state = "cancelled"
            self.env["aftersales.visit.planner"]._cancel_open(contracts)
            self.env.flush_all()
            self.assertIn("cancelled", contracts[-1].message_ids[0].body)
            return found, self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(3), queries(15)
        for one, more in zip(few, many, strict=True):
            self.assertLessEqual(more - one, 9, (few, many))
