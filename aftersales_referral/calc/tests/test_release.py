# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..release import Waiting, first_payable_day, release

MARCH_15, MARCH_20, APRIL_3 = date(2027, 3, 15), date(2027, 3, 20), date(2027, 4, 3)


class TestHold(TestCase):
    def test_the_hold_counts_from_the_later_of_payment_and_delivery(self):
        self.assertEqual(first_payable_day(MARCH_15, MARCH_20, 14), APRIL_3)
        self.assertEqual(first_payable_day(MARCH_20, MARCH_15, 14), APRIL_3)

    def test_without_goods_it_counts_from_the_payment(self):
        self.assertEqual(first_payable_day(MARCH_20, None, 14), APRIL_3)
        self.assertEqual(first_payable_day(MARCH_20, None, 0), MARCH_20)

    def test_a_reversal_waits_as_long_as_the_latest_it_reverses(self):
        rows = [
            Waiting("first", MARCH_15, True),
            Waiting("second", date(2027, 3, 25), True),
            Waiting("back", date(2027, 3, 26), False),
        ]
        self.assertEqual(
            release(rows, MARCH_20, 14, None),
            {"first": APRIL_3, "second": date(2027, 4, 8), "back": date(2027, 4, 8)},
        )

    def test_a_reversal_alone_takes_the_day_of_the_rows_that_have_one(self):
        rows = [Waiting("back", MARCH_20, False)]
        self.assertEqual(release(rows, None, 14, APRIL_3), {"back": APRIL_3})
        self.assertEqual(release(rows, None, 14, None), {"back": MARCH_20})
