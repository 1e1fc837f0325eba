# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a plan is expected to cost whoever promises it (requirements 20, 30)."""

from typing import NamedTuple

from .gamma import gamma_below


class Expected(NamedTuple):
    """Expected cost of one term of a plan, in company currency, not rounded.

    Where something is ``missing`` the amounts leave it out: they are no answer then.
    """

    parts: float  #: what is replaced free of charge, at service cost
    labour: float  #: promised work at its cost
    total: float
    missing: tuple[str, ...]  #: what is not known, a sentence each; empty: complete


def expected_within(mean: float, quota: int | None) -> float:
    """Return how many of a Poisson number of replacements a yearly quota gives free of charge.

    That is E[min(N, quota)] for N of ``mean``: in some years fewer fail than are promised, so it is
    less than the smaller of the two.

    :param mean: expected replacements in the contract year
    :param quota: replacements promised for it; None: unlimited

    >>> round(expected_within(1.0, 1), 4)  # 1 - 1/e
    0.6321
    >>> expected_within(3.5, None), expected_within(3.5, 0), expected_within(0.0, 2)
    (3.5, 0.0, 0.0)
    """
    if quota is None:
        return mean
    if quota <= 0 or mean <= 0:
        return 0.0
    used_up = gamma_below(quota, mean)
    some_left = 1.0 - gamma_below(quota - 1, mean)  # of the one before: mean × P(N ≤ quota - 2)
    return mean * some_left + quota * used_up
