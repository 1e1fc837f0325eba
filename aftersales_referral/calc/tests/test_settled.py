# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from fractions import Fraction
from unittest import TestCase

from ..settled import Reward, settled

MAY, JUNE = date(2027, 5, 1), date(2027, 6, 1)


class TestSettled(TestCase):
    def test_the_oldest_rewards_are_paid_first(self):
        rewards = [
            Reward("new", Fraction(30), None),
            Reward("old", Fraction(100), MAY),
            Reward("middle", Fraction(50), JUNE),
        ]
        for balance, paid in (
            (180, set()),
            (80, {"old"}),
            (79, {"old"}),
            (81, set()),  # one coin is missing
            (30, {"old", "middle"}),
            (0, {"old", "middle", "new"}),
            (-20, {"old", "middle", "new"}),
        ):
            self.assertEqual(settled(rewards, Fraction(balance)), paid, balance)

    def test_what_was_taken_back_was_not_paid(self):
        self.assertEqual(settled([Reward("back", Fraction(0), MAY)], Fraction(0)), set())

    def test_a_reward_of_cents_is_worth_cents(self):
        rewards = [Reward("old", Fraction(100), MAY), Reward("cents", Fraction(1, 2), JUNE)]
        self.assertEqual(settled(rewards, Fraction("0.75")), set())
        self.assertEqual(settled(rewards, Fraction("0.5")), {"old"})
