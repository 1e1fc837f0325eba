"""What the database says, read by plain SQL: no model, no method and no view of the add-ons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple


class Row(dict):
    """A row whose columns are attributes."""

    __getattr__ = dict.__getitem__


class Tables:
    """Reads through the cursor of the test, after what waits was written."""

    def __init__(self, cursor):
        self.cursor = cursor

    def rows(self, query: str, **values) -> list[Row]:
        """Return the rows of ``query``."""
        self.cursor.execute(query, values)
        return [Row(row) for row in self.cursor.dictfetchall()]


class Days(NamedTuple):
    """Days from the first to the last, both counted."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def cents(amount: Fraction) -> Decimal:
    """Round half away from zero to cents, once."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def exact(amount) -> Fraction:
    """Return a number from the database as the decimal it was written as."""
    return Fraction(str(amount or 0))


def month_ends(first: date, last: date) -> list[date]:
    """Return every last day of a month between two days, both counted."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if (day + timedelta(days=1)).day == 1]


def birthday(day: date, years: int) -> date:
    """Return the day some years later; 29 February becomes the 28th in most."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
