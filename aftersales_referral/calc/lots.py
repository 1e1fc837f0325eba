"""Which lots of store credit are used and refilled (requirement 81)."""

from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

NEVER = date.max


class Lot(NamedTuple):
    """Credit that was granted together and expires together."""

    key: Hashable
    amount: Fraction  # granted
    remaining: Fraction
    expiry: date = NEVER  # last day, inclusive

    @property
    def used(self) -> Fraction:
        """What can still be given back to this lot."""
        return self.amount - self.remaining


def use(lots: list[Lot], amount: Fraction) -> dict:
    """Take ``amount``, the lot that expires soonest first.

    :return: what each lot loses; less than ``amount`` in sum when the lots do not hold it
    """
    return _take(sorted(lots, key=lambda lot: (lot.expiry, lot.key)), "remaining", amount)


def give_back(lots: list[Lot], amount: Fraction) -> dict:
    """Refill lots with ``amount``, the one that expires last first: it was used last.

    :return: what each lot gains; less than ``amount`` in sum when the lots have no room
    """
    ordered = sorted(lots, key=lambda lot: (lot.expiry, lot.key), reverse=True)
    return _take(ordered, "used", amount)


def _take(lots, attribute, amount):
    taken = {}
    for lot in lots:
        part = min(getattr(lot, attribute), amount)
        if part > 0:
            taken[lot.key] = part
            amount -= part
    return taken
