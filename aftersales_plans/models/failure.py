# SPDX-License-Identifier: LGPL-3.0-or-later
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..calc.failure import DAYS_PER_MONTH, by_year, measured


class Counted(NamedTuple):
    """What was counted for one product: the two parts of a rate, and what could not be used."""

    failures: float = 0.0
    unit_months: float = 0.0
    unknown: float = 0.0  #: units whose time in use is not known; left out of the rest

    @property
    def rate(self):
        """The :class:`~..calc.failure.Rate`; None where there is not enough data."""
        return measured(self.failures, self.unit_months)


def together(counted):
    """Return the :class:`Counted` of several products as one."""
    return Counted(*map(sum, zip(*counted, strict=True)))


class AftersalesFailure(models.AbstractModel):
    """How often goods fail: the one place that counts failures and exposure (requirement 16).

    A *failure* is a unit on a line of an approved or done claim whose cause is not ``no_fault``, on
    the day it happened. *Exposure* is units × months in use, from the delivery until they went
    out of use, else until the day asked. What an asset was split into keeps its delivery day, so
    each unit counts once whatever became of it; goods sent back unused count the days they were
    away. Archived assets count: their failures do. Nothing is stored.
    """

    _name = "aftersales.failure"
    _description = "Failure Rates"

    # --- Rates ---------------------------------------------------------------------------------

    @api.model
    def _rates(self, products, company, day=None):
        """Return {product: :class:`~..calc.failure.Rate` or None for lack of data}.

        One query for all of ``products``, whatever their number.

        :param day: what was known at its end; default: today where the company is
        """
        return {
            product: counted.rate
            for product, counted in self._counted(products, company, day).items()
        }

    @api.model
    def _rates_by_age(self, products, company, day=None):
        """Return {product: {year of age 0, 1, 2…: ``Rate`` or None}}, one query for all.

        Year 0 is the first year after the delivery. Only years some unit lived in are named;
        failures of goods that are not registered have no age and are left out.
        """
        return {
            product: {age: measured(*counted) for age, counted in ages.items()}
            for product, ages in self._counted_by_age(products, company, day).items()
        }

    @api.model
    def _ages(self, products, company, day=None):
        """Return {product: :class:`~..calc.failure.Ages`}, which know old goods as well."""
        counted = self._counted_by_age(products, company, day)
        return {product: by_year(ages) for product, ages in counted.items()}

    @api.model
    def _counted_by_age(self, products, company, day):
        """Return {product: {year of age: (failures, unit-months)}}, one query for all."""
        found, day = {product: {} for product in products}, self._day(company, day)
        for product_id, age, failures, unit_days in self._query(
            SQL(
                """
                SELECT product_id, age, SUM(failures), SUM(unit_days)
                  FROM (
                    SELECT product_id, age, 0 AS failures, quantity * (
                               LEAST(until, (since + make_interval(years => age + 1))::date)
                               - (since + make_interval(years => age))::date
                           ) AS unit_days
                      FROM (%s) lived,
                           generate_series(0, EXTRACT(year FROM age(until, since))::int) age
                    UNION ALL
                    SELECT product_id, age, failures, 0 FROM (%s) failed
                  ) counted
                 GROUP BY product_id, age
                """,
                self._of(self._lived(day), products, company),
                self._of(self._failed(day), products, company),
            )
        ):
            if unit_days and age is not None:
                product = products.browse(product_id)
                found[product][age] = failures, unit_days / DAYS_PER_MONTH
        return found

    @api.model
    def _counted(self, products, company, day=None):
        """Return {product: :class:`Counted`}, with zeros where there is nothing."""
        day = self._day(company, day)
        rows = self._query(
            SQL(
                """
                SELECT product_id, SUM(failures), SUM(unit_days), SUM(unknown)
                  FROM (
                    SELECT product_id, 0 AS failures, quantity * (until - since) AS unit_days,
                           0 AS unknown
                      FROM (%s) lived
                    UNION ALL
                    SELECT product_id, 0, 0, quantity FROM (%s) unknown
                    UNION ALL
                    SELECT product_id, failures, 0, 0 FROM (%s) failed
                  ) counted
                 GROUP BY product_id
                """,
                self._of(self._lived(day), products, company),
                self._of(self._unknown(), products, company),
                self._of(self._failed(day), products, company),
            )
        )
        counted = {
            product_id: Counted(failures, unit_days / DAYS_PER_MONTH, unknown)
            for product_id, failures, unit_days, unknown in rows
        }
        return {product: counted.get(product.id, Counted()) for product in products}

    @api.model
    def _day(self, company, day):
        """Return the SQL of ``day``, by default of today where ``company`` is."""
        return SQL("%s::date", day or company._aftersales_today())

    # --- What is counted -----------------------------------------------------------------------

    @api.model
    def _query(self, query):
        """Return the rows of ``query`` over what is written so far."""
        self.env["aftersales.asset"].flush_model()
        self.env["aftersales.claim.line"].flush_model()
        self.env["aftersales.claim"].flush_model(["state", "date_occurred"])
        return self.env.execute_query(query)

    @api.model
    def _of(self, rows, products, company):
        """Return those of the query ``rows`` that are about ``products`` of ``company``."""
        return SQL(
            "SELECT * FROM (%s) every WHERE company_id = %s AND product_id = ANY(%s)",
            rows,
            company.id,
            products.ids,
        )

    @api.model
    def _lived(self, day):
        """Return the query of how long which goods were in use: since and until, half-open.

        :param day: SQL of the day asked, which may name ``asset``
        """
        return SQL(
            """
            SELECT asset.id, asset.company_id, asset.product_id, asset.lot_id, asset.quantity,
                   asset.date_delivered AS since, LEAST(asset.date_out, %(day)s) AS until
              FROM aftersales_asset asset
             WHERE (asset.status = 'in_use' OR asset.date_out IS NOT NULL)
               AND asset.date_delivered < LEAST(asset.date_out, %(day)s)
            """,
            day=day,
        )

    @api.model
    def _unknown(self):
        """Return the query of goods nobody knows when they came or went out of use."""
        return SQL(
            """
            SELECT company_id, product_id, quantity
              FROM aftersales_asset
             WHERE date_delivered IS NULL OR (status != 'in_use' AND date_out IS NULL)
            """
        )

    @api.model
    def _failed(self, day):
        """Return the query of what failed, with its age where that is known.

        :param day: SQL of the day asked, which may name ``line``
        """
        return SQL(
            """
            SELECT line.id, line.company_id, line.cause_id, line.plan_id, line.age_band,
                   COALESCE(asset.product_id, line.product_id) AS product_id,
                   COALESCE(asset.lot_id, line.lot_id) AS lot_id,
                   CASE WHEN line.age_band IS NOT NULL THEN line.age_months / 12 END AS age,
                   line.date_occurred AS date, line.quantity AS failures
              FROM aftersales_claim_line line
              JOIN aftersales_cause cause ON cause.id = line.cause_id
              LEFT JOIN aftersales_asset asset ON asset.id = line.asset_id
             WHERE line.state IN ('approved', 'done') AND cause.code != 'no_fault'
               AND line.date_occurred <= %s
            """,
            day,
        )
