# SPDX-License-Identifier: LGPL-3.0-or-later
"""Several orders share the highest reward of one referral (requirement 78)."""

from fractions import Fraction

from .exact import exact


def share_out(amounts: list[Fraction], limit) -> list[Fraction]:
    """Return what each order may earn: whoever was confirmed first takes first.

    :param amounts: what each order earns without limit, in order of confirmation, not negative
    :param limit: the most for all of them; 0: no limit
    """
    left, shares = exact(limit), []
    if not left:
        return list(amounts)
    for amount in amounts:
        part = min(amount, left)
        shares.append(part)
        left -= part
    return shares
