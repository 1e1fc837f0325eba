# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..calc.failure import DAYS_PER_MONTH, LEAST_FAILURES, LEAST_UNIT_MONTHS, measured


class AftersalesFailureLot(models.Model):
    """A lot of which enough failed to tell its rate, beside that of its product (requirement 16).

    A lot is *worse* when chance alone does not explain it: the rate of its product lies below the
    lot's interval, which happens by chance with 1 lot in 20. Serial numbers are single units and
    tell nothing here. No table and no view.
    """

    _name = "aftersales.failure.lot"
    _description = "Failure Rates of Lots"
    _auto = False
    _order = "times desc, id"
    _rec_name = "lot_id"
    _depends = {
        "aftersales.asset": [
            "company_id", "date_delivered", "date_out", "lot_id", "product_id", "quantity",
            "status",
        ],
        "aftersales.cause": ["code"],
        "aftersales.claim.line": [
            "asset_id", "cause_id", "company_id", "date_occurred", "lot_id", "product_id",
            "quantity", "state",
        ],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True)
    failures = fields.Float(readonly=True, digits="Product Unit", help="Units that failed.")
    unit_months = fields.Float(string="Unit-Months", readonly=True, digits=(16, 1))
    rate = fields.Float(
        string="Per 100 Units and Year", readonly=True, digits=(16, 2), aggregator=None
    )
    product_rate = fields.Float(
        string="Its Product",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="Failures per 100 units and year of all lots of the product.",
    )
    times = fields.Float(string="Times Its Product", readonly=True, digits=(16, 1), aggregator=None)
    low = fields.Float(
        string="At Least",
        compute="_compute_low",
        digits=(16, 2),
        help="The true rate is below this in 1 of 20 cases.",
    )
    is_worse = fields.Boolean(
        string="Worse", compute="_compute_low", search="_search_is_worse",
        help="Its product's rate lies below what the lot has at least: hardly chance.",
    )  # fmt: skip
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("failures", "unit_months", "product_rate")
    def _compute_low(self):
        for lot in self:
            rate = measured(lot.failures, lot.unit_months)
            lot.low = rate.low * 1200 if rate else 0.0
            lot.is_worse = lot.low > lot.product_rate

    @api.model
    def _search_is_worse(self, operator, value):
        if operator != "in":
            return NotImplemented
        worse = self.search([("failures", ">=", LEAST_FAILURES)]).filtered("is_worse").ids
        wanted = Domain("id", "in", worse)
        return wanted if True in value else ~wanted

    @api.depends("failures", "unit_months", "product_rate")
    def _compute_explanation(self):
        failure = self.env["aftersales.failure"]
        for lot in self:
            rate = measured(lot.failures, lot.unit_months)
            sentence = (
                self.env._("%(rate)s; all lots: %(product)s. Hardly chance.")
                if lot.is_worse
                else self.env._("%(rate)s; all lots: %(product)s. May be chance.")
            )
            lot.explanation = sentence % {
                "rate": failure._rate_in_words(rate),
                "product": failure._number(lot.product_rate),
            }

    @property
    def _table_query(self):
        """Return a row for each lot with enough data."""
        failure, report = self.env["aftersales.failure"], self.env["aftersales.failure.report"]
        return SQL(
            """
            WITH failed AS (%(failed)s), lived AS (%(lived)s), of_product AS (
                SELECT company_id, product_id, SUM(failures) AS failures, SUM(unit_months) AS months
                  FROM (
                    SELECT company_id, product_id, failures, 0 AS unit_months FROM failed
                    UNION ALL
                    SELECT company_id, product_id, 0, unit_days / %(month)s FROM lived
                  ) counted
                 GROUP BY company_id, product_id
            ), of_lot AS (
                SELECT company_id, product_id, lot_id,
                       SUM(failures) AS failures, SUM(unit_months) AS months
                  FROM (
                    SELECT company_id, product_id, lot_id, failures, 0 AS unit_months FROM failed
                    UNION ALL
                    SELECT company_id, product_id, lot_id, 0, unit_days / %(month)s FROM lived
                  ) counted
                 WHERE lot_id IS NOT NULL
                 GROUP BY company_id, product_id, lot_id
                HAVING SUM(failures) >= %(failures)s AND SUM(unit_months) >= %(months)s
            )
            SELECT of_lot.lot_id::bigint * 1000 + of_lot.company_id %% 1000 AS id,
                   of_lot.company_id, of_lot.product_id, of_lot.lot_id,
                   of_lot.failures, of_lot.months AS unit_months,
                   1200 * of_lot.failures / of_lot.months AS rate,
                   1200 * of_product.failures / of_product.months AS product_rate,
                   (of_lot.failures / of_lot.months)
                       / (of_product.failures / of_product.months) AS times
              FROM of_lot JOIN of_product USING (company_id, product_id)
            """,
            failed=failure._failed(report._today(SQL("line.company_id"))),
            lived=failure._exposure(report._today(SQL("asset.company_id")), {"lot_id"}),
            month=DAYS_PER_MONTH,
            failures=LEAST_FAILURES,
            months=LEAST_UNIT_MONTHS,
        )
