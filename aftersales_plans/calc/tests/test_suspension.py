# SPDX-License-Identifier: LGPL-3.0-or-later
import random
from datetime import date, timedelta
from unittest import TestCase

from ..period import Period, contract_years, term
from ..suspension import counted_day, moved_day, moved_period, suspended_days

SPRING = Period(date(2026, 3, 10), date(2026, 4, 9))
SUMMER = Period(date(2026, 7, 1), date(2026, 7, 10))


class TestSuspension(TestCase):
    def test_31_days_move_the_end(self):
        year = term(date(2026, 1, 1), 12)
        self.assertEqual(SPRING.days, 31)
        self.assertEqual(moved_period(year, [SPRING]), Period(year.first, date(2027, 1, 31)))

    def test_the_running_year_grows_and_later_ones_move(self):
        moved = [moved_period(year, [SPRING]) for year in contract_years(date(2026, 1, 1), 24)]
        self.assertEqual(
            moved,
            [
                Period(date(2026, 1, 1), date(2027, 1, 31)),
                Period(date(2027, 2, 1), date(2028, 1, 31)),
            ],
        )

    def test_what_ended_before_stays(self):
        self.assertEqual(moved_day(date(2026, 3, 10), [SPRING]), date(2026, 3, 10))
        self.assertEqual(moved_day(date(2026, 3, 11), [SPRING]), date(2026, 4, 11))

    def test_the_second_suspension_is_reached_because_of_the_first(self):
        boundary = date(2026, 6, 20)  # 21 July with the first alone: inside the second's reach
        self.assertEqual(moved_day(boundary, [SUMMER]), boundary)
        self.assertEqual(moved_day(boundary, [SUMMER, SPRING]), date(2026, 7, 31))

    def test_every_day_inside_a_suspension_counts_as_the_day_before_it(self):
        for day in (SPRING.first, date(2026, 3, 20), date(2026, 4, 8), SPRING.last):
            self.assertEqual(counted_day(day, [SPRING]), date(2026, 3, 9))
        self.assertEqual(counted_day(date(2026, 4, 10), [SPRING]), SPRING.first)

    def test_suspended_days_of_a_part_of_the_term(self):
        part = Period(date(2026, 1, 1), date(2026, 3, 12))
        self.assertEqual(suspended_days(part, [SPRING, SUMMER]), 3)


class TestAgainstCounting(TestCase):
    """Thousands of contracts against somebody who walks through the calendar day by day."""

    CASES = 2_000

    def last_day_served(self, start, days, suspensions):
        """Return the day on which ``days`` days of cover are over, counted one by one."""
        day, served = start - timedelta(days=1), 0
        while served < days:
            day += timedelta(days=1)
            served += not any(first <= day <= last for first, last in suspensions)
        return day

    def random_rests(self, chance, start):
        """Return up to three disjoint suspensions after the first day."""
        rests, day = [], start
        for _number in range(chance.randint(0, 3)):
            day += timedelta(days=chance.randint(1, 200))
            rests.append(Period(day, day + timedelta(days=chance.randint(0, 60))))
            day = rests[-1].last + timedelta(days=1)
        return rests

    def test_every_contract_year_gives_its_days(self):
        for seed in range(self.CASES):
            chance = random.Random(seed)
            start = date(2023, 1, 1) + timedelta(days=chance.randrange(1500))
            rests = self.random_rests(chance, start)
            days = 0
            for year in contract_years(start, chance.randint(1, 30)):
                days += year.days
                self.assertEqual(
                    moved_period(year, rests).last,
                    self.last_day_served(start, days, rests),
                    f"seed {seed}",
                )


class TestCountedDay(TestCase):
    RESTS = [
        Period(date(2026, 5, 1), date(2026, 5, 10)),
        Period(date(2026, 7, 1), date(2026, 7, 3)),
    ]

    def test_it_undoes_what_suspensions_move(self):
        for offset in range(200):
            day = date(2026, 3, 1) + timedelta(days=offset)
            with_rests = moved_period(Period(day, day), self.RESTS).last
            self.assertEqual(counted_day(with_rests, self.RESTS), day)

    def test_a_day_inside_a_suspension_counts_as_the_day_before_it(self):
        for day in (1, 5, 10):
            self.assertEqual(counted_day(date(2026, 5, day), self.RESTS), date(2026, 4, 30))
        self.assertEqual(counted_day(date(2026, 5, 11), self.RESTS), date(2026, 5, 1))
