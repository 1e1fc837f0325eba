"""Windows in which a contract promises its visits (requirements 2-4; design §4).

Window *k* of a contract is ``[start + (k-1) intervals, start + k intervals)``, in months counted
from the first day of the contract, clipped to its term. Both stored ends are inclusive.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta


class Window(NamedTuple):
    """Visit ``number`` (from 1) is promised between ``first`` and ``last``, both inside."""

    number: int
    first: date
    last: date


def windows(start: date, duration_months: int, interval_months: int) -> list[Window]:
    """Return the windows of the whole term; none when there is no interval.

    There are ceil(duration / interval) of them; the last one ends with the term.
    """
    if interval_months < 1:
        return []
    months = [*range(0, duration_months, interval_months), duration_months]
    bounds = [start + relativedelta(months=count) for count in months]
    return [
        Window(index + 1, bounds[index], bounds[index + 1] - timedelta(days=1))
        for index in range(len(bounds) - 1)
    ]


def target_day(window: Window, lead_days: int) -> date:
    """Return the day to aim at: ``lead_days`` before the window ends, never before it starts."""
    return max(window.first, window.last - timedelta(days=lead_days))
