# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime, timedelta
from unittest import TestCase

from ..workday import Workday, without_breaks


def at(hour, minute=0):
    return datetime(2026, 3, 10, hour, minute)


class TestHoursFor(TestCase):
    DAY = Workday([(at(8), at(12)), (at(13), at(17))])

    def hours(self, **duration):
        return self.DAY.hours_for(timedelta(**duration))

    def test_what_fits_between_two_breaks_leaves_the_break_alone(self):
        self.assertEqual(self.hours(hours=2), self.DAY.shift)
        self.assertEqual(self.hours(hours=4), self.DAY.shift, "as long as the morning")

    def test_what_is_longer_takes_the_break_in(self):
        self.assertEqual(self.hours(hours=4, minutes=1), [(at(8), at(17))])

    def test_leave_stays_free_either_way(self):
        day = self.DAY._replace(leave=[(at(11), at(14))])
        self.assertEqual(day.hours_for(timedelta(hours=2)), [(at(8), at(11)), (at(14), at(17))])
        self.assertEqual(day.hours_for(timedelta(hours=6)), [(at(8), at(11)), (at(14), at(17))])


class TestWithoutBreaks(TestCase):
    def test_two_hours_are_the_longest_break(self):
        self.assertEqual(without_breaks([(at(8), at(12)), (at(14), at(18))]), [(at(8), at(18))])
        longer = [(at(8), at(12)), (at(14, 1), at(18))]
        self.assertEqual(without_breaks(longer), longer)
