# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lots against a calculation that moves cent by cent (reliability R3, requirement 81)."""

import os
import random
from datetime import date, timedelta
from fractions import Fraction
from unittest import TestCase
from unittest.mock import patch

from ..lots import NEVER, Lot, give_back, use

SEED = int(os.environ.get("PROOF_SEED", "81"))
CASES = int(os.environ.get("LOT_CASES", "10000"))
DAY = date(2027, 3, 15)


def random_lots(chance):
    """Return up to six lots, some of one day, some without end, some empty."""
    days = [NEVER, *(DAY + timedelta(days=chance.randrange(400)) for _ in range(3))]
    return [
        Lot(key, Fraction(chance.choice((0, 1, chance.randrange(40))), 100), chance.choice(days))
        for key in range(chance.randrange(7))
    ]


def cent_by_cent(lots, amount, choose):
    """Move ``amount`` in single cents, each from the lot ``choose`` picks of what is left."""
    left = {lot: int(lot.amount * 100) for lot in lots}
    moved = {}
    for _cent in range(int(amount * 100)):
        holding = [lot for lot in lots if left[lot]]
        if not holding:
            break
        lot = choose(holding, key=lambda one: (one.expiry, one.key))
        left[lot] -= 1
        moved[lot.key] = moved.get(lot.key, 0) + Fraction(1, 100)
    return moved


class TestR3Lots(TestCase):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)

    def cases(self):
        """Yield lots in any order and an amount, at times more than they hold."""
        for _case in range(CASES):
            lots = random_lots(self.chance)
            self.chance.shuffle(lots)
            held = sum(lot.amount for lot in lots)
            part = Fraction(self.chance.randrange(int(held * 100) + 3), 100)
            yield lots, self.chance.choice((held, part, part))

    def test_each_cent_is_taken_from_the_lot_that_expires_soonest(self):
        for lots, amount in self.cases():
            self.assertEqual(use(lots, amount), cent_by_cent(lots, amount, min), (lots, amount))

    def test_each_cent_goes_back_to_the_lot_that_expires_last(self):
        for lots, amount in self.cases():
            right = cent_by_cent(lots, amount, max)
            self.assertEqual(give_back(lots, amount), right, (lots, amount))

    def test_what_is_used_and_given_back_leaves_everything_as_it_was(self):
        for lots, amount in self.cases():
            taken = use(lots, amount)
            used = [lot._replace(amount=taken[lot.key]) for lot in lots if lot.key in taken]
            self.assertEqual(give_back(used, amount), taken, (lots, amount))

    def test_lots_in_the_wrong_order_are_noticed(self):
        with patch(f"{__name__}.use", give_back), self.assertRaises(AssertionError):
            self.test_each_cent_is_taken_from_the_lot_that_expires_soonest()
        with patch(f"{__name__}.give_back", use), self.assertRaises(AssertionError):
            self.test_each_cent_goes_back_to_the_lot_that_expires_last()
