from datetime import datetime, timedelta
from unittest import TestCase

from ..level import Request, Slot, level, subtract

TWO_HOURS = timedelta(hours=2)


def at(day, hour):
    return datetime(2026, 3, day, hour)


def request(key="visit", target=None, technicians=("ann", "bob"), earliest=None, latest=None):
    return Request(
        key,
        earliest or at(1, 0),
        latest or at(31, 0),
        target or at(10, 9),
        TWO_HOURS,
        technicians,
    )


class TestLevel(TestCase):
    def test_a_free_technician_comes_on_the_target(self):
        plan = level([request()], {"ann": [(at(10, 8), at(10, 17))]})
        self.assertEqual(plan, {"visit": Slot("ann", at(10, 9), at(10, 11))})

    def test_two_visits_never_share_a_technicians_time(self):
        plan = level([request("a"), request("b")], {"ann": [(at(10, 8), at(10, 17))]})
        self.assertEqual(plan["a"], Slot("ann", at(10, 9), at(10, 11)))
        self.assertEqual(plan["b"], Slot("ann", at(10, 11), at(10, 13)))

    def test_another_technician_comes_rather_than_another_day(self):
        free = {"ann": [(at(12, 8), at(12, 17))], "bob": [(at(10, 8), at(10, 17))]}
        self.assertEqual(level([request()], free)["visit"].technician, "bob")

    def test_the_preferred_technician_comes_first_on_the_same_day(self):
        free = {"ann": [(at(10, 12), at(10, 17))], "bob": [(at(10, 8), at(10, 17))]}
        self.assertEqual(level([request()], free)["visit"], Slot("ann", at(10, 12), at(10, 14)))

    def test_the_visit_stays_inside_its_window(self):
        free = {"ann": [(at(9, 8), at(9, 17)), (at(20, 8), at(20, 17))]}
        placed = level([request(earliest=at(10, 0))], free)["visit"]
        self.assertEqual(placed, Slot("ann", at(20, 8), at(20, 10)))

    def test_what_has_no_room_is_said_not_dropped(self):
        free = {"ann": [(at(10, 8), at(10, 9))], "bob": []}
        self.assertEqual(level([request()], free), {"visit": None})
        self.assertEqual(level([request(technicians=())], free), {"visit": None})

    def test_the_order_of_the_input_does_not_change_the_plan(self):
        requests = [request(key) for key in range(6)]
        free = {"ann": [(at(10, 8), at(10, 17))], "bob": [(at(10, 8), at(10, 17))]}
        self.assertEqual(level(requests, free), level(requests[::-1], free))


class TestSubtract(TestCase):
    def test_busy_time_splits_cuts_or_swallows(self):
        day = [(at(1, 8), at(1, 17))]
        self.assertEqual(
            subtract(day, (at(1, 10), at(1, 12))), [(at(1, 8), at(1, 10)), (at(1, 12), at(1, 17))]
        )
        self.assertEqual(subtract(day, (at(1, 7), at(1, 9))), [(at(1, 9), at(1, 17))])
        self.assertEqual(subtract(day, (at(1, 7), at(1, 18))), [])
        self.assertEqual(subtract(day, (at(1, 17), at(1, 18))), day)
