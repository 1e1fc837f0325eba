# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a referrer should have earned on an order, from today's documents (requirement 73).

``target = round(rate% × N × min(1, M ÷ G) × fx)``, 0 where G ≤ 0 (design §5):

* N eligible net and G gross, invoices less credit notes, in document currency, before
  store-credit lines;
* M money in, less money given out through credit notes;
* fx company ÷ document total of the invoices.

The ledger appends the difference between this target and what it holds already, so that the
order in which documents and payments arrive does not matter.
"""

from collections import defaultdict
from collections.abc import Hashable
from fractions import Fraction
from typing import NamedTuple

from .exact import exact, round_half_up, share

INVOICE, CREDIT_NOTE = 1, -1
MONEY_IN, MONEY_OUT = 1, -1


class Line(NamedTuple):
    """One line of a document, as far as it belongs to ``order``; positive on both kinds."""

    order: Hashable  # None: written by hand, belongs to no order
    net: Fraction
    gross: Fraction
    eligible: Fraction = Fraction(1)  # part of the net that earns a reward, 0 to 1
    is_credit: bool = False  # paid by card: before the total, neither revenue nor discount


class Match(NamedTuple):
    """An amount of a document that was settled by another entry, in document currency."""

    amount: Fraction  # positive
    direction: int  # MONEY_IN or MONEY_OUT, seen from the company
    money: Fraction = Fraction(1)  # part that is money: 1 less written off, 0 for store credit
    document: Hashable = None  # the other entry, where that is a document with lines of orders


class Document(NamedTuple):
    """A posted invoice or credit note."""

    key: Hashable
    sign: int  # INVOICE or CREDIT_NOTE
    total: Fraction  # to pay, taxes included, in document currency
    total_company: Fraction  # the same in company currency
    lines: tuple[Line, ...]
    matches: tuple[Match, ...] = ()
    rate: Fraction = Fraction(1)  # company per document currency, for a document of total 0

    @property
    def fx(self) -> Fraction:
        """Company currency per unit of document currency."""
        return share(self.total_company, self.total, self.rate)

    @property
    def orders(self) -> set:
        """The orders whose lines are on this document."""
        return {line.order for line in self.lines if line.order is not None}


class Facts(NamedTuple):
    """What counts for one order, in document currency."""

    net: Fraction
    gross: Fraction
    money: Fraction
    fx: Fraction

    @property
    def paid_share(self) -> Fraction:
        """How much of the gross has been paid, 0 to 1."""
        if self.gross <= 0:
            return Fraction(0)
        return max(Fraction(0), min(Fraction(1), self.money / self.gross))


NOTHING = Facts(Fraction(0), Fraction(0), Fraction(0), Fraction(1))


def due(document: Document) -> dict:
    """Split what is to pay on a document over its orders, by gross.

    The key None stands for lines that belong to no order.
    """
    gross = defaultdict(Fraction)
    for line in document.lines:
        gross[line.order] += line.gross
    whole = sum(gross.values())
    if not whole:
        return dict(gross)
    return {order: document.total * part / whole for order, part in gross.items()}


def own_credit(document: Document, match: Match, others: dict, dues: dict) -> dict:
    """Return what a match settles between documents of the same order, by order.

    Such a match moves no money. It is split as the credit note among the two is.
    """
    other = others.get(match.document)
    if other is None or other.sign == document.sign:
        return {}
    common = (dues[document.key].keys() & dues[other.key].keys()) - {None}
    if not common:
        return {}
    parts = dues[document.key if document.sign == CREDIT_NOTE else other.key]
    whole = sum(parts[order] for order in common)
    return {order: match.amount * share(parts[order], whole) for order in common}


def money(document: Document, others: dict, dues: dict) -> dict:
    """Split the money a document brought (or gave back, negative) over its orders.

    The documents' own credit notes first take away from the orders they credit; what is left to
    pay divides the money.
    """
    left, received = defaultdict(Fraction, dues[document.key]), Fraction(0)
    for match in document.matches:
        own = own_credit(document, match, others, dues)
        for order, amount in own.items():
            left[order] -= amount
        if not own:
            received += match.amount * match.direction * match.money
    left = {order: max(Fraction(0), amount) for order, amount in left.items()}
    whole = sum(left.values())
    return {order: received * share(amount, whole) for order, amount in left.items()}


class _Sums:
    """What one order's documents add up to while they are read one after the other."""

    def __init__(self):
        self.net = self.gross = self.money = self.weighted = self.invoiced = Fraction(0)
        self.rate = Fraction(1)

    def add(self, document: Document, lines: list, to_pay: Fraction, received: Fraction):
        """Count the part of ``document`` that belongs to the order: ``lines``."""
        gross = to_pay - sum(line.gross for line in lines if line.is_credit)
        self.net += document.sign * sum(
            line.net * line.eligible for line in lines if not line.is_credit
        )
        self.gross += document.sign * gross
        self.money += received
        if document.sign == INVOICE:
            self.rate = document.fx
            self.weighted += gross * self.rate
            self.invoiced += gross

    def facts(self) -> Facts:
        """Return the sums; the rate is weighed by what was invoiced at it."""
        return Facts(
            self.net, self.gross, self.money, share(self.weighted, self.invoiced, self.rate)
        )


def facts_by_order(documents: list[Document]) -> dict:
    """Add up what documents say about each of their orders: {order: Facts}.

    Takes time in proportion to lines and matches, however many orders there are.

    :param documents: all posted documents of the orders, and of orders they share them with
    """
    others = {document.key: document for document in documents}
    dues = {document.key: due(document) for document in documents}
    sums = defaultdict(_Sums)
    for document in documents:
        lines_by_order = defaultdict(list)
        for line in document.lines:
            lines_by_order[line.order].append(line)
        lines_by_order.pop(None, None)
        received = money(document, others, dues)
        for order, lines in lines_by_order.items():
            sums[order].add(document, lines, dues[document.key][order], received[order])
    return {order: of.facts() for order, of in sums.items()}


def facts(order: Hashable, documents: list[Document]) -> Facts:
    """Return what documents say about one order; :func:`facts_by_order` is for many."""
    return facts_by_order(documents).get(order, NOTHING)


def target(rate_percent, of: Facts, rounding=Fraction(1, 100)) -> Fraction:
    """Return the reward in company currency, rounded once.

    :param rate_percent: 15.0 for 15 %
    :param rounding: smallest amount of the company currency
    """
    earned = exact(rate_percent) / 100 * max(Fraction(0), of.net) * of.paid_share * of.fx
    return round_half_up(earned, rounding)
