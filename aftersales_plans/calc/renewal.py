# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a renewal costs and when it begins (requirements 25, 26, 62; design §3)."""

from datetime import date, timedelta


def uplifted(old_net: float, old_months: int, new_months: int, uplift_percent: float) -> float:
    """Return the price of the next term, not rounded: pro rata of its months, then the uplift.

    The uplift is a yearly one: a term of 24 months passes on two of them.

    >>> round(uplifted(2160, 24, 12, 5), 2)
    1190.7
    """
    base = old_net / old_months * new_months
    return base * (1 + uplift_percent / 100) ** (old_months / 12)


def offer(old_net: float, old_months: int, new_months: int, uplift: float, discount: float):
    """Return the price of the next term less the renewal discount, not rounded.

    :param uplift: percent a year
    :param discount: percent

    >>> round(offer(1200, 12, 12, 5, 10), 2)
    1134.0
    """
    return uplifted(old_net, old_months, new_months, uplift) * (1 - discount / 100)


def deadline(offered: date, last_day: date, offer_days: int) -> date:
    """Return the last day of the renewal discount; before ``offered``: there is none any more.

    :param last_day: of the old contract: the discount rewards signing before cover ends, but who
        was offered late has the days that were promised
    :param offer_days: 0: until the old contract ends
    """
    if not offer_days:
        return last_day
    promised = offered + timedelta(days=offer_days)
    return min(promised, last_day) if offered < last_day else promised


def first_day(old_last_day: date, confirmed: date, waiting_days: int) -> date:
    """Return the first day of the next contract.

    The day after the old one ends; confirmed later than that there is a gap, and the waiting days
    of goods not delivered by the same order apply.
    """
    following = old_last_day + timedelta(days=1)
    if confirmed <= following:
        return following
    return confirmed + timedelta(days=waiting_days)


def gap_days(old_last_day: date, new_first_day: date) -> int:
    """Return the days without cover between two contracts."""
    return max(0, (new_first_day - old_last_day).days - 1)
