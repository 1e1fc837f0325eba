# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..period import Period, term
from ..refund import days_left, refund

YEAR = term(date(2026, 1, 1), 12)
SPRING = Period(date(2026, 3, 10), date(2026, 4, 9))


class TestRefund(TestCase):
    def test_91_of_365_days_leave_900_82(self):
        left, total = days_left(YEAR, date(2026, 4, 1), [])
        self.assertEqual((left, total), (274, 365))
        self.assertEqual(round(refund(1200.0, left, total, "pro_rata"), 2), 900.82)

    def test_suspended_days_are_neither_served_nor_lost(self):
        longer = Period(YEAR.first, date(2027, 1, 31))
        self.assertEqual(days_left(longer, date(2026, 5, 2), [SPRING]), (274, 365))

    def test_a_contract_that_never_began_gives_everything_back(self):
        self.assertEqual(days_left(YEAR, date(2025, 12, 31), []), (365, 365))

    def test_on_the_last_day_nothing_is_left(self):
        self.assertEqual(days_left(YEAR, YEAR.last, []), (0, 365))

    def test_the_policy_decides(self):
        self.assertEqual(refund(365.0, 100, 365, "none"), 0.0)
        self.assertEqual(refund(365.0, 100, 365, "pro_rata_less_used"), 100.0)
        self.assertEqual(refund(365.0, 100, 365, "pro_rata_less_used", 30.0), 70.0)
        self.assertEqual(refund(365.0, 100, 365, "pro_rata_less_used", 130.0), 0.0)
