# SPDX-License-Identifier: AGPL-3.0-or-later
import random
from datetime import datetime, timedelta
from unittest import TestCase

from ..agenda import Agenda, Request, Slot
from ..level import level, level_again, why_not
from ..workday import Visit, Workday, subtract

TWO_HOURS = timedelta(hours=2)
HALF_AN_HOUR = timedelta(minutes=30)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


def slot(technician, day, hour, minute=0):
    start = at(day, hour, minute)
    return Slot(technician, start, start + TWO_HOURS, start.date())


def request(key="visit", target=None, technicians=("ann", "bob"), **values):
    target = target or at(10, 9)
    values = {"earliest": at(1, 0), "latest": at(31, 0), "duration": TWO_HOURS, **values}
    return Request(key, target=target, day=target.date(), technicians=technicians, **values)


def days(*shifts, **values):
    """Return the workdays of one technician; ``shifts`` are (start, end), one a day."""
    return {start.date(): Workday([(start, end)], **values) for start, end in shifts}


def march(first, last, **values):
    """Return working days from eight to twelve and one to five."""
    hours = (8, 12), (13, 17)
    return {
        at(day, 0).date(): Workday([(at(day, a), at(day, b)) for a, b in hours], **values)
        for day in range(first, last + 1)
    }


class TestLevel(TestCase):
    def test_a_free_technician_comes_on_the_target(self):
        plan = level([request()], {"ann": days((at(10, 8), at(10, 17)))})
        self.assertEqual(plan, {"visit": slot("ann", 10, 9)})

    def test_two_visits_never_share_a_technicians_time(self):
        plan = level([request("a"), request("b")], {"ann": days((at(10, 8), at(10, 17)))})
        self.assertEqual(plan, {"a": slot("ann", 10, 9), "b": slot("ann", 10, 11)})

    def test_another_technician_comes_rather_than_another_day(self):
        free = {"ann": days((at(12, 8), at(12, 17))), "bob": days((at(10, 8), at(10, 17)))}
        self.assertEqual(level([request()], free)["visit"].technician, "bob")

    def test_the_preferred_technician_comes_first_on_the_same_day(self):
        free = {"ann": days((at(10, 12), at(10, 17))), "bob": days((at(10, 8), at(10, 17)))}
        self.assertEqual(level([request()], free)["visit"], slot("ann", 10, 12))

    def test_technicians_who_are_as_good_as_one_another_share_the_work(self):
        free = {"ann": march(9, 20), "bob": march(9, 20)}
        asked = [request(str(day), target=at(day, 9)) for day in range(9, 17)]
        shared = [slot.technician for slot in level(asked, free).values()]
        self.assertEqual(sorted(shared), ["ann"] * 4 + ["bob"] * 4)
        busy = Visit(at(20, 9), at(20, 11), "elsewhere")
        free["ann"][at(20, 0).date()] = free["bob"][at(20, 0).date()]._replace(visits=[busy] * 3)
        self.assertEqual(level(asked[:1], free)["9"].technician, "bob")

    def test_a_visit_that_is_given_back_counts_no_longer(self):
        agenda = Agenda({"ann": march(9, 20), "bob": march(9, 20)}, HALF_AN_HOUR)
        asked = request()
        for _visit in range(3):
            agenda.put(asked, slot("ann", 12, 9))
        self.assertEqual(agenda.visits, {"ann": 3, "bob": 0})
        agenda.take(asked, slot("ann", 12, 9))
        self.assertEqual(agenda.visits, {"ann": 2, "bob": 0})

    def test_the_nearest_day_may_lie_before_the_target_or_after_it(self):
        for day in (1, 7, 13, 30):
            free = {"ann": days((at(day, 8), at(day, 17)))}
            start = 15 if day < 10 else 8  # as near to nine o'clock of the tenth as can be
            self.assertEqual(level([request()], free), {"visit": slot("ann", day, start)})

    def test_the_preferred_technician_takes_all_there_is_room_for(self):
        free = {"ann": march(9, 20), "bob": march(9, 20)}
        asked = [request(str(day), target=at(day, 9), preferred=1) for day in range(9, 17)]
        self.assertEqual({slot.technician for slot in level(asked, free).values()}, {"ann"})

    def test_the_visit_stays_inside_its_window(self):
        free = {"ann": days((at(9, 8), at(9, 17)), (at(20, 8), at(20, 17)))}
        placed = level([request(earliest=at(10, 0))], free)["visit"]
        self.assertEqual(placed, slot("ann", 20, 8))

    def test_what_has_no_room_is_said_not_dropped(self):
        free = {"ann": days((at(10, 8), at(10, 9))), "bob": {}}
        self.assertEqual(level([request()], free), {"visit": None})
        self.assertEqual(level([request(technicians=())], free), {"visit": None})
        endless = request(duration=timedelta(days=999_999_999))
        self.assertEqual(level([endless], free), {"visit": None})

    def test_leave_and_what_is_planned_are_kept_free(self):
        leave = [(at(9, 0), at(10, 12))]
        planned = [Visit(at(10, 13), at(10, 14), "elsewhere")]
        free = {"ann": days((at(10, 8), at(10, 17)), leave=leave, visits=planned)}
        self.assertEqual(level([request()], free)["visit"], slot("ann", 10, 14))

    def test_the_order_of_the_input_does_not_change_the_plan(self):
        chance = random.Random(5)
        requests = [
            request(key, at(chance.randrange(3, 28), 9), site=key % 7, earliest=at(2, 0))
            for key in range(60)
        ]
        free = {"ann": march(2, 28, capacity=2), "bob": march(5, 25)}
        plan = level(requests, free, HALF_AN_HOUR)
        self.assertGreater(len(set(plan.values())), 50)
        for _ in range(5):
            chance.shuffle(requests)
            self.assertEqual(level(requests, dict(reversed(free.items())), HALF_AN_HOUR), plan)

    def test_planning_changes_nothing_of_what_it_was_given(self):
        free = {"ann": march(9, 11)}
        level([request(key) for key in range(3)], free)
        self.assertEqual(free, {"ann": march(9, 11)})


