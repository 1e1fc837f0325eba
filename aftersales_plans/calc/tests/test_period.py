# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..period import Period, contract_years, term


class TestTerm(TestCase):
    def test_twelve_months_end_the_day_before_the_anniversary(self):
        self.assertEqual(term(date(2026, 3, 15), 12), Period(date(2026, 3, 15), date(2027, 3, 14)))

    def test_months_are_counted_from_the_first_day_even_past_a_short_month(self):
        self.assertEqual(term(date(2027, 1, 31), 1).last, date(2027, 2, 27))
        self.assertEqual(term(date(2027, 1, 31), 2).last, date(2027, 3, 30))

    def test_a_term_from_leap_day_ends_on_27_february(self):
        self.assertEqual(term(date(2028, 2, 29), 12).last, date(2029, 2, 27))

    def test_both_ends_are_inside(self):
        whole = term(date(2026, 1, 1), 12)
        self.assertIn(date(2026, 1, 1), whole)
        self.assertIn(date(2026, 12, 31), whole)
        self.assertNotIn(date(2027, 1, 1), whole)
        self.assertEqual(whole.days, 365)

    def test_a_term_without_months_is_refused(self):
        for months in (0, -1):
            with self.assertRaisesRegex(ValueError, f"1 month, got {months}"):
                term(date(2026, 1, 1), months)


class TestContractYears(TestCase):
    def test_years_follow_one_another_without_gap_or_overlap(self):
        years = contract_years(date(2026, 5, 31), 30)
        self.assertEqual(
            years,
            [
                Period(date(2026, 5, 31), date(2027, 5, 30)),
                Period(date(2027, 5, 31), date(2028, 5, 30)),
                Period(date(2028, 5, 31), date(2028, 11, 29)),
            ],
        )
        self.assertEqual(years[-1].last, term(date(2026, 5, 31), 30).last)
