# SPDX-License-Identifier: LGPL-3.0-or-later
"""Exact amounts: no sum or share is rounded before the ledger row (design §2)."""

from decimal import Decimal
from fractions import Fraction


def exact(value) -> Fraction:
    """Return the decimal number a float was written as; 0.1 becomes 1/10.

    Amounts arrive as floats that were rounded by their currency, so their shortest decimal form
    is what people see on the document.
    """
    if isinstance(value, Fraction):
        return value
    # by way of Decimal: half the time of letting Fraction read the text
    return Fraction(Decimal(repr(value)) if isinstance(value, float) else value)


def round_half_up(value: Fraction, rounding) -> Fraction:
    """Round to a multiple of ``rounding`` (0.01), halves away from zero, as currencies do."""
    step = exact(rounding)
    units = abs(value) / step
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return whole * step if value >= 0 else -whole * step


def share(part: Fraction, whole: Fraction, otherwise=0) -> Fraction:
    """Return ``part`` ÷ ``whole``, or ``otherwise`` when there is no whole."""
    return Fraction(part) / whole if whole else Fraction(otherwise)
