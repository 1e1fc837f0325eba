# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..series import next_month, next_week, without_gaps


class TestSeries(TestCase):
    def test_months_and_weeks_follow_each_other_over_the_end_of_a_year(self):
        self.assertEqual(next_month(date(2026, 12, 1)), date(2027, 1, 1))
        self.assertEqual(next_month(date(2026, 1, 31)), date(2026, 2, 1))
        self.assertEqual(next_week(date(2026, 12, 28)), date(2027, 1, 4))

    def test_what_nobody_counted_is_zero(self):
        values = {date(2027, 1, 1): 3, date(2026, 11, 1): 2}
        self.assertEqual(
            without_gaps(values, next_month, 12),
            [(date(2026, 11, 1), 2), (date(2026, 12, 1), 0), (date(2027, 1, 1), 3)],
        )

    def test_the_last_ones_are_kept_and_nothing_stays_nothing(self):
        values = {date(2026, 1, 1): 1, date(2026, 4, 1): 4}
        self.assertEqual(
            without_gaps(values, next_month, 2), [(date(2026, 3, 1), 0), (date(2026, 4, 1), 4)]
        )
        self.assertEqual(without_gaps({}, next_month, 12), [])
