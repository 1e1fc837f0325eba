# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is charged beside the goods of a claim: work and freight (requirements 24, 27)."""

from .decision import BILLABLE, CONTRACT


def is_charged(billing_types: set[str], included: bool) -> bool:
    """Tell whether work or freight of a claim is charged.

    What the guarantee or goodwill gives comes with its work; a plan says whether it includes it.

    :param billing_types: how the lines of the claim were decided
    """
    return BILLABLE in billing_types or (CONTRACT in billing_types and not included)


def with_surcharge(price: float, after_hours: bool, percent: float) -> float:
    """Return the price of an hour, not yet rounded, after business hours or within them.

    >>> with_surcharge(80.0, True, 50.0)
    120.0
    """
    return price * (1 + percent / 100) if after_hours else price