class TestCapacity(TestCase):
    def test_a_technician_makes_as_many_visits_a_day_as_he_may(self):
        free = {"ann": march(10, 11, capacity=1)}
        plan = level([request("a"), request("b"), request("c")], free)
        self.assertEqual(plan, {"a": slot("ann", 10, 9), "b": slot("ann", 11, 8), "c": None})

    def test_what_is_planned_already_counts(self):
        planned = [Visit(at(10, 8), at(10, 9), "elsewhere")]
        free = {"ann": march(10, 10, capacity=1, visits=planned)}
        self.assertEqual(level([request()], free), {"visit": None})

    def test_no_capacity_is_no_limit(self):
        plan = level([request(key) for key in range(4)], {"ann": march(10, 10, capacity=0)})
        self.assertEqual([plan[key].day.day for key in range(3)], [10, 10, 10])


class TestTravel(TestCase):
    def test_travel_lies_between_two_visits_but_not_at_the_ends_of_the_day(self):
        free = {"ann": days((at(10, 9), at(10, 13, 30)))}
        plan = level([request("a", site=1), request("b", site=2)], free, HALF_AN_HOUR)
        self.assertEqual(plan, {"a": slot("ann", 10, 9), "b": slot("ann", 10, 11, 30)})
        free = {"ann": days((at(10, 9), at(10, 13, 29)))}
        plan = level([request("a", site=1), request("b", site=2)], free, HALF_AN_HOUR)
        self.assertIsNone(plan["b"])

    def test_nobody_travels_between_two_visits_at_one_site(self):
        free = {"ann": days((at(10, 9), at(10, 13)))}
        plan = level([request("a", site=1), request("b", site=1)], free, HALF_AN_HOUR)
        self.assertEqual(plan, {"a": slot("ann", 10, 9), "b": slot("ann", 10, 11)})

    def test_travel_to_what_is_planned_is_kept_free_too(self):
        planned = [Visit(at(10, 11), at(10, 12), 7)]
        free = {"ann": days((at(10, 8), at(10, 12)), visits=planned)}
        self.assertEqual(
            level([request(site=1)], free, HALF_AN_HOUR)["visit"], slot("ann", 10, 8, 30)
        )
        self.assertEqual(level([request(site=7)], free, HALF_AN_HOUR)["visit"], slot("ann", 10, 9))


