# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from fractions import Fraction
from unittest import TestCase

from ..hold import Row, on_hold

MAY, JUNE, JULY = date(2027, 5, 1), date(2027, 6, 1), date(2027, 7, 1)


def row(order, amount, available):
    return Row(order, Fraction(amount), available)


class TestHold(TestCase):
    def test_what_becomes_available_later_is_held_until_then(self):
        rows = [row(1, 75, MAY), row(1, 75, JULY), row(2, 20, None)]
        self.assertEqual(on_hold(rows, JUNE), {JULY: 75, None: 20})

    def test_on_its_day_nothing_is_held(self):
        self.assertEqual(on_hold([row(1, 75, JUNE)], JUNE), {})

    def test_a_payment_takes_nothing_from_what_is_held(self):
        self.assertEqual(on_hold([row(1, 75, JULY), row(None, -75, MAY)], JUNE), {JULY: 75})

    def test_a_reversal_takes_from_what_its_own_order_holds(self):
        rows = [row(1, 75, MAY), row(1, 75, JULY), row(1, -30, JULY), row(2, 10, JULY)]
        self.assertEqual(on_hold(rows, JUNE), {JULY: 45 + 10})

    def test_an_order_reversed_as_a_whole_holds_nothing(self):
        rows = [row(1, 75, MAY), row(1, 75, JULY), row(1, -150, JULY)]
        self.assertEqual(on_hold(rows, JUNE), {})

    def test_of_two_days_the_later_one_is_held(self):
        rows = [row(1, 50, JUNE), row(1, 50, JULY), row(1, -60, JULY)]
        self.assertEqual(on_hold(rows, MAY), {JULY: 40})

    def test_what_nobody_knows_the_day_of_waits_longest(self):
        rows = [row(1, 50, None), row(1, 50, JULY), row(1, 50, JUNE), row(1, -60, JULY)]
        self.assertEqual(on_hold(rows, MAY), {None: 50, JULY: 40})
        self.assertEqual(on_hold(rows[::-1], MAY), {None: 50, JULY: 40})

    def test_what_is_available_today_is_taken_back_first(self):
        rows = [row(1, 50, JUNE), row(1, 50, JULY), row(1, -20, JULY)]
        self.assertEqual(on_hold(rows, JUNE), {JULY: 30})

    def test_a_few_cents_are_held_too(self):
        self.assertEqual(on_hold([row(1, "0.05", JULY)], JUNE), {JULY: Fraction("0.05")})
