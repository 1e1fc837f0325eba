# SPDX-License-Identifier: AGPL-3.0-or-later
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
    return window.last - min(timedelta(days=lead_days), window.last - window.first)


def open_part(window: Window, target: date, suspensions: list) -> tuple[Window, date]:
    """Return the part of ``window`` without suspension in which to look, and the day to aim at.

    The part ``target`` lies in or, where that day is suspended, the longest one after or before.

    :param suspensions: disjoint pairs (first, last), both inside
    """
    parts, first = [], window.first
    for rest_first, rest_last in sorted(suspensions):
        if rest_last < first or rest_first > window.last:
            continue
        parts.append((first, rest_first - timedelta(days=1)))
        first = rest_last + timedelta(days=1)
    parts = [(a, b) for a, b in [*parts, (first, window.last)] if a <= b]
    holding = [part for part in parts if part[0] <= target <= part[1]]
    if not parts:
        return window, target
    first, last = (holding or sorted(parts, key=lambda part: part[1] - part[0]))[-1]
    return Window(window.number, first, last), min(max(target, first), last)
