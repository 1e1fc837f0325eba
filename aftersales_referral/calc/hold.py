# SPDX-License-Identifier: LGPL-3.0-or-later
"""What of some ledger rows cannot be paid out yet, and until when (design §5)."""

from collections import defaultdict
from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from typing import NamedTuple


class Row(NamedTuple):
    """One row of a referrer's ledger."""

    order: Hashable  # None: a payout, or an adjustment without order
    amount: Fraction
    available: date | None  # first day it can be paid out; None: nobody knows yet


def on_hold(rows: list[Row], day: date) -> dict:
    """Return what is on hold on ``day``, by the day it becomes available.

    A reversal takes back at once what its order had made available beyond what is left of it; what
    waits longest is held.

    :return: {first day it can be paid, None where nobody knows yet: amount above 0}
    """
    per_order = defaultdict(list)
    for row in rows:
        per_order[row.order].append(row)
    held = defaultdict(Fraction)
    for group in per_order.values():
        total = sum(row.amount for row in group)
        free = sum(row.amount for row in group if row.available and row.available <= day)
        left = total - min(free, total)
        waiting = [
            row for row in group if row.amount > 0 and not (row.available and row.available <= day)
        ]
        for row in sorted(waiting, key=lambda row: row.available or date.max, reverse=True):
            part = min(row.amount, left)
            if part:
                held[row.available] += part
            left -= part
    return dict(held)
