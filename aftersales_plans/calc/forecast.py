# SPDX-License-Identifier: LGPL-3.0-or-later
"""How many parts failures will take, and how surely that is known (requirements 13, 14, 48).

A unit in use that fails takes parts. Units × the rate at the age they will have give the failures
of a month; what a failure took so far, under cover and without, gives its parts. The number of
parts is taken for a Poisson count around that mean.
"""

from math import exp, sqrt
from typing import NamedTuple

from .failure import DAYS_PER_MONTH, LEAST_FAILURES

#: Above this mean a Poisson count is told by its Wilson-Hilferty approximation.
_EXACT_UP_TO = 700.0
_Z90 = 1.2815515655446004
#: Part of the counts that lie below the interval, and part that lie above it.
TAIL = 0.1


class Units(NamedTuple):
    """Units of one product in one month that are of one age."""

    age: int | None  #: year of age in the middle of the month: 0, 1, 2…; None: not known
    units: float  #: how many there are
    unit_days: float  #: days of the month × units, each weighted by how much it runs
    covered_days: float  #: those under a live contract or the statutory guarantee


class Use(NamedTuple):
    """What failures of one product took from stock so far."""

    failures: float  #: units that failed
    parts: dict  #: {id of a part: how many were taken}


class Demand(NamedTuple):
    """What the units of one product will take in one month."""

    failures: float  #: expected failures
    covered: float  #: … of units under cover


def demand(units: list[Units], rate_of) -> Demand | None:
    """Return the failures to expect of ``units``; None where no rate is known.

    :param rate_of: called with a year of age, returns (rate, where it is from)

    >>> from .failure import Rate
    >>> one = Rate(10, 1000, 0.01, 0.005, 0.02)
    >>> demand([Units(0, 2, 60.875, 30.4375)], lambda age: (one, "age"))
    Demand(failures=0.02, covered=0.01)
    """
    rates = [(unit, rate_of(unit.age)[0]) for unit in units]
    known = [(unit, rate.per_month / DAYS_PER_MONTH) for unit, rate in rates if rate]
    if not known:
        return None
    return Demand(
        sum(per_day * unit.unit_days for unit, per_day in known),
        sum(per_day * unit.covered_days for unit, per_day in known),
    )


def parts_per_failure(use: Use | None, otherwise: dict | None) -> dict | None:
    """Return {part: how many one failure takes}; ``otherwise`` where too few failures tell.

    >>> parts_per_failure(Use(4, {7: 3}), None)
    {7: 0.75}
    >>> parts_per_failure(Use(2, {7: 2}), {7: 1.0})
    {7: 1.0}
    """
    if use is None or use.failures < LEAST_FAILURES:
        return otherwise
    return {part: quantity / use.failures for part, quantity in use.parts.items()}


def pieces_per_failure(uses: list[Use]) -> float | None:
    """Return how many parts of any kind a failure takes, over several products.

    None where there are too few failures to tell.

    >>> pieces_per_failure([Use(2, {7: 1}), Use(2, {})])
    0.25
    """
    failures = sum(use.failures for use in uses)
    if failures < LEAST_FAILURES:
        return None
    return sum(sum(use.parts.values()) for use in uses) / failures


def within(months: list[tuple[float, float]], days: float) -> float:
    """Return the mean of the next ``days``; beyond the last month it goes on as on average.

    :param months: (days, mean) of each month, the first one from today

    >>> within([(10, 1.0), (30, 6.0)], 25)
    4.0
    >>> within([(10, 1.0), (30, 6.0)], 80)
    14.0
    """
    total_days = sum(length for length, _mean in months)
    if days > total_days:
        return sum(mean for _days, mean in months) * days / total_days if total_days else 0.0
    mean, left = 0.0, days
    for length, expected in months:
        taken = min(left, length)
        mean += expected * taken / length
        left -= taken
        if left <= 0:
            break
    return mean


def interval(mean: float) -> tuple[int, int]:
    """Return between which counts 8 of 10 months lie: at most 1 of 10 is below, 1 of 10 above.

    >>> interval(0.0), interval(0.1), interval(4.0), interval(100.0)
    ((0, 0), (0, 0), (2, 7), (87, 113))
    """
    if mean <= 0:
        return 0, 0
    if mean > _EXACT_UP_TO:
        return _wilson_hilferty(mean, -_Z90), _wilson_hilferty(mean, _Z90)
    return _quantile(mean, TAIL), _quantile(mean, 1 - TAIL)


def _quantile(mean, share):
    """Return the smallest count that ``share`` of all Poisson counts do not exceed."""
    count, chance = 0, exp(-mean)
    total = chance
    while total < share:
        count += 1
        chance *= mean / count
        total += chance
    return count


def _wilson_hilferty(mean, z):
    """Return the Poisson quantile at ``z`` (Wilson and Hilferty 1931), to within one count."""
    shape = mean + 0.5
    return round(shape * (1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3 - 0.5)