class TestLevelAgain(TestCase):
    def test_what_is_well_placed_stays_to_the_hour(self):
        free = {"ann": march(9, 11), "bob": march(9, 11)}
        for stays in (slot("ann", 10, 14), slot("bob", 10, 8)):
            self.assertEqual(level_again([request()], {"visit": stays}, free), {"visit": stays})

    def test_a_nearer_day_and_a_preferred_technician_are_better(self):
        free = {"ann": march(9, 11), "bob": march(9, 11)}
        plan = level_again([request()], {"visit": slot("bob", 11, 9)}, free)
        self.assertEqual(plan, {"visit": slot("ann", 10, 9)})
        plan = level_again([request(preferred=1)], {"visit": slot("bob", 10, 9)}, free)
        self.assertEqual(plan, {"visit": slot("ann", 10, 9)})

    def test_what_lies_wrong_is_moved(self):
        free = {"ann": march(10, 11), "bob": march(10, 11, leave=[(at(10, 0), at(11, 0))])}
        for wrong in (slot("bob", 10, 9), slot("ann", 10, 7), slot("ann", 13, 9), slot("x", 10, 9)):
            plan = level_again([request(latest=at(12, 0))], {"visit": wrong}, free)
            self.assertEqual(plan, {"visit": slot("ann", 10, 9)}, wrong)

    def test_what_lies_wrong_and_has_no_other_place_loses_it(self):
        plan = level_again([request()], {"visit": slot("ann", 10, 7)}, {"ann": {}})
        self.assertEqual(plan, {"visit": None})

    def test_a_visit_with_time_makes_way_for_one_without(self):
        free = {"ann": days((at(10, 9), at(10, 11)), (at(12, 9), at(12, 11)))}
        patient, urgent = request("a"), request("b", latest=at(11, 0))
        plan = level_again([patient, urgent], {"a": slot("ann", 10, 9), "b": None}, free)
        self.assertEqual(plan, {"a": slot("ann", 12, 9), "b": slot("ann", 10, 9)})

    def test_a_second_time_moves_nothing(self):
        for seed in range(30):
            chance = random.Random(seed)
            free = {"ann": march(2, 28, capacity=2), "bob": march(5, 20)}
            requests, current = [], {}
            for key in range(40):
                target = at(chance.randrange(3, 28), 9)
                latest = min(target + timedelta(days=chance.randrange(1, 9)), at(30, 0))
                requests.append(
                    request(key, target, site=key % 9, latest=latest, preferred=key % 2)
                )
                if chance.random() < 0.7:
                    current[key] = slot(
                        chance.choice(("ann", "bob")), chance.randrange(2, 29), chance.randrange(16)
                    )
            once = level_again(requests, current, free, HALF_AN_HOUR)
            self.assertNotEqual(once, current)
            self.assertEqual(level_again(requests, once, free, HALF_AN_HOUR), once, seed)


