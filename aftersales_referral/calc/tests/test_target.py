# SPDX-License-Identifier: LGPL-3.0-or-later
from fractions import Fraction
from unittest import TestCase

from ..target import (
    CREDIT_NOTE,
    INVOICE,
    MONEY_IN,
    MONEY_OUT,
    Document,
    Line,
    Match,
    due,
    facts,
    own_credit,
    target,
)

RATE = 15.0


def frac(*values):
    return [Fraction(str(value)) for value in values]


def line(net, tax=0, eligible=1, order="A", is_credit=False):
    net, tax, eligible = frac(net, tax, eligible)
    return Line(order, net, net + tax, eligible, is_credit)


def paid(amount, of_money=1):
    amount, of_money = frac(amount, of_money)
    return Match(amount, MONEY_IN, of_money)


def refunded(amount):
    return Match(Fraction(amount), MONEY_OUT)


def settled(amount, document, direction=MONEY_IN):
    return Match(Fraction(amount), direction, Fraction(1), document)


def document(key, sign, lines, *matches, fx=1):
    total = sum(one.gross for one in lines)
    return Document(key, sign, total, total * Fraction(str(fx)), tuple(lines), tuple(matches))


def invoice(*lines_and_matches, key="inv", **kwargs):
    lines = [one for one in lines_and_matches if isinstance(one, Line)] or [line(1000, 200)]
    matches = [one for one in lines_and_matches if isinstance(one, Match)]
    return document(key, INVOICE, lines, *matches, **kwargs)


def credit_note(*lines_and_matches, key="cn", **kwargs):
    lines = [one for one in lines_and_matches if isinstance(one, Line)]
    matches = [one for one in lines_and_matches if isinstance(one, Match)]
    return document(key, CREDIT_NOTE, lines, *matches, **kwargs)


class TestWorkedExamples(TestCase):
    """The worked examples of design §6: 15 %, goods 1,000 + VAT 200 unless said."""

    def assertTarget(self, documents, expected, order="A"):
        found = target(RATE, facts(order, documents))
        self.assertEqual(found, Fraction(str(expected)), f"{float(found)} != {expected}")

    def test_600_paid(self):
        self.assertTarget([invoice(paid(600))], 75)

    def test_fully_paid_and_nothing_paid(self):
        self.assertTarget([invoice(paid(600), paid(600))], 150)
        self.assertTarget([invoice()], 0)
        self.assertTarget([], 0)

    def test_over_paid_1500(self):
        self.assertTarget([invoice(paid(1500))], 150)

    def test_credit_note_240_then_960_paid(self):
        documents = [
            invoice(settled(240, "cn"), paid(960)),
            credit_note(line(200, 40), settled(240, "inv", MONEY_OUT)),
        ]
        self.assertTarget(documents, 120)

    def test_paid_then_credit_note_240_open(self):
        self.assertTarget([invoice(paid(1200)), credit_note(line(200, 40))], 120)

    def test_paid_then_credit_note_240_refunded(self):
        self.assertTarget([invoice(paid(1200)), credit_note(line(200, 40), refunded(240))], 120)

    def test_600_paid_and_credit_note_240_open(self):
        self.assertTarget([invoice(paid(600)), credit_note(line(200, 40))], 75)

    def test_paid_and_credit_note_240_used_on_a_second_order_of_600(self):
        documents = [
            invoice(paid(1200)),
            credit_note(line(200, 40), settled(240, "inv B", MONEY_OUT)),
            invoice(line(500, 100, order="B"), settled(240, "cn"), key="inv B"),
        ]
        self.assertTarget(documents, 120)
        self.assertTarget(documents, 30, order="B")

    def test_credit_note_for_the_delivery_then_500_paid(self):
        documents = [
            invoice(line(1000), line(500, eligible=0), settled(500, "cn"), paid(500)),
            credit_note(line(500, eligible=0), settled(500, "inv", MONEY_OUT)),
        ]
        self.assertTarget(documents, 75)

    def test_order_a_unpaid_and_credited_and_order_b_paid(self):
        documents = [
            invoice(settled(1200, "cn")),
            credit_note(line(1000, 200), settled(1200, "inv", MONEY_OUT)),
            invoice(line(1000, 200, order="B"), paid(1200), key="inv B"),
        ]
        self.assertTarget(documents, 0)
        self.assertTarget(documents, 150, order="B")

    def test_order_a_credited_and_order_b_paid_on_one_invoice(self):
        both = [line(1000, 200), line(1000, 200, order="B")]
        credit = credit_note(line(1000, 200), settled(1200, "inv", MONEY_OUT))
        self.assertTarget([invoice(*both, settled(1200, "cn"), paid(1200)), credit], 0)
        self.assertTarget([invoice(*both, settled(1200, "cn"), paid(1200)), credit], 150, "B")
        self.assertTarget([invoice(*both, settled(1200, "cn")), credit], 0, "B")

    def test_600_paid_and_600_written_off(self):
        self.assertTarget([invoice(paid(1200, of_money="0.5"))], 75)

    def test_two_percent_early_payment_discount(self):
        self.assertTarget([invoice(paid(1200, of_money="0.98"))], 147)

    def test_eur_1000_at_110_paid_and_credited_at_100(self):
        documents = [
            invoice(line(1000), paid(1000), fx="1.10"),
            credit_note(line(1000), refunded(1000), fx="1.00"),
        ]
        self.assertTarget(documents[:1], 165)
        self.assertTarget(documents, 0)

    def test_store_credit_line_120_and_1080_paid(self):
        self.assertTarget([invoice(line(1000, 200), line(-120, is_credit=True), paid(1080))], 135)

    def test_promotion_100_net_and_the_rest_paid(self):
        self.assertTarget([invoice(line(1000, 200), line(-100, -20), paid(1080))], 135)

    def test_down_payment_30_percent_then_half_of_the_rest(self):
        share = Fraction(1000, 1200)
        down = invoice(line(360, eligible=share), paid(360), key="dp")
        self.assertTarget([down], 45)
        rest = [line(1000), line(200, eligible=0), line(-360, eligible=share)]
        self.assertTarget([down, invoice(*rest, paid(420))], "97.5")

    def test_prepaid_in_full_and_final_invoice_of_zero(self):
        down = invoice(line(1000, 200), paid(1200), key="dp")
        final = invoice(line(1000, 200), line(-1000, -200))
        self.assertTarget([down, final], 150)


