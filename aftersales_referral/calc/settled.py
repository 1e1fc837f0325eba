# SPDX-License-Identifier: LGPL-3.0-or-later
"""Which rewards a referrer has been paid: payouts name no reward, the oldest are paid first."""

from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from typing import NamedTuple


class Reward(NamedTuple):
    """What one referral earned so far."""

    key: Hashable
    amount: Fraction
    available: date | None  # first day all of it can be paid; None: nobody knows yet


def settled(rewards: list[Reward], balance: Fraction) -> set:
    """Return the keys of the rewards that were paid in full.

    :param balance: what the referrer is still owed, all rows of the ledger together
    """
    paid, owed = set(), balance
    for reward in sorted(rewards, key=lambda one: one.available or date.max, reverse=True):
        if reward.amount > 0 >= owed:
            paid.add(reward.key)
        owed -= max(reward.amount, 0)
    return paid
