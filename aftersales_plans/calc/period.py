# SPDX-License-Identifier: LGPL-3.0-or-later
"""Contract periods (requirements 2-4; design §2, §3).

Stored end dates are the last day, inclusive. Months are always counted from the *first* day of
the term, so 31 January + 1 month is 28 or 29 February and + 2 months is 31 March again.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

MONTHS_IN_CONTRACT_YEAR = 12


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both inside."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Length in days; one day long when both ends are the same."""
        return (self.last - self.first).days + 1

    def __contains__(self, day) -> bool:
        return self.first <= day <= self.last


def term(start: date, duration_months: int) -> Period:
    """Return the whole term of a contract that starts on ``start``.

    :raises ValueError: the term is not at least one month long.
    """
    if duration_months < 1:
        raise ValueError(f"a term needs at least 1 month, got {duration_months}")
    return Period(start, start + relativedelta(months=duration_months) - timedelta(days=1))


def contract_years(start: date, duration_months: int) -> list[Period]:
    """Split the term into contract years of 12 months; the last may be shorter."""
    whole = term(start, duration_months)
    years = []
    for months in range(0, duration_months, MONTHS_IN_CONTRACT_YEAR):
        following = start + relativedelta(months=months + MONTHS_IN_CONTRACT_YEAR)
        first = start + relativedelta(months=months)
        years.append(Period(first, min(whole.last, following - timedelta(days=1))))
    return years
