# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a customer gets back for a plan that ends early (requirement 89; design §3)."""

from .period import Period
from .suspension import suspended_days

NONE = "none"
PRO_RATA = "pro_rata"
PRO_RATA_LESS_USED = "pro_rata_less_used"


def days_left(term: Period, last_day, suspensions: list[Period]) -> tuple[int, int]:
    """Return (days of cover still to come, days of cover in the term); suspended ones not counted.

    :param term: the agreed term, its end already moved by the suspensions
    :param last_day: last day of cover; before the term when it never began
    """
    total = term.days - suspended_days(term, suspensions)
    if last_day < term.first:
        return total, total
    served = Period(term.first, min(last_day, term.last))
    return total - (served.days - suspended_days(served, suspensions)), total


def refund(price: float, left: int, total: int, policy: str, used_value: float = 0.0) -> float:
    """Return the refund, not yet rounded, between 0 and ``price``.

    >>> round(refund(1200, 274, 365, PRO_RATA), 2)
    900.82
    """
    if policy == NONE:
        return 0.0
    amount = price * left / total
    if policy == PRO_RATA_LESS_USED:
        amount -= used_value
    return max(0.0, amount)
