# SPDX-License-Identifier: LGPL-3.0-or-later
"""The gamma distribution, without a library: what exact Poisson intervals and sums are made of."""

import math

_ENOUGH = 1e-12  # relative change below which a sum or a root no longer moves
_MOST_STEPS = 10_000  # reached by nothing real; ends the loop for sure


def gamma_below(shape: float, x: float) -> float:
    """Return the probability that a gamma variable of ``shape`` and scale 1 is at most ``x``.

    For a whole ``shape`` k this is the probability that a Poisson count of mean ``x`` reaches k.

    >>> round(gamma_below(1, 1.0), 6)  # 1 - 1/e
    0.632121
    >>> gamma_below(0, 5.0)  # a count reaches 0 for sure
    1.0
    """
    if shape <= 0:
        return 1.0
    if x <= 0:
        return 0.0
    weight = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return weight * _series(shape, x)
    return 1.0 - weight * _fraction(shape, x)


def _series(shape, x):
    """Return the power series of the lower part, which converges fast below the mean."""
    term = total = 1.0 / shape
    for step in range(1, _MOST_STEPS):
        term *= x / (shape + step)
        total += term
        if term < total * _ENOUGH:
            break
    return total


def _fraction(shape, x):
    """Return the continued fraction of the upper part, which converges fast above the mean."""
    b = x + 1.0 - shape
    c, d = 1e300, 1.0 / b
    total = d
    for step in range(1, _MOST_STEPS):
        a = step * (shape - step)
        b += 2.0
        d = 1.0 / (a * d + b or 1e-300)
        c = b + a / c or 1e-300
        total *= c * d
        if abs(c * d - 1.0) < _ENOUGH:
            break
    return total


def gamma_quantile(shape: float, z: float, probability: float) -> float:
    """Return the value a gamma variable of ``shape`` stays below with ``probability``.

    :param z: the same quantile of the normal distribution, from which the search starts

    >>> round(gamma_quantile(1, 1.2816, 0.9), 4)  # -ln 0.1
    2.3026
    """
    ninth = 1.0 / (9.0 * shape)
    x = max(shape * (1.0 - ninth + z * math.sqrt(ninth)) ** 3, 1e-9)
    for _step in range(100):
        density = math.exp((shape - 1.0) * math.log(x) - x - math.lgamma(shape))
        step = (gamma_below(shape, x) - probability) / density
        x = max(x - step, x / 2.0)  # never below zero
        if abs(step) < x * 1e-10:
            break
    return x
