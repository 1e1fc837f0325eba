# SPDX-License-Identifier: LGPL-3.0-or-later
from fractions import Fraction
from unittest import TestCase

from ..expected import paid_in_full, split, unpaid
from ..target import INVOICE, MONEY_IN, Document, Facts, Line, Match, target


def invoice(*lines, total, paid=0):
    matches = (Match(Fraction(paid), MONEY_IN),) if paid else ()
    return Document("inv", INVOICE, Fraction(total), Fraction(total), tuple(lines), matches)


class TestExpected(TestCase):
    def test_an_order_half_paid_is_expected_to_earn_the_whole_reward(self):
        half = Facts(Fraction(1000), Fraction(1200), Fraction(600), Fraction(1))
        self.assertEqual(target(15.0, half), 75)
        self.assertEqual(target(15.0, paid_in_full(half)), 150)

    def test_an_order_that_was_credited_is_expected_to_earn_nothing(self):
        nothing = Facts(Fraction(0), Fraction(0), Fraction(0), Fraction(1))
        self.assertEqual(target(15.0, paid_in_full(nothing)), 0)

    def test_what_is_left_of_an_invoice_is_split_over_its_orders_by_gross(self):
        document = invoice(
            Line("a", Fraction(300), Fraction(300)),
            Line("b", Fraction(900), Fraction(900)),
            total=1200,
            paid=400,
        )
        self.assertEqual(unpaid(document, "a"), 200)
        self.assertEqual(unpaid(document, "b"), 600)
        self.assertEqual(unpaid(document, "c"), 0)

    def test_an_overpaid_invoice_and_one_of_nothing_leave_nothing(self):
        line = Line("a", Fraction(100), Fraction(100))
        self.assertEqual(unpaid(invoice(line, total=100, paid=150), "a"), 0)
        self.assertEqual(unpaid(invoice(total=0), "a"), 0)

    def test_parts_add_up_to_the_cent(self):
        parts = split(100.0, {"a": Fraction(1), "b": Fraction(1), "c": Fraction(1)})
        self.assertEqual(
            list(parts.values()), [Fraction("33.33"), Fraction("33.34"), Fraction("33.33")]
        )
        self.assertEqual(sum(parts.values()), 100)

    def test_a_negative_amount_is_split_too(self):
        parts = split(-10.01, {"a": Fraction(1), "b": Fraction(3)})
        self.assertEqual(sum(parts.values()), Fraction("-10.01"))
        self.assertEqual(parts["a"], Fraction("-2.50"))
