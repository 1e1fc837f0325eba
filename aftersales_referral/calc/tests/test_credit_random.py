# SPDX-License-Identifier: LGPL-3.0-or-later
"""What an order keeps aside and gives back, against pots of single cents (reliability R2, R3)."""

import os
import random
from fractions import Fraction
from unittest import TestCase
from unittest.mock import patch

from ..credit import pro_rata, reserved

SEED = int(os.environ.get("PROOF_SEED", "74"))
CASES = int(os.environ.get("LOT_CASES", "10000"))


def in_pots(claimed, documents):
    """Move cents between what is kept aside, what documents hold, and what went back."""
    aside, went_back = claimed, 0
    for amount in documents:
        if amount < 0:
            went_back -= amount
            continue
        again = min(amount, went_back)  # an invoice in place of the one taken back
        went_back -= again
        aside -= amount - again
    return max(aside, 0)


def what_is_left(claimed, documents):
    """Keep aside what no document holds now: what went back to the card is kept aside again."""
    return max(Fraction(0), claimed - sum(documents))


def half(held, _billed, _credited):
    """Give half of the credit back, whatever part of the goods comes back."""
    return held / 2


class TestR2CreditRandom(TestCase):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)

    def documents(self, claimed):
        """Return invoices and credit notes of cents, never more given back than is held."""
        held, found = 0, []
        for _document in range(self.chance.randrange(7)):
            if held and self.chance.random() < 0.4:
                amount = -self.chance.randint(1, held)
            else:
                amount = self.chance.randrange(claimed + 1)
            held += amount
            found.append(amount)
        return found

    def test_what_is_kept_aside_is_what_the_pots_say(self):
        for _case in range(CASES):
            claimed = self.chance.randrange(200)
            documents = self.documents(claimed)
            kept = reserved(Fraction(claimed, 100), [Fraction(one, 100) for one in documents])
            self.assertEqual(kept * 100, in_pots(claimed, documents), (claimed, documents))

    def test_credit_notes_in_any_parts_give_back_all_that_was_held_and_no_cent_more(self):
        for _case in range(CASES):
            held, billed = self.chance.randint(1, 5000), self.chance.randint(1, 9000)
            left, goods = Fraction(held, 100), Fraction(billed, 100)
            while goods:
                part = min(Fraction(self.chance.randint(1, billed), 100), goods)
                back = Fraction(round(pro_rata(left, goods, part) * 100), 100)
                fair = left * part / goods
                self.assertLessEqual(abs(back - fair), Fraction(1, 200), (held, billed))
                self.assertGreaterEqual(left, back, (held, billed))
                left, goods = left - back, goods - part
            self.assertEqual(left, 0, (held, billed))

    def test_wrong_arithmetic_is_noticed(self):
        with patch(f"{__name__}.reserved", what_is_left), self.assertRaises(AssertionError):
            self.test_what_is_kept_aside_is_what_the_pots_say()
        with patch(f"{__name__}.pro_rata", half), self.assertRaises(AssertionError):
            self.test_credit_notes_in_any_parts_give_back_all_that_was_held_and_no_cent_more()
