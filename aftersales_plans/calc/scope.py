# SPDX-License-Identifier: LGPL-3.0-or-later
"""Less promised for less money: what takes something off, and how deep a price is (28, 30).

Of hours and limits 0 is no small number: no promise, no limit.
"""

from typing import NamedTuple


def is_fewer(promised: int, offered: int, *, unlimited: bool = False) -> bool:
    """Tell whether ``offered`` replacements a year are fewer than what is promised."""
    return unlimited or offered < promised


def is_later(hours: int, offered: int) -> bool:
    """Tell whether an answer within ``offered`` hours promises less than one within ``hours``.

    >>> is_later(8, 24), is_later(8, 0), is_later(8, 4), is_later(0, 24)
    (True, True, False, False)
    """
    return hours > 0 and not 0 < offered <= hours


def is_lower_limit(limit: float, offered: float) -> bool:
    """Tell whether the limit ``offered`` lets less through than ``limit``.

    >>> is_lower_limit(0, 500), is_lower_limit(500, 300), is_lower_limit(500, 0)
    (True, True, False)
    """
    return offered > 0 and (not limit or offered < limit)


class Deal(NamedTuple):
    """What a plan is sold for; money in the currency of the order, net of taxes."""

    net: float  #: agreed, less its share of what the whole order has off by hand
    full: float  #: by the plan's own rules
    allowed: float  #: percent that may be taken off without asking
    cost: float | None  #: what one term is expected to cost; None: not known, or none of our matter

    @property
    def discount(self) -> float | None:
        """Percent taken off the full price; None where there is no full price.

        >>> Deal(480.0, 600.0, 10.0, None).discount
        20.0
        """
        return 100 - 100 * self.net / self.full if self.full > 0 else None

    def is_too_deep(self, cent: float) -> bool:
        """Tell whether more is taken off than allowed.

        :param cent: smallest amount of the currency; what rounding takes is no discount

        >>> Deal(539.99, 599.99, 10.0, None).is_too_deep(0.01)
        False
        >>> Deal(539.98, 599.99, 10.0, None).is_too_deep(0.01)
        True
        """
        return self.full > 0 and self.net < self.full * (1 - self.allowed / 100) - cent / 2

    def is_below_cost(self, cent: float) -> bool:
        """Tell whether less is paid than the term is expected to cost."""
        return self.cost is not None and self.net < self.cost - cent / 2


def is_as_good(net: float, full: float, percent: float, cent: float) -> bool:
    """Tell whether ``net`` is no deeper below ``full`` than ``percent``, which was agreed to."""
    return not Deal(net, full, percent, None).is_too_deep(cent)
