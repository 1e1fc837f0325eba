# SPDX-License-Identifier: LGPL-3.0-or-later
"""One analytic distribution for several order lines."""

from collections import defaultdict
from fractions import Fraction

from .exact import exact


def blend(parts: list[tuple]) -> dict:
    """Average distributions by weight, in percent rounded to two digits.

    :param parts: (weight, {"account ids": percent}) of each line; a line without distribution
        dilutes the others
    """
    whole = sum((abs(exact(weight)) for weight, _distribution in parts), Fraction(0))
    sums = defaultdict(Fraction)
    for weight, distribution in parts:
        for key, percent in (distribution or {}).items():
            sums[key] += abs(exact(weight)) * exact(percent)
    if not whole:
        return {}
    return {key: float(round(total / whole, 2)) for key, total in sums.items() if total}
