# SPDX-License-Identifier: LGPL-3.0-or-later
"""10,000 random terms against a calendar counted out day by day, without any date library.

The seed is fixed: a failure names its start and duration and comes back on every run.
"""

import os
import random
from contextlib import contextmanager
from datetime import date, timedelta
from unittest import TestCase
from unittest.mock import patch

from ..period import MONTHS_IN_CONTRACT_YEAR, Period, contract_years, term

CASES = 10_000
SEED = int(os.environ.get("PROOF_SEED", "20260315"))
FIRST_YEAR, LAST_YEAR = 1999, 2125  # 2000 is a leap year, 2100 is none
LONGEST_MONTHS = 120
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def count_days():
    """Return {(months since year 0, day of the month): running number of the day}."""
    numbers, number = {}, 0
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        for month, days in enumerate(MONTH_DAYS):
            for day in range(1, days + (leap and month == 1) + 1):
                numbers[year * 12 + month, day] = number
                number += 1
    return numbers


@contextmanager
def case(**facts):
    """Name the case that fails; thousands of subtests would each be reported."""
    try:
        yield
    except AssertionError as failure:
        raise AssertionError(f"{facts}: {failure}") from failure


def term_of_long_months(start, duration_months):
    """Return a term that lets 31 January + 1 month be in March: months are never too short."""
    month = start.year * 12 + start.month - 1 + duration_months
    first = date(month // 12, month % 12 + 1, 1)
    return Period(start, first + timedelta(days=start.day - 2))


class TestR10Periods(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count_days()
        cls.days = {number: key for key, number in cls.numbers.items()}

    def number(self, day):
        return self.numbers[day.year * 12 + day.month - 1, day.day]

    def months_later(self, start, months):
        """Return the number of the same day ``months`` later, or of the last one there is."""
        month, day = start.year * 12 + start.month - 1 + months, start.day
        while (month, day) not in self.numbers:
            day -= 1
        return self.numbers[month, day]

    def cases(self):
        """Yield random starts and durations, a third of them on the edges of months."""
        chance = random.Random(SEED)
        keys = sorted(self.numbers)
        edges = [key for key in keys if key[1] >= 28 or key[1] == 1]
        newest = (LAST_YEAR - LONGEST_MONTHS // 12 - 1) * 12
        for _case in range(CASES):
            month, day = chance.choice(edges if chance.random() < 1 / 3 else keys)
            month = min(month, newest)
            while (month, day) not in self.numbers:
                day -= 1
            yield (
                date(month // 12, month % 12 + 1, day),
                chance.randint(1, LONGEST_MONTHS),
            )

    def test_random_terms_and_contract_years(self):
        seen = set()
        for start, months in self.cases():
            whole, years = term(start, months), contract_years(start, months)
            with case(start=start, months=months):
                self.check_term(start, months, whole)
                self.check_years(start, months, whole, years)
            seen.add((start.month, start.day))
        self.assertIn((2, 29), seen, "leap days take part")
        self.assertGreater(len(seen), 360)

    def check_term(self, start, months, whole):
        """Both ends are inside; the day after the last one is the same day, months later."""
        self.assertEqual(whole.first, start)
        self.assertEqual(self.number(whole.last) + 1, self.months_later(start, months))
        self.assertEqual(whole.days, self.months_later(start, months) - self.number(start))
        for day, inside in (
            (self.number(start) - 1, False),
            (self.number(start), True),
            (self.number(whole.last), True),
            (self.number(whole.last) + 1, False),
        ):
            if day in self.days:
                month, day_of_month = self.days[day]
                moment = date(month // 12, month % 12 + 1, day_of_month)
                self.assertEqual(moment in whole, inside)

    def check_years(self, start, months, whole, years):
        """They begin on anniversaries of the first day and fill the term without gap."""
        self.assertEqual(len(years), -(-months // MONTHS_IN_CONTRACT_YEAR))
        self.assertEqual(Period(years[0].first, years[-1].last), whole)
        self.assertEqual(sum(year.days for year in years), whole.days)
        for index, year in enumerate(years):
            begins = self.months_later(start, index * MONTHS_IN_CONTRACT_YEAR)
            self.assertEqual(self.number(year.first), begins)
            self.assertLessEqual(year.days, 366)
        for year, following in zip(years, years[1:], strict=False):
            self.assertEqual(self.number(year.last) + 1, self.number(following.first))

    def test_a_calendar_without_short_months_is_noticed(self):
        with patch(f"{__name__}.term", term_of_long_months), self.assertRaises(AssertionError):
            for start, months in self.cases():
                self.check_term(start, months, term(start, months))
