# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime
from unittest import TestCase

import pytz

from ..zone import day_begins, local_day, to_utc

BERLIN = pytz.timezone("Europe/Berlin")


class TestZone(TestCase):
    def test_clocks_of_the_site_are_ahead_in_summer_more_than_in_winter(self):
        self.assertEqual(to_utc(BERLIN, datetime(2020, 1, 10, 9)), datetime(2020, 1, 10, 8))
        self.assertEqual(to_utc(BERLIN, datetime(2020, 7, 10, 9)), datetime(2020, 7, 10, 7))

    def test_of_an_hour_that_comes_twice_the_later_one_counts(self):
        twice = datetime(2020, 10, 25, 2, 30)
        self.assertEqual(to_utc(BERLIN, twice), datetime(2020, 10, 25, 1, 30))

    def test_late_in_the_evening_it_is_tomorrow_there(self):
        self.assertEqual(local_day(BERLIN, datetime(2020, 1, 10, 22, 59)), date(2020, 1, 10))
        self.assertEqual(local_day(BERLIN, datetime(2020, 1, 10, 23)), date(2020, 1, 11))

    def test_a_day_begins_at_midnight(self):
        self.assertEqual(day_begins(BERLIN, date(2020, 7, 10)), datetime(2020, 7, 9, 22))

    def test_of_two_midnights_the_first_begins_the_day(self):
        havana = pytz.timezone("America/Havana")
        self.assertEqual(day_begins(havana, date(2020, 11, 1)), datetime(2020, 11, 1, 4))

    def test_a_day_without_midnight_begins_an_hour_later_by_its_clocks(self):
        beirut = pytz.timezone("Asia/Beirut")
        self.assertEqual(day_begins(beirut, date(2020, 3, 29)), datetime(2020, 3, 28, 22))
        havana = pytz.timezone("America/Havana")
        self.assertEqual(day_begins(havana, date(2020, 3, 8)), datetime(2020, 3, 8, 5))

    def test_a_day_the_country_left_out_begins_with_the_next(self):
        apia = pytz.timezone("Pacific/Apia")
        for day in (date(2011, 12, 30), date(2011, 12, 31)):
            self.assertEqual(day_begins(apia, day), datetime(2011, 12, 30, 10))
