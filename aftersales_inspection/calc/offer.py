# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which days to offer a customer whom the planned one does not suit (requirement 66)."""

from datetime import date, timedelta


def nearest_days(first: date, last: date, around: date, count: int) -> list[date]:
    """Return up to ``count`` days from ``first`` to ``last``, by their distance to ``around``.

    Both ends are inside. Of two days equally far the later one comes first: more time to arrange.
    """
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return sorted(days, key=lambda day: (abs(day - around), around - day))[:count]
