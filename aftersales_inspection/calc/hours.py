# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many hours of a visit are charged (requirements 19, 27)."""

import math
from datetime import datetime

DAY = 24  # hours; nobody is on site longer, somebody forgot to press a button


def charged_hours(start: datetime | None, end: datetime | None, step_minutes: int) -> float | None:
    """Return the hours from ``start`` to ``end``, every begun step counted whole.

    None: not enough data, because start or end is missing or cannot be right.

    :param step_minutes: such as 15 for begun quarters of an hour; 0: to the second

    >>> charged_hours(datetime(2026, 6, 1, 8, 0), datetime(2026, 6, 1, 9, 31), 15)
    1.75
    >>> charged_hours(datetime(2026, 6, 1, 8, 0), datetime(2026, 6, 1, 9, 30), 15)
    1.5
    """
    if not start or not end or not 0 < (end - start).total_seconds() <= DAY * 3600:
        return None
    seconds, step = (end - start).total_seconds(), step_minutes * 60
    return (math.ceil(seconds / step) * step if step else seconds) / 3600
