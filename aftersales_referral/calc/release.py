# SPDX-License-Identifier: LGPL-3.0-or-later
"""From which day a reward can be paid out: the hold after payment and delivery (design §5)."""

from collections.abc import Hashable
from datetime import date, timedelta
from typing import NamedTuple


class Waiting(NamedTuple):
    """A ledger row of an order whose goods had not all been delivered."""

    key: Hashable
    day: date  # of the row: when the money came or went
    earned: bool  # else it takes back, or adjusts, what the order earned


def first_payable_day(day: date, delivered: date | None, hold_days: int) -> date:
    """Return the first day something earned on ``day`` can be paid out.

    :param delivered: when the last goods were delivered; None where there were none to deliver
    """
    return max(day, delivered or day) + timedelta(days=hold_days)


def release(rows: list[Waiting], delivered: date | None, hold_days: int, held: date | None) -> dict:
    """Return the first payable day of each row of one order: {key: day}.

    What takes back waits as long as the latest of what the order earned.

    :param held: the latest day among the order's other rows, None without
    """
    days = {row.key: first_payable_day(row.day, delivered, hold_days) for row in rows if row.earned}
    latest = max([*days.values(), *([held] if held else [])], default=None)
    return {row.key: days.get(row.key) or latest or row.day for row in rows}
