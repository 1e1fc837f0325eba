# SPDX-License-Identifier: LGPL-3.0-or-later
from fractions import Fraction
from itertools import permutations
from unittest import TestCase

from ..limit import share_out


class TestLimit(TestCase):
    """Orders share the highest reward in the order of their confirmation."""

    def test_without_a_limit_everything_is_earned(self):
        self.assertEqual(share_out([Fraction(75), Fraction(150)], 0), [75, 150])

    def test_the_first_takes_first_and_the_last_gets_the_rest(self):
        amounts = [Fraction(75), Fraction(150), Fraction(40)]
        self.assertEqual(share_out(amounts, 200), [75, 125, 0])
        self.assertEqual(share_out(amounts, 75), [75, 0, 0])
        self.assertEqual(share_out(amounts, 1000), [75, 150, 40])
        self.assertEqual(share_out([], 10), [])

    def test_a_limit_is_taken_as_it_is_written(self):
        self.assertEqual(share_out([Fraction(1, 3), Fraction(1)], 0.1), [Fraction(1, 10), 0])

    def test_the_sum_is_the_smaller_of_sum_and_limit_whatever_the_order(self):
        amounts = [Fraction(7, 100), Fraction(3), Fraction(0), Fraction(5, 2)]
        for limit in (Fraction(1, 100), Fraction(3), Fraction(557, 100), Fraction(9)):
            for order in permutations(amounts):
                shares = share_out(list(order), limit)
                self.assertEqual(sum(shares), min(limit, sum(amounts)))
                self.assertTrue(all(0 <= s <= a for s, a in zip(shares, order, strict=True)))
