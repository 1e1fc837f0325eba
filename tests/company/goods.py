"""How often goods failed: every unit followed from the day it came to the day it went."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from .tables import Tables, birthday, exact

MONTH = Fraction(304375, 10000)  # days
LEAST_FAILURES, LEAST_UNIT_MONTHS = 3, 12


class Known(NamedTuple):
    """Failures and the time in which they happened."""

    failures: Fraction
    unit_days: Fraction

    @property
    def unit_months(self) -> Fraction:
        """Return the time in units × months."""
        return self.unit_days / MONTH

    @property
    def rate(self) -> Fraction | None:
        """Return failures per unit and month; None where too little is known."""
        if self.failures < LEAST_FAILURES or self.unit_months < LEAST_UNIT_MONTHS:
            return None
        return self.failures / self.unit_months


class Registered:
    """The goods customers of one company have, and what broke."""

    def __init__(self, tables: Tables, company: int):
        self.assets = tables.rows(
            "SELECT id, product_id, lot_id, quantity, date_delivered, status, date_out, "
            "warranty_end FROM aftersales_asset WHERE company_id = %(company)s",
            company=company,
        )
        self.failures = tables.rows(
            """
            SELECT line.id, claim.date_occurred AS day, line.quantity, cause.code,
                   asset.product_id, asset.date_delivered
              FROM aftersales_claim_line line
              JOIN aftersales_claim claim ON claim.id = line.claim_id
              JOIN aftersales_cause cause ON cause.id = line.cause_id
              JOIN aftersales_asset asset ON asset.id = line.asset_id
             WHERE claim.state IN ('approved', 'done') AND cause.code != 'no_fault'
               AND claim.company_id = %(company)s
            """,
            company=company,
        )

    def known(self, day: date) -> dict[int, Known]:
        """Return {product: what was known at the end of ``day``}."""
        failures, unit_days = defaultdict(Fraction), defaultdict(Fraction)
        for asset in self.assets:
            until = min(asset.date_out or day, day)
            if until > asset.date_delivered:
                lived = (until - asset.date_delivered).days
                unit_days[asset.product_id] += exact(asset.quantity) * lived
        for row in self.failures:
            if row.day <= day:
                failures[row.product_id] += exact(row.quantity)
        return {
            product: Known(failures[product], unit_days[product])
            for product in failures.keys() | unit_days.keys()
        }

    def known_by_age(self, day: date) -> dict[tuple[int, int], Known]:
        """Return {(product, year of age): the same for goods of that age}."""
        failures, unit_days = defaultdict(Fraction), defaultdict(Fraction)
        for asset in self.assets:
            until, year = min(asset.date_out or day, day), 0
            while (begin := birthday(asset.date_delivered, year)) < until:
                end = min(birthday(asset.date_delivered, year + 1), until)
                unit_days[asset.product_id, year] += exact(asset.quantity) * (end - begin).days
                year += 1
        for row in self.failures:
            if row.day <= day:
                year = 0
                while birthday(row.date_delivered, year + 1) <= row.day:
                    year += 1
                failures[row.product_id, year] += exact(row.quantity)
        return {
            key: Known(failures[key], unit_days[key])
            for key in failures.keys() | unit_days.keys()
            if unit_days[key]
        }