class TestLongVisits(TestCase):
    """What no half of a day holds goes on over lunch."""

    def place(self, hours, workdays, current=None, **values):
        asked = request(duration=timedelta(hours=hours), **values)
        if current:
            return level_again([asked], {"visit": current}, workdays)["visit"]
        return level([asked], workdays)["visit"]

    def test_it_takes_in_breaks_up_to_two_hours_and_keeps_off_leave_and_other_visits(self):
        free = {"ann": march(10, 10)}
        self.assertEqual(self.place(6, free)[1:3], (at(10, 9), at(10, 15)))
        self.assertEqual(self.place(9, free)[1:3], (at(10, 8), at(10, 17)))
        self.assertIsNone(self.place(10, free))
        self.assertEqual(
            why_not(request(duration=timedelta(hours=10)), free), "too_long", "no day is as long"
        )
        for busy in (
            {"leave": [(at(10, 12), at(10, 13))]},
            {"visits": [Visit(at(10, 13), at(10, 14), "x")]},
        ):
            self.assertIsNone(self.place(6, {"ann": march(10, 10, **busy)}), busy)
        evening = [(at(10, 6), at(10, 10)), (at(10, 13), at(10, 18))]
        self.assertIsNone(self.place(6, {"ann": {at(10, 0).date(): Workday(evening)}}))

    def test_what_fits_without_a_break_stays_out_of_it(self):
        morning = [Visit(at(10, 8), at(10, 11), "x")]
        free = {"ann": march(10, 10, visits=morning)}
        self.assertEqual(self.place(2, free)[1], at(10, 13))
        self.assertIsNone(self.place(4, {"ann": march(10, 10, leave=[(at(10, 9), at(10, 16))])}))

    def test_nobody_comes_twice_a_day_and_a_full_day_is_full(self):
        full = [Visit(at(10, 16), at(10, 17), "x")]
        self.assertIsNone(self.place(6, {"ann": march(10, 10, visits=full, capacity=1)}))
        self.assertEqual(self.place(6, {"ann": march(10, 10, visits=full)})[1], at(10, 9))
        both = [request(key, duration=timedelta(hours=6), site=1) for key in "ab"]
        plan = level(both, {"ann": march(10, 11)})
        self.assertEqual([plan[key].day.day for key in "ab"], [10, 11])

    def test_levelled_again_it_stays_over_lunch(self):
        free = {"ann": march(10, 11)}
        placed = self.place(6, free)
        self.assertEqual(self.place(6, free, placed), placed)
        elsewhere = Slot("ann", at(11, 11), at(11, 17), at(11, 0).date())
        self.assertEqual(self.place(6, free, elsewhere), placed)


class TestWhyNot(TestCase):
    def test_every_reason_is_told_from_the_others(self):
        window = {"earliest": at(10, 0), "latest": at(12, 0)}
        full = [Visit(at(day, 8), at(day, 17), "x") for day in (10, 11)]
        for workdays, reason in (
            ({}, "no_hours"),
            ({"ann": march(13, 20)}, "no_hours"),
            ({"ann": march(9, 13, leave=[(at(10, 0), at(12, 0))])}, "leave"),
            ({"ann": days((at(10, 8), at(10, 9)))}, "too_long"),
            ({"ann": march(10, 11, visits=full)}, "full"),
            ({"ann": days((at(10, 8), at(10, 10)), visits=full)}, "full"),  # two hours, as asked
            ({"ann": march(9, 13, leave=[(at(10, 0), at(12, 0))]), "bob": march(10, 11)}, "full"),
        ):
            self.assertEqual(why_not(request(**window), workdays), reason)


class TestSubtract(TestCase):
    def test_busy_time_splits_cuts_or_swallows(self):
        day = [(at(1, 8), at(1, 17))]
        self.assertEqual(
            subtract(day, [(at(1, 10), at(1, 12))]), [(at(1, 8), at(1, 10)), (at(1, 12), at(1, 17))]
        )
        self.assertEqual(subtract(day, [(at(1, 7), at(1, 9))]), [(at(1, 9), at(1, 17))])
        self.assertEqual(subtract(day, [(at(1, 7), at(1, 18))]), [])
        self.assertEqual(subtract(day, [(at(1, 17), at(1, 18))]), day)
        self.assertEqual(
            subtract(day, [(at(1, 8), at(1, 9)), (at(1, 16), at(1, 17))]), [(at(1, 9), at(1, 16))]
        )
