# SPDX-License-Identifier: AGPL-3.0-or-later
"""10,000 random contracts against a calendar of our own (reliability R10).

The oracle knows months, leap years and clipped days from a table and nothing of ``dateutil``; it
finds the window of a day by walking the anniversaries of the first day. The seed is fixed: a
failure names its contract and comes back on every run.
"""

import os
import random
from contextlib import contextmanager
from datetime import date, timedelta
from unittest import TestCase
from unittest.mock import patch

from ..window import Window, open_part, target_day, windows

CASES = 10_000
SEED = int(os.environ.get("PROOF_SEED", "20260315"))
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_in(year, month):
    """Return the number of days of a month, 1 to 12."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return MONTH_DAYS[month - 1] + (leap and month == 2)


def months_later(start, months):
    """Return the same day ``months`` later, or the last one of a month that is too short."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, days_in(year, month + 1)))


def cases():
    """Yield (first day, months, interval, lead days, suspensions), a third on edges of months."""
    chance = random.Random(SEED)
    for _case in range(CASES):
        year, month = chance.randint(1999, 2110), chance.randint(1, 12)
        last = days_in(year, month)
        day = chance.choice((1, min(29, last), last)) if chance.random() < 1 / 3 else None
        start = date(year, month, day or chance.randint(1, last))
        months = chance.randint(1, 60)
        yield start, months, chance.randint(0, 24), chance.randint(0, 120), chance


@contextmanager
def case(**facts):
    """Name the case that fails; thousands of subtests would each be reported."""
    try:
        yield
    except AssertionError as failure:
        raise AssertionError(f"{facts}: {failure}") from failure


def windows_counted_forward(start, months, interval):
    """Count each window from the end of the one before: after a 28 February no 31st comes back."""
    found, first = [], start
    for number, done in enumerate(range(0, months, interval or months + 1), 1):
        after = months_later(first, min(interval, months - done))
        found.append(Window(number, first, after - timedelta(days=1)))
        first = after
    return found


class TestR10Windows(TestCase):
    def test_windows_tile_the_term_and_lie_on_anniversaries(self):
        leap_days = one_window = 0
        for start, months, interval, _lead, _chance in cases():
            with case(start=start, months=months, interval=interval):
                self.check_windows(start, months, interval)
            leap_days += (start.month, start.day) == (2, 29)
            one_window += interval > months
        self.assertGreater(leap_days, 20)
        self.assertGreater(one_window, 500)

    def check_windows(self, start, months, interval):
        found = windows(start, months, interval)
        if not interval:
            self.assertEqual(found, [])
            return
        self.assertEqual([window.number for window in found], list(range(1, len(found) + 1)))
        self.assertEqual(len(found), (months + interval - 1) // interval)
        for window in found:
            first = months_later(start, (window.number - 1) * interval)
            after = months_later(start, min(window.number * interval, months))
            self.assertEqual((window.first, window.last + timedelta(days=1)), (first, after))

    def test_the_target_is_an_open_day_inside_the_window(self):
        suspended = 0
        for start, months, interval, lead, chance in cases():
            for window in windows(start, months, interval)[:2]:
                rests = self.rests(chance, window)
                with case(window=window, lead=lead, rests=rests):
                    suspended += self.check_target(window, lead, rests)
        self.assertGreater(suspended, 1_000)

    def rests(self, chance, window):
        """Return up to three disjoint suspensions around ``window``."""
        days = sorted(chance.sample(range(-20, (window.last - window.first).days + 20), 6))
        pairs = [(days[0], days[1]), (days[2], days[3]), (days[4], days[5])]
        kept = [pair for pair in pairs if chance.random() < 0.3]
        return [
            (window.first + timedelta(days=first), window.first + timedelta(days=last))
            for first, last in kept
        ]

    def check_target(self, window, lead, rests):
        """Check the part to look in, day by day; tell whether a suspension took part of it."""
        aim = target_day(window, lead)
        self.assertEqual(aim, max(window.first, window.last - timedelta(days=lead)))
        part, target = open_part(window, aim, rests)
        days = [
            window.first + timedelta(days=n) for n in range((window.last - window.first).days + 1)
        ]
        open_days = {day for day in days if not any(a <= day <= b for a, b in rests)}
        if not open_days:
            self.assertEqual((part, target), (window, aim))
            return True
        inside = {day for day in days if part.first <= day <= part.last}
        self.assertIn(target, inside)
        self.assertLessEqual(inside, open_days)
        before, after = part.first - timedelta(days=1), part.last + timedelta(days=1)
        self.assertFalse(open_days & {before, after}, "the part is as long as can be")
        if aim in open_days:
            self.assertEqual(target, aim)
        return len(open_days) < len(days)

    def test_windows_counted_forward_are_noticed(self):
        wrong = patch(f"{__name__}.windows", windows_counted_forward)
        with wrong, self.assertRaises(AssertionError):
            for start, months, interval, _lead, _chance in cases():
                self.check_windows(start, months, interval)

    def test_a_target_on_a_suspended_day_is_noticed(self):
        wrong = patch(f"{__name__}.open_part", lambda window, target, rests: (window, target))
        with wrong, self.assertRaises(AssertionError):
            for start, months, interval, lead, chance in cases():
                for window in windows(start, months, interval)[:2]:
                    self.check_target(window, lead, self.rests(chance, window))
