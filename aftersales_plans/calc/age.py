# SPDX-License-Identifier: LGPL-3.0-or-later
"""How old goods were when they failed (requirement 16)."""

from datetime import date

from dateutil.relativedelta import relativedelta

#: Name of an age: first month that is older. The last one has no end.
BANDS = {"months_3": 3, "year_1": 12, "year_2": 24, "year_3": 36, "year_5": 60, "older": None}


def months_old(delivered: date, failed: date) -> int:
    """Return the whole months from ``delivered`` to ``failed``; never below 0.

    >>> months_old(date(2026, 1, 31), date(2026, 2, 28))
    1
    """
    apart = relativedelta(failed, delivered)
    return max(0, apart.years * 12 + apart.months)


def age_band(months: int) -> str:
    """Return the name of the band ``months`` lies in.

    >>> age_band(12)
    'year_2'
    """
    return next(name for name, end in BANDS.items() if end is None or months < end)
