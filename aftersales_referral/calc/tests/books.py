# SPDX-License-Identifier: LGPL-3.0-or-later
"""Orders, documents and what settles them, as plain facts; and what they should have earned.

Amounts are whole cents in the documents' currency. :func:`earned` is an oracle: it goes through
the same facts in its own way, settlement by settlement, in decimals, and knows nothing of ``calc``.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

EXACT = Context(prec=60)
NOISE = Decimal("1e-30")  # below it: what divisions in decimals leave over
CENT = Decimal(1)


class Order:
    """Goods, freight and a discount of one customer, and who is rewarded for it."""

    def __init__(self, name, goods, freight, discount, tax):
        self.name, self.tax, self.rate = name, tax, 15
        self.referral, self.rejected = 1, False
        self.sold = [(goods, 1), (freight, 0)]
        if discount:
            self.sold.append((-min(discount, goods // 2), self.share(self.sold)))

    def share(self, sold):
        """Return which part of these (net, eligible) lines earns a reward."""
        return Fraction(sum(net * part for net, part in sold), sum(net for net, _part in sold))

    def item(self, net, eligible, is_credit=False, kind="sold"):
        """Return a document line of this order."""
        tax = 0 if is_credit else net * self.tax // 100
        return Item(self, net, tax, Fraction(eligible), is_credit, kind)


class Item:
    """One line of a paper; without order where it was written by hand."""

    def __init__(self, order, net, tax, eligible, is_credit=False, kind="sold"):
        self.order, self.net, self.tax, self.eligible = order, net, tax, eligible
        self.is_credit, self.kind = is_credit, kind
        self.gross = net + tax

    def part(self, percent):
        """Return so much of this line, for a credit note."""
        net, tax = self.net * percent // 100, self.tax * percent // 100
        return Item(self.order, net, tax, self.eligible, self.is_credit, "credited")


class Paper:
    """An invoice (sign 1) or credit note (-1)."""

    def __init__(self, number, sign, items, fx, reverses=None):
        self.number, self.sign, self.items, self.fx = number, sign, items, fx
        self.reverses, self.posted = reverses, True
        self.total = sum(item.gross for item in items)
        self.company_total = int(self.total * fx)

    @property
    def orders(self):
        """The orders with lines on it."""
        return {item.order for item in self.items if item.order}

    def asked(self, order):
        """Return what an order's lines, or those of none, ask to be paid."""
        return sum(item.gross for item in self.items if item.order is order)


class Deal:
    """What settled a paper: another paper, or money of which ``percent`` is money indeed."""

    def __init__(self, paper, other, cents, percent=100):
        self.paper, self.other, self.cents, self.percent = paper, other, cents, percent


class Books:
    """All papers and deals there are."""

    def __init__(self):
        self.orders, self.papers, self.deals = [], [], []

    @property
    def posted(self):
        """The papers that count."""
        return [paper for paper in self.papers if paper.posted]

    def open(self, paper):
        """Return how many cents of a paper are not settled."""
        return paper.total - sum(d.cents for d in self.deals if paper in (d.paper, d.other))

    def withdraw(self, paper):
        """Undo whatever settled a paper."""
        self.deals = [deal for deal in self.deals if paper not in (deal.paper, deal.other)]


def earned(books, order):
    """Return what an order should have earned, in cents of the company's currency."""
    with localcontext(EXACT):
        mine = [paper for paper in books.posted if order in paper.orders]
        net = gross = invoiced = worth = Decimal(0)
        for paper in mine:
            sold = [item for item in paper.items if item.order is order and not item.is_credit]
            own = sum(item.gross for item in sold)
            gross += paper.sign * own
            for item in sold:
                part = Decimal(item.eligible.numerator) / item.eligible.denominator
                net += paper.sign * item.net * part
            if paper.sign > 0 and paper.total:
                invoiced += own
                worth += Decimal(own) * paper.company_total / paper.total
        received = sum(_received(books, paper, order) for paper in mine)
        if gross <= 0 or net <= 0 or received <= 0:
            return 0
        fx = worth / invoiced if invoiced else Decimal(1)
        cents = net * order.rate / 100 * min(Decimal(1), received / gross) * fx
        return int(cents.quantize(NOISE).quantize(CENT, ROUND_HALF_UP))


def _received(books, paper, order):
    """Return the money a paper brought for an order; what it gave back is negative."""
    claims = {one: Decimal(paper.asked(one)) for one in {*paper.orders, None}}
    pot = Decimal(0)
    for deal in books.deals:
        if paper not in (deal.paper, deal.other):
            continue
        both = deal.paper.orders & deal.other.orders if deal.other else set()
        if not both:
            pot += paper.sign * Decimal(deal.cents) * deal.percent / 100
            continue
        note = deal.paper if deal.paper.sign < 0 else deal.other
        credited = sum(note.asked(one) for one in both)
        for one in both:
            claims[one] -= Decimal(deal.cents) * note.asked(one) / credited
    claims = {one: max(claim, Decimal(0)) for one, claim in claims.items()}
    whole = sum(claims.values())
    return pot * claims[order] / whole if whole else Decimal(0)
