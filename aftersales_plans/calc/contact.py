# SPDX-License-Identifier: LGPL-3.0-or-later
"""On which day a customer is turned to: dates that return, distance to other contacts (57)."""

from datetime import date, timedelta


def occurrence(day: date, year: int) -> date:
    """Return when a date that returns every year is in ``year``.

    >>> occurrence(date(2024, 2, 29), 2026)
    datetime.date(2026, 2, 28)
    """
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return day.replace(year=year)


def free_day(day: date, contacts: list[date], gap_days: int) -> date:
    """Return the first day from ``day`` on that keeps its distance to all other contacts.

    :param contacts: days on which the customer was or will be turned to

    >>> free_day(date(2026, 3, 10), [date(2026, 3, 2), date(2026, 3, 20)], 14)
    datetime.date(2026, 4, 3)
    """
    for contact in sorted(contacts):
        if abs((contact - day).days) < gap_days:
            day = contact + timedelta(days=gap_days)
    return day


def dormant_day(first_day: date, last_day: date) -> date:
    """Return the day on which two thirds of a term are over.

    >>> dormant_day(date(2026, 1, 1), date(2026, 12, 31))
    datetime.date(2026, 9, 1)
    """
    return first_day + timedelta(days=((last_day - first_day).days + 1) * 2 // 3)
