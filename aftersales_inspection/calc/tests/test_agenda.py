# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime, timedelta
from unittest import TestCase

from ..agenda import Agenda, Request, Slot
from ..level import level_again
from ..workday import Room, Visit, Workday

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HALF_AN_HOUR = timedelta(minutes=30)


def at(hour, minute=0):
    return datetime(2026, 3, 10, hour, minute)


DAY = at(0).date()


def request(key="visit", site=None, **values):
    values = {"earliest": at(8), "latest": at(10), "target": at(8), "duration": 2 * HOUR, **values}
    return Request(key, day=DAY, technicians=("ann",), site=site, **values)


def agenda(*hours, travel=timedelta()):
    return Agenda({"ann": {DAY: Workday([hours])}}, travel)


class TestFits(TestCase):
    """A slot may touch the borders of what is asked for and of the shift, and not cross them."""

    SLOT = Slot("ann", at(8), at(10), DAY)

    def test_to_the_minute(self):
        self.assertTrue(agenda(at(8), at(10)).fits(request(), self.SLOT))

    def test_a_minute_too_early_or_too_late_for_what_is_asked(self):
        shift = agenda(at(7), at(12))
        self.assertTrue(shift.fits(request(), self.SLOT))
        self.assertFalse(shift.fits(request(earliest=at(8) + MINUTE), self.SLOT))
        self.assertFalse(shift.fits(request(latest=at(10) - MINUTE), self.SLOT))

    def test_a_minute_before_or_after_the_shift(self):
        self.assertFalse(agenda(at(8) + MINUTE, at(10)).fits(request(), self.SLOT))
        self.assertFalse(agenda(at(8), at(10) - MINUTE).fits(request(), self.SLOT))

    def test_somebody_else(self):
        self.assertFalse(
            agenda(at(8), at(10)).fits(request(), self.SLOT._replace(technician="bob"))
        )


class TestRoom(TestCase):
    def test_a_day_that_was_filled_is_passed_over(self):
        day = agenda(at(8), at(10))
        self.assertTrue(day.is_worth_looking(request(), DAY))
        day.put(request(), Slot("ann", at(8), at(10), DAY))
        self.assertFalse(day.is_worth_looking(request(), DAY))
        day.take(request(), Slot("ann", at(8), at(10), DAY))
        self.assertTrue(day.is_worth_looking(request(), DAY))

    def test_who_is_there_anyway_travels_to_the_other_site_alone(self):
        visits = [Visit(at(9), at(10), "home"), Visit(at(13), at(14), "shop")]
        room = Room(Workday([(at(8), at(17))], visits=visits), HALF_AN_HOUR)
        self.assertEqual(
            room.for_visit_at("home", HOUR),
            [(at(8), at(9)), (at(10), at(12, 30)), (at(14, 30), at(17))],
        )

    def test_starting_from_scratch_travels_as_well(self):
        shift = {"ann": {DAY: Workday([(at(8), at(10))])}}
        both = [request("a", "home", duration=HOUR), request("b", "shop", duration=HOUR)]
        placed = {"a": Slot("ann", at(8), at(9), DAY), "b": None}
        self.assertEqual(level_again(both, placed, shift, HALF_AN_HOUR), placed)
        side_by_side = level_again(both, placed, shift)
        self.assertEqual(side_by_side["b"], Slot("ann", at(9), at(10), DAY))
