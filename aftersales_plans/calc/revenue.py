# SPDX-License-Identifier: LGPL-3.0-or-later
"""How much of a plan's price is revenue by some day (requirement 83; design §6)."""

from datetime import date, timedelta

from .period import Period
from .refund import days_left
from .suspension import suspended_days


def earned_share(term: Period | None, day: date, suspensions: list[Period]) -> float:
    """Return which share of the cover was given by the end of ``day``; suspended days give none.

    Nothing before the term begins, or while nobody knows when it will.

    :param term: the agreed term, its end already moved by the suspensions

    >>> year = Period(date(2026, 3, 15), date(2027, 3, 14))
    >>> round(1200 * earned_share(year, date(2026, 12, 31), []), 2)
    960.0
    >>> earned_share(year, date(2026, 3, 14), []), earned_share(year, date(2030, 1, 1), [])
    (0.0, 1.0)
    >>> earned_share(None, date(2026, 3, 14), [])
    0.0
    """
    if not term or day < term.first:
        return 0.0
    if day >= term.last or term.days == suspended_days(term, suspensions):
        return 1.0
    left, total = days_left(term, day, suspensions)
    return (total - left) / total


def recognised_by(invoiced: float, discount: float, share: float) -> float:
    """Return what should be recognised once ``share`` of the cover was given.

    :param discount: what discounts on the whole order took off revenue when it was invoiced, at
        once. It is given back at once, so that revenue is ``share`` of the price that is left.

    >>> recognised_by(1200.0, 0.0, 0.25)
    300.0
    >>> recognised_by(1200.0, 120.0, 0.25) - 120.0  # of 1080.00
    270.0
    >>> recognised_by(1200.0, 120.0, 0.0), recognised_by(1200.0, 120.0, 1.0)
    (120.0, 1200.0)
    >>> recognised_by(0.0, 120.0, 0.25)  # the plan was credited alone
    0.0
    """
    given_back = min(max(discount, 0.0), max(invoiced, 0.0))
    return given_back + (invoiced - given_back) * share


def month_ends(last: date, today: date) -> list[date]:
    """Return the month ends after ``last`` that are over where ``today`` is, in order.

    >>> [str(day) for day in month_ends(date(2026, 11, 30), date(2027, 3, 1))]
    ['2026-12-31', '2027-01-31', '2027-02-28']
    >>> month_ends(date(2026, 12, 31), date(2027, 1, 31))
    []
    """
    ends = []
    end = month_end(last + timedelta(days=1))
    while end < today:
        ends.append(end)
        end = month_end(end + timedelta(days=1))
    return ends


def month_end(day: date) -> date:
    """Return the last day of the month of ``day``.

    >>> month_end(date(2028, 2, 3)), month_end(date(2026, 12, 31))
    (datetime.date(2028, 2, 29), datetime.date(2026, 12, 31))
    """
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)
