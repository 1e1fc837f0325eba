# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from fractions import Fraction
from unittest import TestCase

from ..analytic import blend
from ..lots import Lot, give_back, use


def lot(key, amount, expiry):
    return Lot(key, Fraction(amount), expiry)


JUNE = date(2027, 6, 30)
MAY = date(2027, 5, 31)


class TestLots(TestCase):
    def test_the_lot_that_expires_soonest_is_used_first(self):
        self.assertEqual(use([lot(1, 100, JUNE), lot(2, 50, MAY)], Fraction(60)), {2: 50, 1: 10})

    def test_a_lot_without_expiry_is_used_last(self):
        lots = [Lot(1, Fraction(100)), lot(2, 50, MAY)]
        self.assertEqual(use(lots, Fraction(60)), {2: 50, 1: 10})

    def test_what_was_used_last_is_given_back_first(self):
        used = [lot(1, 10, JUNE), lot(2, 50, MAY)]
        self.assertEqual(give_back(used, Fraction(30)), {1: 10, 2: 20})

    def test_giving_all_back_takes_nothing_from_anybody(self):
        used = use([lot(1, 100, JUNE), lot(2, 50, MAY)], Fraction(75))
        taken = [lot(1, used[1], JUNE), lot(2, used[2], MAY)]
        self.assertEqual(give_back(taken, Fraction(75)), used)

    def test_no_more_is_used_than_there_is(self):
        self.assertEqual(use([lot(1, 4, MAY)], Fraction(9)), {1: 4})
        self.assertEqual(give_back([lot(1, 6, MAY)], Fraction(9)), {1: 6})


class TestBlend(TestCase):
    def test_lines_weigh_by_their_amount(self):
        self.assertEqual(
            blend([(300.0, {"1": 100.0}), (100.0, {"2": 100.0})]), {"1": 75.0, "2": 25.0}
        )

    def test_a_line_without_distribution_dilutes(self):
        self.assertEqual(blend([(300.0, None), (100.0, {"2": 50.0})]), {"2": 12.5})
        self.assertEqual(blend([(0.0, {"2": 50.0})]), {})
