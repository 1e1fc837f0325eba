# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long ago the last contact with a customer may be (requirement 35)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


def border(today: date, months: int) -> date:
    """Return the latest day that lies ``months`` back: whose day of the month has come again.

    >>> border(date(2026, 2, 28), 6)  # 31 August + 6 months is 28 February
    datetime.date(2025, 8, 31)
    """
    day = today - relativedelta(months=months)
    while day + timedelta(days=1) + relativedelta(months=months) <= today:
        day += timedelta(days=1)
    return day


def stage(last_contact: date, today: date, months: tuple[int, int, int]) -> str:
    """Return what ``today`` makes of a customer one last heard of on ``last_contact``.

    :param months: until at risk, nearly lost and lost
    """
    at_risk, nearly_lost, lost = (border(today, number) for number in months)
    if last_contact <= lost:
        return "lost"
    if last_contact <= nearly_lost:
        return "nearly_lost"
    return "at_risk" if last_contact <= at_risk else "active"
