# SPDX-License-Identifier: LGPL-3.0-or-later
"""Suspended days move what comes after them (requirement 61; design §3).

A suspension from its first to its last day, both inside, lasts n days. Every boundary of the
contract that lies after its first day (the day on which a year, a window or the time after the
contract begins) moves by n. The period that is running on the first day gets longer, later ones
move as a whole, and nothing that lies before changes.
"""

from datetime import date, timedelta

from .period import Period


def moved_day(boundary: date, suspensions: list[Period]) -> date:
    """Return where ``boundary``, the first day of something, lies with all ``suspensions``.

    :param suspensions: disjoint, as they stand in the calendar
    """
    for suspension in sorted(suspensions):
        if boundary > suspension.first:
            boundary += timedelta(days=suspension.days)
    return boundary


def moved_period(period: Period, suspensions: list[Period]) -> Period:
    """Return ``period`` with both ends where the suspensions put them."""
    after = moved_day(period.last + timedelta(days=1), suspensions)
    return Period(moved_day(period.first, suspensions), after - timedelta(days=1))


def suspended_days(period: Period, suspensions: list[Period]) -> int:
    """Return how many days of ``period`` were suspended."""
    overlaps = (
        (min(period.last, suspension.last) - max(period.first, suspension.first)).days + 1
        for suspension in suspensions
    )
    return sum(max(0, days) for days in overlaps)


def counted_day(last: date, suspensions: list[Period]) -> date:
    """Return the last day, counted without ``suspensions``, that lies on ``last`` with them.

    The inverse of :func:`moved_period` for last days; one inside a suspension counts as the day
    before it.

    :param suspensions: disjoint, as they stand in the calendar
    """
    after = last + timedelta(days=1)
    for suspension in sorted(suspensions, reverse=True):
        if after > suspension.last + timedelta(days=1):
            after -= timedelta(days=suspension.days)
        elif after > suspension.first:
            after = suspension.first
    return after - timedelta(days=1)
