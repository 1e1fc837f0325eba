# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitSuspension(InspectionCase):
    """Four visits from 15 March 2026; the first is planned for 1 June."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")

    def visits(self):
        return [
            (
                visit.aftersales_window_start,
                visit.aftersales_window_end,
                visit.scheduled_date_start,
            )
            for visit in self.contract.visit_ids.sorted("aftersales_visit_number")
        ]

    def suspend(self):
        with freeze_time("2026-05-20 06:00:00"):
            self.contract._suspend(date(2026, 5, 20), date(2026, 6, 19), "Away")

    def test_windows_move_and_a_visit_inside_the_rest_gets_another_day(self):
        self.suspend()
        self.assertEqual(
            self.visits(),
            [
                (date(2026, 3, 15), date(2026, 7, 15), datetime(2026, 7, 1, 9)),
                (date(2026, 7, 16), date(2026, 10, 15), datetime(2026, 8, 31, 9)),
                (date(2026, 10, 16), date(2027, 1, 14), datetime(2026, 11, 30, 9)),
                (date(2027, 1, 15), date(2027, 4, 14), datetime(2027, 3, 1, 8)),
            ],
        )
        self.assertEqual(self.contract.date_end, date(2027, 4, 14))

    def test_resuming_early_moves_them_back(self):
        self.suspend()
        with freeze_time("2026-06-01 06:00:00"):
            self.contract.action_resume()
        self.assertEqual(
            self.visits()[:2],
            [
                (date(2026, 3, 15), date(2026, 6, 26), datetime(2026, 6, 12, 9)),
                (date(2026, 6, 27), date(2026, 9, 26), datetime(2026, 8, 31, 9)),
            ],
        )

    def test_a_visit_that_was_made_keeps_its_window(self):
        visit = self.contract.visit_ids.sorted("aftersales_visit_number")[0]
        visit.conclusion = "pass"
        with freeze_time("2026-04-20 06:00:00"):
            visit.action_complete()
        self.suspend()
        self.assertEqual(visit.aftersales_window_end, date(2026, 6, 14))
        self.assertEqual(self.visits()[1][0], date(2026, 7, 16))

    def test_amended_terms_make_fewer_or_more_visits(self):
        with freeze_time("2026-03-16 06:00:00"):
            self.contract.visit_interval_months = 6
            open_visits = self.contract.visit_ids.filtered(lambda visit: not visit.is_closed)
            self.assertEqual(
                open_visits.mapped("aftersales_window_end"), [date(2026, 9, 14), date(2027, 3, 14)]
            )
            self.assertEqual(self.included(), 2)
            self.contract.visit_interval_months = 2
            open_visits = self.contract.visit_ids.filtered(lambda visit: not visit.is_closed)
            self.assertEqual(self.included(), 6)
            self.assertEqual(
                sorted(open_visits.mapped("aftersales_visit_number")), [1, 2, 3, 4, 5, 6]
            )

    def included(self):
        return self.contract.entitlement_ids.filtered(lambda row: row.kind == "visit").included

    def test_notice_takes_back_the_visits_after_the_last_day(self):
        """Customers are reminded of no visit that will not be made."""
        planned = self.visits()
        with freeze_time("2026-05-20 06:00:00"):
            self.contract._give_notice(
                date(2026, 7, 31), self.env.ref("aftersales_plans.close_reason_moved")
            )
            self.assertEqual(
                self.visits(),
                [
                    planned[0],
                    (date(2026, 6, 15), date(2026, 7, 31), datetime(2026, 7, 17, 9)),
                    (False, False, planned[2][2]),
                    (False, False, planned[3][2]),
                ],
            )
            closed = self.contract.visit_ids.sorted("aftersales_visit_number").mapped("is_closed")
            self.assertEqual(closed, [False, False, True, True])
            self.contract.action_take_back_notice()
        kept = (*planned[1][:2], datetime(2026, 7, 17, 9))  # still inside its window
        self.assertEqual(self.visits(), [planned[0], kept, *planned[2:]])
        self.assertFalse(any(self.contract.visit_ids.mapped("is_closed")))
