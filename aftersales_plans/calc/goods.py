# SPDX-License-Identifier: LGPL-3.0-or-later
"""Goods a plan covers, as everything that is worked out about a plan takes them.

The price of a plan, what it will cost us and what its goods will need are all sums over these.
"""

from typing import NamedTuple


class Goods(NamedTuple):
    """Some units of one product that a plan covers."""

    product: int  #: id of the product
    quantity: float  #: units, in the product's own unit of measure
    age_months: int | None  #: whole months since the delivery; 0 for new goods; None: not known
    value: float  #: what all of them cost, net of taxes, in the currency of whoever asks
