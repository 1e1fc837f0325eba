# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..offer import nearest_days


class TestOffer(TestCase):
    def test_the_nearest_days_come_first_and_the_later_of_two(self):
        self.assertEqual(
            nearest_days(date(2026, 5, 30), date(2026, 6, 30), date(2026, 6, 1), 4),
            [date(2026, 6, 1), date(2026, 6, 2), date(2026, 5, 31), date(2026, 6, 3)],
        )

    def test_no_day_lies_outside(self):
        self.assertEqual(
            nearest_days(date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 1), 9),
            [date(2026, 6, 3), date(2026, 6, 4)],
        )

    def test_a_window_that_is_over_has_no_days(self):
        self.assertEqual(nearest_days(date(2026, 6, 2), date(2026, 6, 1), date(2026, 6, 1), 9), [])
