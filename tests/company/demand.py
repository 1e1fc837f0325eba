"""What goods in use will ask of service in each full month, unit by unit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from .goods import MONTH
from .parts import Outlook, months_from
from .price import full_months

#: Name of an age: the first month that is older.
BANDS = (("months_3", 3), ("year_1", 12), ("year_2", 24), ("year_3", 36), ("year_5", 60))

#: Company, product (none: visits), country, state, band, month.
Key = tuple


def band(months: int) -> str:
    """Return the name of an age in full months."""
    return next((name for name, end in BANDS if months < end), "older")


class Demand:
    """What the customers of one company will ask for."""

    def __init__(self, outlook: Outlook, months: int):
        self.outlook = outlook
        self.months = months_from(outlook.today, months)[1:]
        self.places = {
            row.id: (row.country_id, row.state_id)
            for row in outlook.tables.rows(
                "SELECT a.id, s.country_id, s.state_id FROM aftersales_asset a "
                "JOIN res_partner s ON s.id = a.site_id"
            )
        }

    def expected(self) -> dict[Key, tuple]:
        """Return {key: (units, failures, units nothing is known of, visits)}."""
        found = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0), 0])
        for asset in self.outlook.in_use:
            for first, until in self.months:
                row = found[self._key(asset, first, until)]
                units = Fraction(str(asset.quantity))
                age = full_months(asset.date_delivered, first + (until - first) // 2)
                rate = self.outlook.rate(asset.product_id, max(0, age) // 12)
                row[0] += units
                if rate is None:
                    row[2] += units
                else:
                    row[1] += units * rate * (until - first).days / MONTH
        for visit in self.outlook.planned():
            for first, until in self.months:
                if first <= visit.day < until:
                    place = visit.country_id, visit.state_id
                    found[(self.outlook.company, None, *place, None, first)][3] += 1
        return {key: tuple(round(float(one), 6) for one in row) for key, row in found.items()}

    def _key(self, asset, first: date, until: date) -> Key:
        age = max(0, full_months(asset.date_delivered, first + (until - first) // 2))
        place = self.places[asset.id]
        return self.outlook.company, asset.product_id, *place, band(age), first
