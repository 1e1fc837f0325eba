# SPDX-License-Identifier: LGPL-3.0-or-later
"""Which lots of store credit are used and refilled (requirement 81)."""

from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

NEVER = date.max


class Lot(NamedTuple):
    """Part of a lot of store credit: what can be used of it, or what an order used of it."""

    key: Hashable
    amount: Fraction
    expiry: date = NEVER  # last day, inclusive


def use(lots: list[Lot], amount: Fraction) -> dict:
    """Take ``amount``, the lot that expires soonest first.

    :return: what each lot loses; less than ``amount`` in sum when the lots do not hold it
    """
    return _take(sorted(lots, key=_order), amount)


def give_back(used: list[Lot], amount: Fraction) -> dict:
    """Give ``amount`` back to what was ``used``, the lot that expires last first: used last.

    :return: what each lot gains; less than ``amount`` in sum when less than that was used
    """
    return _take(sorted(used, key=_order, reverse=True), amount)


def _order(lot):
    return lot.expiry, lot.key


def _take(lots, amount):
    taken = {}
    for lot in lots:
        part = min(lot.amount, amount)
        if part > 0:
            taken[lot.key] = part
            amount -= part
    return taken
