from datetime import date
from unittest import TestCase

from ..period import Period, add_months, contract_years, term


class TestAddMonths(TestCase):
    def test_a_short_month_clips_but_does_not_lose_the_anchor(self):
        self.assertEqual(add_months(date(2027, 1, 31), 1), date(2027, 2, 28))
        self.assertEqual(add_months(date(2028, 1, 31), 1), date(2028, 2, 29))
        self.assertEqual(add_months(date(2027, 1, 31), 2), date(2027, 3, 31))

    def test_december_wraps_into_the_next_year(self):
        self.assertEqual(add_months(date(2026, 12, 15), 1), date(2027, 1, 15))
        self.assertEqual(add_months(date(2026, 12, 15), 12), date(2027, 12, 15))

    def test_months_may_be_counted_backwards(self):
        self.assertEqual(add_months(date(2026, 1, 31), -2), date(2025, 11, 30))


class TestTerm(TestCase):
    def test_twelve_months_end_the_day_before_the_anniversary(self):
        self.assertEqual(
            term(date(2026, 3, 15), 12), Period(date(2026, 3, 15), date(2027, 3, 14))
        )

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
            with self.assertRaises(ValueError):
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
