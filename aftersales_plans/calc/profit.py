# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a contract earned and cost (requirement 29)."""

from typing import NamedTuple


class Profit(NamedTuple):
    """Revenue and costs of one contract, in company currency, as its entries say.

    ``missing`` says in words which entries lack an amount; empty where all is known.
    ``has_revenue``: some entry earned, or took back, something.
    """

    revenue: float
    costs: dict[str, float]
    missing: tuple[str, ...] = ()
    has_revenue: bool = True

    @property
    def cost(self) -> float:
        """Return all costs together.

        >>> Profit(100.0, {"parts": 30.0, "labour": 20.0}).cost
        50.0
        """
        return sum(self.costs.values())

    @property
    def margin(self) -> float:
        """Return what is left; below 0 where the contract cost more than it earned.

        >>> Profit(100.0, {"parts": 130.0}).margin
        -30.0
        """
        return self.revenue - self.cost

    @property
    def percent(self) -> float | None:
        """Return the margin in percent of the revenue; None without any.

        >>> Profit(200.0, {"parts": 50.0}).percent
        75.0
        >>> Profit(0.0, {"parts": 50.0}).percent is None
        True
        """
        return self.margin / self.revenue * 100 if self.revenue else None
