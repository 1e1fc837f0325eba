# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL

from ..calc.failure import DAYS_PER_MONTH
from .age_bands import select_age_band
from .choices import choices_of


class AftersalesServiceDemand(models.Model):
    """What the goods in use will ask of service, month by month (requirement 14).

    One row per company, product, state or country of the site, age and month that is forecast: the
    units in use and the failures to expect of them, whoever pays. Nothing is stored: goods in use
    are counted when somebody looks, with the failure rates of the last forecast. Siblings append
    rows of what else is planned (:meth:`_queries`).
    """

    _name = "aftersales.service.demand"
    _description = "Demand for Service"
    _auto = False
    _order = "month, product_id, id"
    _rec_name = "product_id"
    _depends = {
        "aftersales.asset": ["company_id", "date_delivered", "product_id", "quantity", "site_id"]
        + ["status"],
        "aftersales.parts.outlook": ["company_id", "product_id", "rates"],
        "res.company": ["active", "aftersales_forecast_months", "partner_id"],
        "res.partner": ["country_id", "state_id", "tz"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="Its first day; full months only.")
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    age_band = fields.Selection(
        selection=choices_of("age_band", "aftersales.claim.line"),
        string="Age",
        readonly=True,
        help="In the middle of the month; empty where the delivery is not known.",
    )
    units = fields.Float(
        string="Units in Use", readonly=True, help="Of one month; do not add up months."
    )
    failures = fields.Float(
        string="Expected Failures",
        readonly=True,
        digits=(16, 2),
        help="Empty where there is not enough data for a failure rate.",
    )
    unknown = fields.Float(
        string="Units without Rate", readonly=True, help="Not enough data to expect failures of."
    )
    visits = fields.Integer(string="Planned Visits", readonly=True)

    @property
    def _table_query(self):
        """Return what goods in use ask for, and what siblings add."""
        return SQL(
            "SELECT ROW_NUMBER() OVER () AS id, demand.* FROM (%s) AS demand",
            SQL(" UNION ALL ").join(self._queries()),
        )

    def _queries(self):
        """Return the SELECTs of all rows, with the columns of :meth:`_select_failures`."""
        return [self._select_failures()]

    def _select_failures(self):
        """Return the units of one product, place and age in one month, and their failures."""
        return SQL(
            """
            SELECT unit.company_id, unit.month, unit.product_id, template.categ_id,
                   unit.country_id, unit.state_id, unit.band AS age_band,
                   SUM(unit.quantity)::float AS units,
                   SUM(unit.quantity * rate.per_month * unit.days / %(days)s) AS failures,
                   (SUM(unit.quantity) FILTER (WHERE rate.per_month IS NULL))::float AS unknown,
                   0 AS visits
              FROM (%(units)s) unit
              JOIN product_product product ON product.id = unit.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN aftersales_parts_outlook outlook
                ON outlook.company_id = unit.company_id AND outlook.product_id = unit.product_id
             CROSS JOIN LATERAL (
                SELECT COALESCE(outlook.rates ->> unit.year::text,
                                CASE WHEN unit.year >= (outlook.rates ->> 'old_from')::int
                                     THEN outlook.rates ->> 'old' END,
                                outlook.rates ->> 'all')::float AS per_month
                   ) rate
             GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            days=DAYS_PER_MONTH,
            units=self._select_units(),
        )

    def _select_units(self):
        """Return units in use by product, place, month and the age in the middle of it.

        Units delivered on one day grow old together, so they are added up before the months.
        OFFSET 0 keeps PostgreSQL from computing an age anew for each band it is compared with.
        """
        return SQL(
            """
            SELECT alike.company_id, alike.product_id, alike.country_id, alike.state_id,
                   month.first AS month, month.days,
                   CASE WHEN old.months IS NOT NULL THEN %(band)s END AS band,
                   old.months / 12 AS year, SUM(alike.quantity) AS quantity
              FROM (
                SELECT asset.company_id, asset.product_id, site.country_id, site.state_id,
                       asset.date_delivered, SUM(asset.quantity) AS quantity
                  FROM aftersales_asset asset
                  JOIN res_partner site ON site.id = asset.site_id
                 WHERE asset.status = 'in_use'
                 GROUP BY 1, 2, 3, 4, 5
                   ) alike
              JOIN (%(months)s) month ON month.company_id = alike.company_id
             CROSS JOIN LATERAL (
                SELECT age(month.first + month.days / 2, alike.date_delivered) AS age OFFSET 0
                   ) lived
             CROSS JOIN LATERAL (
                SELECT CASE WHEN lived.age IS NOT NULL
                            THEN GREATEST(0, EXTRACT(year FROM lived.age) * 12
                                             + EXTRACT(month FROM lived.age))::int
                        END AS months
                OFFSET 0
                   ) old
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """,
            months=self._select_months(),
            band=select_age_band(lambda end: SQL("old.months < %s", end)),
        )

    def _select_months(self):
        """Return the full months each company's forecast covers, with their days."""
        return SQL(
            """
            SELECT company.id AS company_id, first::date AS first,
                   (first + interval '1 month')::date - first::date AS days
              FROM res_company company
              JOIN res_partner place ON place.id = company.partner_id
             CROSS JOIN LATERAL (
                SELECT date_trunc(
                           'month',
                           %(now)s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(place.tz, 'UTC')
                       ) AS month
                   ) today
             CROSS JOIN LATERAL generate_series(
                       today.month + interval '1 month',
                       today.month + make_interval(months => company.aftersales_forecast_months),
                       interval '1 month'
                   ) first
             WHERE company.active
            """,
            now=fields.Datetime.now(),
        )
