# SPDX-License-Identifier: LGPL-3.0-or-later
import unittest
from datetime import date

from dateutil.relativedelta import relativedelta

from .. import retention


class TestRetention(unittest.TestCase):
    def test_a_customer_moves_on_the_day_the_months_are_over(self):
        last = date(2026, 1, 15)
        for day, expected in (
            (date(2026, 4, 14), "active"),
            (date(2026, 4, 15), "at_risk"),
            (date(2026, 7, 14), "at_risk"),
            (date(2026, 7, 15), "nearly_lost"),
            (date(2027, 1, 14), "nearly_lost"),
            (date(2027, 1, 15), "lost"),
        ):
            self.assertEqual(retention.stage(last, day, (3, 6, 12)), expected, day)

    def test_the_border_agrees_with_adding_months_on_every_day_of_four_years(self):
        first = date(2023, 6, 1).toordinal()
        for number in range(first, first + 1461, 3):
            today = date.fromordinal(number)
            for months in (1, 3, 6, 12):
                day = retention.border(today, months)
                after = date.fromordinal(day.toordinal() + 1)
                self.assertLessEqual(day + relativedelta(months=months), today)
                self.assertGreater(after + relativedelta(months=months), today)
