# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..period import Period, term
from ..revenue import earned_share, month_ends


class TestEarnedShare(TestCase):
    """Which share of a plan's price is earned by a day."""

    def test_the_last_day_belongs_to_the_term(self):
        year = term(date(2026, 1, 1), 12)
        self.assertAlmostEqual(earned_share(year, date(2026, 12, 30), []), 364 / 365)
        self.assertEqual(earned_share(year, date(2026, 12, 31), []), 1.0)

    def test_the_first_day_is_earned_by_its_end(self):
        year = term(date(2026, 1, 1), 12)
        self.assertAlmostEqual(earned_share(year, date(2026, 1, 1), []), 1 / 365)

    def test_a_term_suspended_as_a_whole_is_over(self):
        month = term(date(2026, 1, 1), 1)
        self.assertEqual(earned_share(month, date(2026, 1, 10), [month]), 1.0)

    def test_a_leap_year_has_366_days(self):
        year = term(date(2028, 1, 1), 12)
        self.assertAlmostEqual(earned_share(year, date(2028, 2, 29), []), 60 / 366)

    def test_suspended_days_earn_nothing(self):
        rest = Period(date(2026, 4, 1), date(2026, 4, 30))
        moved = Period(date(2026, 1, 1), date(2027, 1, 30))  # a year, and 30 days of rest
        self.assertAlmostEqual(earned_share(moved, date(2026, 3, 31), [rest]), 90 / 365)
        self.assertAlmostEqual(earned_share(moved, date(2026, 4, 30), [rest]), 90 / 365)
        self.assertAlmostEqual(earned_share(moved, date(2026, 5, 31), [rest]), 121 / 365)

    def test_it_never_falls_from_day_to_day(self):
        rest = Period(date(2026, 2, 10), date(2026, 2, 20))
        span = Period(date(2026, 1, 31), date(2026, 3, 10))
        days = [date.fromordinal(date(2026, 1, 25).toordinal() + n) for n in range(60)]
        shares = [earned_share(span, day, [rest]) for day in days]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual((shares[0], shares[-1]), (0.0, 1.0))


class TestMonthEnds(TestCase):
    def test_the_end_of_a_month_that_was_begun_comes_first(self):
        self.assertEqual(month_ends(date(2026, 11, 29), date(2026, 12, 1)), [date(2026, 11, 30)])
