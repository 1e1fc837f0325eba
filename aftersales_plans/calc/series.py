# SPDX-License-Identifier: LGPL-3.0-or-later
"""Numbers in the order of time, without gaps: what a chart shows."""

from datetime import date, timedelta


def next_month(day):
    """Return the first day of the month after that of ``day``."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def next_week(day):
    """Return the day a week after ``day``."""
    return day + timedelta(days=7)


def without_gaps(values, following, most):
    """Return [(day, number)] from the first to the last day of ``values``, zero where none is.

    :param values: {first day of a month or week: number}
    :param following: :func:`next_month` or :func:`next_week`
    :param most: how many are kept, the last ones
    """
    found, day = [], min(values, default=None)
    while day is not None and day <= max(values):
        found.append((day, values.get(day, 0)))
        day = following(day)
    return found[-most:]
