# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime
from unittest import TestCase

from ..meter import per_day


class TestPerDay(TestCase):
    def test_one_reading_says_nothing_about_a_day(self):
        self.assertEqual(per_day([]), 0.0)
        self.assertEqual(per_day([(datetime(2026, 1, 1), 10.0, False)]), 0.0)

    def test_two_readings_on_one_moment_say_nothing_either(self):
        moment = datetime(2026, 1, 1)
        self.assertEqual(per_day([(moment, 10.0, False), (moment, 12.0, False)]), 0.0)

    def test_what_was_added_is_spread_over_the_days_between(self):
        readings = [
            (datetime(2026, 1, 1), 100.0, False),
            (datetime(2026, 1, 6), 140.0, False),
            (datetime(2026, 1, 11), 150.0, False),
        ]
        self.assertEqual(per_day(readings), 5.0)

    def test_a_new_meter_starts_again(self):
        readings = [
            (datetime(2026, 1, 1), 100.0, False),
            (datetime(2026, 1, 3), 140.0, False),
            (datetime(2026, 1, 4), 0.0, True),
            (datetime(2026, 1, 11), 60.0, False),
        ]
        self.assertEqual(per_day(readings), 10.0)

    def test_two_readings_suffice_even_of_half_a_day(self):
        readings = [
            (datetime(2026, 1, 1, 6), 100.0, False),
            (datetime(2026, 1, 1, 18), 104.0, False),
        ]
        self.assertEqual(per_day(readings), 8.0)
