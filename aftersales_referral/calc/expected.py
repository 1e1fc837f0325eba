# SPDX-License-Identifier: LGPL-3.0-or-later
"""What an order earns once all is paid, and on which of its invoices (requirement 73)."""

from collections.abc import Hashable
from fractions import Fraction

from .exact import exact, round_half_up, share
from .target import Document, Facts, due


def paid_in_full(of: Facts) -> Facts:
    """Return the facts as they are once everything that was invoiced is paid."""
    return of._replace(money=of.gross)


def unpaid(document: Document, order: Hashable) -> Fraction:
    """Return what ``order`` still owes of a document, in its currency, never negative.

    What is left to pay of an invoice of several orders is split by gross, like its money.
    """
    settled = sum((match.amount for match in document.matches), Fraction(0))
    left = max(Fraction(0), document.total - settled)
    return left * share(due(document).get(order, Fraction(0)), document.total)


def split(amount, weights: dict, rounding=Fraction(1, 100)) -> dict:
    """Split ``amount`` by ``weights`` into rounded parts that add up to it.

    :param weights: {key: weight}, none negative; the parts come in this order
    :param rounding: smallest amount of the currency
    """
    amount, whole = exact(amount), sum(weights.values())
    parts, reached, given = {}, Fraction(0), Fraction(0)
    for key, weight in weights.items():
        reached += weight
        parts[key] = round_half_up(amount * share(reached, whole), rounding) - given
        given += parts[key]
    return parts