class TestTarget(TestCase):
    def test_money_is_split_over_the_orders_of_an_invoice_by_gross(self):
        both = [line(1000), line(500, order="B")]
        self.assertEqual(target(10.0, facts("A", [invoice(*both, paid(300))])), 20)
        self.assertEqual(target(10.0, facts("B", [invoice(*both, paid(300))])), 10)

    def test_a_line_without_order_takes_its_part_of_the_money(self):
        found = target(10.0, facts("A", [invoice(line(900), line(100, order=None), paid(500))]))
        self.assertEqual(found, 45)

    def test_credit_notes_beyond_the_invoices_earn_nothing_and_never_less(self):
        documents = [invoice(paid(1200)), credit_note(line(1500, 300), refunded(1800))]
        self.assertEqual(target(RATE, facts("A", documents)), 0)

    def test_money_given_back_beyond_what_came_in_counts_as_none(self):
        documents = [invoice(paid(100)), credit_note(line(200, 40), refunded(240))]
        self.assertEqual(target(RATE, facts("A", documents)), 0)

    def test_rounds_once_and_halves_go_up(self):
        self.assertEqual(
            target(15.0, facts("A", [invoice(line("0.1"), paid("0.1"))])), frac("0.02")[0]
        )
        third = facts("A", [invoice(line(100), paid("33.33"))])
        self.assertEqual(target(10.0, third), frac("3.33")[0])

    def test_a_currency_without_cents(self):
        found = target(15.0, facts("A", [invoice(line(1003), paid(1003))]), rounding=1.0)
        self.assertEqual(found, 150)


class TestSplit(TestCase):
    def test_what_is_to_pay_is_split_by_gross_whatever_was_taken_off(self):
        lines = (line(100), line(300, order="B"))
        billed = Document("inv", INVOICE, Fraction(200), Fraction(200), lines)
        self.assertEqual(due(billed), {"A": 50, "B": 150})

    def test_lines_that_are_worth_nothing_together_keep_their_own_sums(self):
        lines = (line(50), line(-50, order="B"))
        self.assertEqual(due(document("inv", INVOICE, lines)), {"A": 50, "B": -50})

    def test_a_credit_note_of_several_orders_decides_how_it_is_split(self):
        match = Match(Fraction(60), MONEY_IN, Fraction(1), "back")
        bill = document("inv", INVOICE, (line(100), line(100, order="B")), match)
        back = document("back", CREDIT_NOTE, (line(50), line(10, order="B")))
        others = {"inv": bill, "back": back}
        dues = {key: due(one) for key, one in others.items()}
        split = {"A": 50, "B": 10}
        self.assertEqual(own_credit(bill, match, others, dues), split)
        mirrored = match._replace(document="inv")
        self.assertEqual(own_credit(back, mirrored, others, dues), split)

    def test_credit_notes_alone_have_the_rate_of_no_invoice(self):
        back = document("back", CREDIT_NOTE, (line(50),), fx="1.10")
        self.assertEqual(facts("A", [back]).fx, 1)
