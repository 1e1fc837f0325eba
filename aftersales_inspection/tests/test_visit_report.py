# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitReport(InspectionCase):
    """What is owed and printed about the visits of a contract that starts on 15 March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 12:00:00")
        cls.visits = cls.contract.visit_ids.sorted("aftersales_visit_number")

    def owed(self, **values):
        domain = [("kind", "=", "visit"), ("contract_id", "=", self.contract.id)]
        self.env.invalidate_all()
        return self.env["aftersales.obligation"].search(
            domain + [(name, "=", value) for name, value in values.items()]
        )

    def test_open_visits_are_owed_until_their_window_ends(self):
        self.contract.user_id = self.manager
        with freeze_time("2026-03-16 12:00:00"):
            rows = self.owed()
            self.assertEqual(rows.mapped("date_due"), self.visits.mapped("aftersales_window_end"))
            self.assertEqual(rows[0].date_due, date(2026, 6, 14))
            self.assertEqual(rows[0].date_late, datetime(2026, 6, 15))
            self.assertEqual(rows[0].name, "Inspection visit 1")
            self.assertEqual(rows.user_id, self.manager)
            self.assertEqual([row.id for row in rows], [v.id * 16 + 10 for v in self.visits])
            self.assertFalse(rows.filtered("is_standing"))

    def test_a_visit_is_late_when_its_window_is_over(self):
        for moment, late in (("2026-06-14 23:59:00", 0), ("2026-06-15 00:00:00", 1)):
            with freeze_time(moment):
                self.assertEqual(len(self.owed(is_late=True)), late)

    def test_a_completed_or_cancelled_visit_is_no_longer_owed(self):
        with freeze_time("2026-05-01 09:00:00"):
            self.visits[0].write({"conclusion": "pass"})
            self.visits[0].action_complete()
            self.visits[1].action_cancel()
            self.assertEqual(len(self.owed()), 2)

    def test_opening_the_row_opens_the_visit(self):
        action = self.owed()[0].action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("fsm.order", self.visits[0].id))

    def test_the_contract_prints_number_and_window_of_every_visit(self):
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "aftersales_plans.contract_report", self.contract.ids
        )
        rows = html.fromstring(content).xpath("//div[@name='visits']//tbody/tr")
        self.assertEqual(
            [" ".join(" ".join(row.itertext()).split()) for row in rows],
            [
                "1 Mar 15, 2026 Jun 14, 2026",
                "2 Jun 15, 2026 Sep 14, 2026",
                "3 Sep 15, 2026 Dec 14, 2026",
                "4 Dec 15, 2026 Mar 14, 2027",
            ],
        )

    def test_years_that_have_not_begun_are_printed_as_promised(self):
        self.plan.duration_months = 24
        contract = self.sell_on("2026-03-15 12:00:00")
        self.assertEqual(len(contract.visit_ids), 4)
        printed = contract._printed_visits()
        self.assertEqual([window.number for window in printed], [*range(1, 9)])
        self.assertEqual(printed[7].last, date(2028, 3, 14))
        with freeze_time("2026-05-20 12:00:00"):
            contract._suspend(date(2026, 5, 20), date(2026, 6, 19), "Away")
        self.assertEqual(contract._printed_visits()[7].last, contract.date_end)
        self.assertEqual(contract.date_end, date(2028, 4, 14))

    def test_visits_the_terms_promise_no_longer_are_not_printed(self):
        with freeze_time("2026-03-16 12:00:00"):
            self.contract.visit_interval_months = 6
        printed = self.contract._printed_visits()
        self.assertEqual(
            [(window.number, window.last) for window in printed],
            [(1, date(2026, 9, 14)), (2, date(2027, 3, 14))],
        )

    def test_the_contract_opens_its_visits_in_our_list(self):
        action = self.contract.action_open_visits()
        shown = self.env.ref("aftersales_inspection.aftersales_visit_view_list")
        self.assertEqual(action["views"][0], (shown.id, "list"))
        self.assertEqual(self.env["fsm.order"].search(action["domain"]), self.contract.visit_ids)
