# SPDX-License-Identifier: LGPL-3.0-or-later
from fractions import Fraction
from unittest import TestCase

from ..credit import pro_rata, reserved


def kept(claimed, *documents):
    return reserved(Fraction(claimed), [Fraction(amount) for amount in documents])


class TestCredit(TestCase):
    def test_what_no_invoice_holds_is_reserved(self):
        self.assertEqual([kept(100), kept(100, 60), kept(100, 60, 40)], [100, 40, 0])

    def test_a_claim_below_what_is_invoiced_reserves_nothing(self):
        self.assertEqual(kept(40, 60), 0)

    def test_what_a_credit_note_gave_back_is_not_kept_aside_again(self):
        self.assertEqual(kept(100, 60, -60), 40)

    def test_the_invoice_that_replaces_a_credited_one_leaves_the_rest_reserved(self):
        self.assertEqual(kept(100, 60, -60, 60), 40)
        self.assertEqual(kept(100, 60, -60, 60, 40), 0)

    def test_half_of_the_goods_brings_half_of_the_credit_back(self):
        self.assertEqual(pro_rata(Fraction(100), Fraction(200), Fraction(100)), 50)

    def test_the_last_part_brings_all_that_is_left(self):
        held, billed = Fraction("100.01"), Fraction(300)
        first = round(pro_rata(held, billed, Fraction(100)), 2)
        self.assertEqual(first, Fraction("33.34"))
        self.assertEqual(pro_rata(held - first, billed - 100, Fraction(200)), Fraction("66.67"))

    def test_more_goods_than_were_sold_bring_no_more_than_is_held(self):
        self.assertEqual(pro_rata(Fraction(60), Fraction(0), Fraction(10)), 60)

    def test_nothing_comes_back_without_goods_or_credit(self):
        self.assertEqual(pro_rata(Fraction(60), Fraction(100), Fraction(0)), 0)
        self.assertEqual(pro_rata(Fraction(0), Fraction(100), Fraction(50)), 0)
        self.assertEqual(pro_rata(Fraction(-5), Fraction(100), Fraction(50)), 0)
