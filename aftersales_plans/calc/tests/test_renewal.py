# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..renewal import deadline, first_day, gap_days, offer, uplifted

LAST = date(2026, 12, 31)


class TestRenewal(TestCase):
    def test_1200_with_5_percent_is_1260_and_with_the_discount_of_10_it_is_1134(self):
        self.assertEqual(round(uplifted(1200, 12, 12, 5), 2), 1260.0)
        self.assertEqual(round(offer(1200, 12, 12, 5, 10), 2), 1134.0)

    def test_24_months_at_2160_become_12_at_1190_70(self):
        self.assertEqual(round(uplifted(2160, 24, 12, 5), 2), 1190.70)

    def test_18_months_pass_on_one_and_a_half_years_of_uplift(self):
        self.assertEqual(round(uplifted(1800, 18, 12, 5), 2), 1291.12)

    def test_without_uplift_and_discount_the_price_stays(self):
        self.assertEqual(offer(1200, 12, 12, 0, 0), 1200.0)

    def test_the_deadline_is_no_later_than_the_last_day_of_cover(self):
        self.assertEqual(deadline(date(2026, 11, 1), LAST, 30), date(2026, 12, 1))
        self.assertEqual(deadline(date(2026, 12, 20), LAST, 30), LAST)
        self.assertEqual(deadline(date(2026, 11, 1), LAST, 0), LAST)

    def test_who_is_offered_on_the_last_day_has_the_days_that_were_promised(self):
        self.assertEqual(deadline(LAST, LAST, 10), date(2027, 1, 10))

    def test_who_was_offered_after_the_end_has_the_days_all_the_same(self):
        self.assertEqual(deadline(date(2027, 1, 5), LAST, 10), date(2027, 1, 15))

    def test_confirmed_in_time_there_is_no_gap(self):
        for confirmed in (date(2026, 11, 1), LAST, date(2027, 1, 1)):
            self.assertEqual(first_day(LAST, confirmed, 14), date(2027, 1, 1))
        self.assertEqual(gap_days(LAST, date(2027, 1, 1)), 0)

    def test_confirmed_late_the_waiting_days_apply_and_the_gap_shows(self):
        start = first_day(LAST, date(2027, 1, 2), 14)
        self.assertEqual(start, date(2027, 1, 16))
        self.assertEqual(gap_days(LAST, start), 15)
