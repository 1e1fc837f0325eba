# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a plan costs for the goods it covers: base × factor of age × of failures × of the region.

A factor list is a curve: straight between its points, and as its first or last point outside.
"""

from collections.abc import Iterable, Sequence
from math import fsum, prod
from typing import NamedTuple

from .goods import Goods

MONTHS_PER_YEAR = 12


class Point(NamedTuple):
    """One point of a factor list."""

    at: float  #: years of age, or failures per 100 units and year
    factor: float


class Weighed(NamedTuple):
    """The factor of some goods, and what they weigh among the goods of a plan."""

    factor: float
    value: float
    quantity: float


def factor_at(points: Iterable[Point], where: float) -> float:
    """Return the factor at ``where``; 1 without points.

    >>> factor_at([Point(3, 1.0), Point(7, 1.3)], 5)
    1.15
    >>> factor_at([Point(3, 1.0), Point(7, 1.3)], 20)
    1.3
    """
    curve = sorted(points)
    if not curve:
        return 1.0
    if where <= curve[0].at:
        return curve[0].factor
    for left, right in zip(curve, curve[1:], strict=False):
        if where < right.at:
            way = (where - left.at) / (right.at - left.at)
            return left.factor + way * (right.factor - left.factor)
    return curve[-1].factor


def age_factor(points: Iterable[Point], months: int | None) -> float:
    """Return the factor of goods that are ``months`` old; 1 where nobody knows their age.

    >>> age_factor([Point(3, 1.0), Point(7, 1.3)], 84)
    1.3
    """
    return 1.0 if months is None else factor_at(points, months / MONTHS_PER_YEAR)


def mean(weighed: Sequence[Weighed]) -> float:
    """Return the mean factor, weighed by value; by quantity where no goods have one; 1 for none.

    >>> mean([Weighed(1.0, 300.0, 1), Weighed(1.4, 100.0, 1)])
    1.1
    """
    for weights in ([one.value for one in weighed], [one.quantity for one in weighed]):
        total = fsum(weights)
        if total > 0:
            return fsum(w * one.factor for w, one in zip(weights, weighed, strict=True)) / total
    return 1.0


def combined(factors: Iterable[float]) -> float:
    """Return what all factors make together; 1 without any."""
    return prod(factors, start=1.0)


def share(goods: Iterable[Goods], percent: float) -> float | None:
    """Return ``percent`` of the value of ``goods``; None where it is not known.

    >>> share([Goods(1, 2, 0, 500.0)], 8)
    40.0
    """
    values = [one.value for one in goods]
    if not values or min(values) <= 0:
        return None
    return fsum(values) * percent / 100


def together(goods: Iterable[Goods]) -> list[Goods]:
    """Return ``goods`` with those of one product and age added up, in the order they came.

    >>> together([Goods(1, 2, 0, 20.0), Goods(1, 1, 0, 9.0)])
    [Goods(product=1, quantity=3, age_months=0, value=29.0)]
    """
    groups: dict[tuple, list[Goods]] = {}
    for one in goods:
        groups.setdefault((one.product, one.age_months), []).append(one)
    return [
        Goods(product, sum(g.quantity for g in same), months, fsum(g.value for g in same))
        for (product, months), same in groups.items()
    ]
