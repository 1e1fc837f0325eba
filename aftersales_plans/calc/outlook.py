# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is to be expected of goods that a plan covers: failures, and who pays (requirement 30)."""

from collections.abc import Iterable
from typing import NamedTuple

from .cost import expected_within
from .failure import Ages, Rate, rate_at


class Outlook(NamedTuple):
    """What is known about one product before it fails."""

    rate: Rate  #: at any age
    ages: Ages  #: by year of age, where that is known
    free: float  #: share of failures the plan pays without using a replacement
    counted: float  #: share of failures the plan pays with a replacement of its quota
    free_later: float  #: as ``free``, of defects: the plan pays once the guarantee is over
    counted_later: float  #: as ``counted``, of defects
    guarantee_months: int  #: how long the law pays for defects
    unit_cost: float  #: what a replacement costs us


class Covered(NamedTuple):
    """Units of one product and age under one contract."""

    product: int
    quantity: float
    age_months: int | None  #: at the start of the term; None: not known, so of any age


def expected_failures(outlook: Outlook, age_months: int | None, months: range):
    """Return what one unit needs in ``months`` of a term: (free, counted) replacements.

    A month of the term has the rate of the year of age the unit is in then. Of unknown age the unit
    fails as one of any age, its guarantee over.
    """
    free = counted = 0.0
    for month in months:
        age = None if age_months is None else age_months + month
        known, _origin = rate_at(None if age is None else age // 12, outlook.ages, outlook.rate)
        later = age is None or age >= outlook.guarantee_months
        free += known.per_month * (outlook.free + later * outlook.free_later)
        counted += known.per_month * (outlook.counted + later * outlook.counted_later)
    return free, counted


def parts_cost(
    goods: Iterable[Covered],
    outlooks: dict[int, Outlook],
    duration_months: int,
    quota: int | None,
    memory: dict | None = None,
) -> float:
    """Return the expected cost of replacements of one contract over its term.

    The replacements of a contract year are shared by all goods: where more is expected than the
    quota gives, each kind of goods gets the same part of what it needs.

    :param quota: replacements of a contract year; None: unlimited
    :param memory: what one unit needs, kept from one contract to the next
    """
    memory = {} if memory is None else memory
    cost = 0.0
    goods = list(goods)
    for start in range(0, duration_months, 12):
        year = range(start, min(start + 12, duration_months))
        wanted = worth = 0.0
        for product, quantity, age in goods:
            key = (product, age, start)
            if key not in memory:
                memory[key] = expected_failures(outlooks[product], age, year)
            free, counted = memory[key]
            unit_cost = outlooks[product].unit_cost
            cost += quantity * free * unit_cost
            wanted += quantity * counted
            worth += quantity * counted * unit_cost
        if wanted:
            cost += worth * expected_within(wanted, quota) / wanted
    return cost
