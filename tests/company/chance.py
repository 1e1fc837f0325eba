"""Intervals of random counts by their definition: sums of chances, and halving where they end."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

#: Above this mean ours may be one count away from the exact bound.
APPROXIMATE_ABOVE = 700


def chance_of(count: int, mean: float) -> float:
    """Return the chance of exactly ``count`` events of this mean."""
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


def chance_up_to(count: int, mean: float) -> float:
    """Return the chance of at most ``count`` events of this mean."""
    return math.fsum(chance_of(one, mean) for one in range(count + 1)) if mean > 0 else 1.0


def between(mean: float) -> tuple[int, int]:
    """Return the smallest counts that at least 1 and at least 9 of 10 months do not exceed."""
    if mean <= 0:
        return 0, 0
    bounds, count, total = [], 0, 0.0
    for share in (0.1, 0.9):
        while total + chance_of(count, mean) < share:
            total += chance_of(count, mean)
            count += 1
        bounds.append(count)
    return bounds[0], bounds[1]


def is_between(bounds: tuple[float, float], mean: float) -> bool:
    """Tell whether ``bounds`` are those of ``mean``, as exactly as they can be."""
    most = 1 if mean > APPROXIMATE_ABOVE else 0
    return all(abs(one - other) <= most for one, other in zip(bounds, between(mean), strict=True))


@cache
def mean_of(failures: int) -> tuple[float, float]:
    """Return the means at which so many failures, or more, or fewer, have a chance of 5 %."""
    high = halved(lambda mean: chance_up_to(failures, mean) < 0.05, failures + 1.0)
    if not failures:
        return 0.0, high
    return halved(lambda mean: chance_up_to(failures - 1, mean) < 0.95, failures), high


def halved(is_above: Callable[[float], bool], start: float) -> float:
    """Return where ``is_above`` begins to hold."""
    low, high = 0.0, start
    while not is_above(high):
        low, high = high, 2 * high
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return high


def gamma_up_to(shape: float, x: float, steps: int = 4000) -> float:
    """Return the chance that a gamma variable is at most ``x``: the area below its density.

    By Simpson's rule over the square root, where the density has no peak at 0.
    """
    end = math.sqrt(x)

    def density(root: float) -> float:
        if root <= 0:
            return 0.0 if shape > 0.5 else 2 / math.gamma(shape)
        return 2 * math.exp((2 * shape - 1) * math.log(root) - root * root - math.lgamma(shape))

    weights = (1 if step in (0, steps) else 4 if step % 2 else 2 for step in range(steps + 1))
    area = math.fsum(weight * density(end * step / steps) for step, weight in enumerate(weights))
    return area * end / steps / 3
