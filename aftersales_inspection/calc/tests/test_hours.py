# SPDX-License-Identifier: AGPL-3.0-or-later
import unittest
from datetime import datetime, timedelta

from ..hours import charged_hours

EIGHT = datetime(2026, 6, 1, 8)


class TestChargedHours(unittest.TestCase):
    def charged(self, step=15, **passed):
        return charged_hours(EIGHT, EIGHT + timedelta(**passed), step)

    def test_every_begun_step_counts_whole(self):
        self.assertEqual(self.charged(seconds=1), 0.25)
        self.assertEqual(self.charged(minutes=1), 0.25)
        self.assertEqual(self.charged(minutes=15), 0.25)
        self.assertEqual(self.charged(minutes=15, seconds=1), 0.5)
        self.assertEqual(self.charged(step=60, minutes=61), 2.0)

    def test_without_step_time_is_what_it_was(self):
        self.assertEqual(self.charged(step=0, minutes=54), 0.9)

    def test_what_cannot_be_right_is_not_enough_data(self):
        self.assertIsNone(charged_hours(None, EIGHT, 15))
        self.assertIsNone(charged_hours(EIGHT, False, 15))
        self.assertIsNone(self.charged(minutes=0))
        self.assertIsNone(self.charged(minutes=-5))
        self.assertIsNone(self.charged(hours=24, seconds=1))
        self.assertEqual(self.charged(hours=24), 24.0)
