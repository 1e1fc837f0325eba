# SPDX-License-Identifier: LGPL-3.0-or-later
import unittest
from datetime import date, timedelta

from .. import contact


class TestContact(unittest.TestCase):
    def test_a_leap_day_is_the_last_of_february_elsewhere(self):
        day = date(2024, 2, 29)
        self.assertEqual(contact.occurrence(day, 2028), day.replace(year=2028))
        self.assertEqual(contact.occurrence(day, 2027), date(2027, 2, 28))
        self.assertEqual(contact.occurrence(date(2024, 12, 31), 2027), date(2027, 12, 31))

    def test_contacts_keep_their_distance_and_no_more(self):
        day = date(2026, 3, 10)
        cases = {
            (): 0,
            (-14,): 0,
            (-13,): 1,
            (0,): 14,
            (13,): 27,
            (14,): 0,
            (-13, 2): 16,
            (-20, 30): 0,
        }
        for offsets, moved in cases.items():
            others = [day + timedelta(days=offset) for offset in offsets]
            free = contact.free_day(day, others, 14)
            self.assertEqual(free, day + timedelta(days=moved), offsets)
        self.assertEqual(contact.free_day(day, [day], 0), day)

    def test_two_thirds_of_a_term_are_over_on_one_day(self):
        for days, passed in ((365, 243), (366, 244), (30, 20), (31, 20), (1, 0)):
            first = date(2026, 1, 1)
            last = first + timedelta(days=days - 1)
            self.assertEqual(contact.dormant_day(first, last), first + timedelta(days=passed))
