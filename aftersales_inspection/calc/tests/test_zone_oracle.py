# SPDX-License-Identifier: AGPL-3.0-or-later
"""Windows of 10,000 random contracts as moments, against another implementation (R10).

The oracle asks ``zoneinfo``, which knows nothing of ``pytz``, and only in the direction that is
never ambiguous: from UTC to what clocks say. A window must hold exactly the moments of its days.
The years are past ones: what is ahead depends on the release of the time zone data.
"""

import os
import random
from datetime import UTC, date, datetime, time, timedelta
from unittest import TestCase
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytz

from ..window import windows
from ..zone import day_begins, local_day, to_utc

CASES = 10_000
SEED = int(os.environ.get("PROOF_SEED", "20260329"))
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",  # half an hour off
    "America/Havana",  # midnight comes twice, and once not at all
    "Asia/Beirut",  # no midnight in spring
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Auckland",
    "Pacific/Kiritimati",
)
SECOND = timedelta(seconds=1)
FIRST, DAYS = date(2010, 1, 1), 13 * 365  # plus two years of windows


def day_there(name, moment):
    """Return the day it is at a naive UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).date()


def day_begins_in_winter(zone, day):
    """Return midnight by the clocks of winter, all year."""
    winter = zone.localize(datetime(day.year, 1, 1)).utcoffset()
    return datetime.combine(day, time()) - winter


class TestR10Zones(TestCase):
    def test_a_window_holds_exactly_the_moments_of_its_days(self):
        chance, odd_days, no_midnight = random.Random(SEED), 0, 0
        for _case in range(CASES):
            name = chance.choice(ZONES)
            start = FIRST + timedelta(days=chance.randrange(DAYS))
            promised = windows(start, chance.randint(1, 24), chance.randint(1, 12))
            for window in promised:
                begins, ends = self.check_window(name, window)
                odd_days += (ends - begins) % timedelta(days=1) != timedelta()
                there = begins.replace(tzinfo=UTC).astimezone(ZoneInfo(name))
                no_midnight += there.time() != time()
        self.assertGreater(odd_days, 5_000, "clocks were turned inside")
        self.assertGreater(no_midnight, 5, "clocks were turned at midnight")

    def check_window(self, name, window):
        zone, after = pytz.timezone(name), window.last + timedelta(days=1)
        begins, ends = day_begins(zone, window.first), day_begins(zone, after)
        days = [day_there(name, at) for at in (begins - SECOND, begins, ends - SECOND, ends)]
        before = window.first - timedelta(days=1)
        self.assertEqual(days, [before, window.first, window.last, after], (name, window))
        return begins, ends

    def test_every_midnight_of_places_that_turn_clocks_at_midnight(self):
        for name in ("America/Havana", "Asia/Beirut"):
            zone = pytz.timezone(name)
            for count in range(DAYS):
                day = FIRST + timedelta(days=count)
                begins = day_begins(zone, day)
                at = (begins - SECOND, begins)
                found = [day_there(name, moment) for moment in at]
                self.assertEqual(found, [day - timedelta(days=1), day], (name, day))

    def test_hours_of_a_day_and_the_day_of_a_moment(self):
        chance = random.Random(SEED + 1)
        for _case in range(CASES):
            name = chance.choice(ZONES)
            zone = pytz.timezone(name)
            local = datetime.combine(FIRST, time()) + timedelta(hours=chance.randrange(DAYS * 24))
            moment = to_utc(zone, local)
            self.assertEqual(local_day(zone, moment), day_there(name, moment), (name, local))
            there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None)
            if there != local:  # an hour that does not exist becomes the one after
                self.assertEqual(to_utc(zone, there), moment, (name, local))
                self.assertEqual((there - local).seconds, self.jump(name), (name, local))

    def jump(self, name):
        """Return how many seconds clocks skip in spring."""
        return 1800 if name == "Australia/Lord_Howe" else 3600

    def test_clocks_that_are_never_turned_are_noticed(self):
        with patch(f"{__name__}.day_begins", day_begins_in_winter):
            for name in ("America/Havana", "Europe/Berlin"):
                with self.assertRaises(AssertionError):
                    self.check_window(name, windows(date(2020, 5, 1), 12, 12)[0])
