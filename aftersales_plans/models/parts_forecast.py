# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

from .parts_words import in_words


class ResCompany(models.Model):
    """How far ahead parts are forecast, and what counts as too many of them."""

    _inherit = "res.company"

    aftersales_forecast_months = fields.Integer(
        string="Parts Forecast (months)",
        default=6,
        help="Full months ahead; the rest of the running month comes on top.",
    )
    aftersales_overstock_months = fields.Integer(
        string="Overstock (months)",
        default=12,
        help="More than what is likely to be used in so many months is overstock.",
    )

    _aftersales_forecast_months_possible = models.Constraint(
        "CHECK(aftersales_forecast_months BETWEEN 1 AND 36)",
        "Parts are forecast for 1 to 36 months.",
    )
    _aftersales_overstock_months_possible = models.Constraint(
        "CHECK(aftersales_overstock_months BETWEEN 1 AND 120)",
        "Overstock is what lasts for more than 1 to 120 months.",
    )


class AftersalesPartsForecast(models.Model):
    """How many of one part a company is likely to use in one month (requirements 13, 48).

    One row per part and month, from the rest of the running month on; made anew by the nightly run
    (:mod:`.parts_forecast_run`) and by nobody else. Expected are units in use × the failure rate at
    the age they will have × what a failure takes from stock, and what visits use. Parts for which
    that is not known have no rows: their outlook says what is missing.
    """

    _name = "aftersales.parts.forecast"
    _description = "Parts Forecast by Month"
    _order = "product_id, month"
    _rec_name = "product_id"

    outlook_id = fields.Many2one(
        "aftersales.parts.outlook", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Part", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    categ_id = fields.Many2one(related="product_id.categ_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    days = fields.Integer(readonly=True, help="Of the running month only those still to come.")
    units = fields.Float(
        string="Units in Use",
        readonly=True,
        aggregator="avg",
        digits="Product Unit",
        help="Of all products whose failures take this part.",
    )
    expected = fields.Float(readonly=True, digits=(16, 2))
    low = fields.Float(
        readonly=True, digits=(16, 0), aggregator=None, help="In 1 of 10 months it is less."
    )
    high = fields.Float(
        readonly=True, digits=(16, 0), aggregator=None, help="In 1 of 10 months it is more."
    )
    facts = fields.Json(readonly=True, help="What the figures are made of.")
    reason = fields.Text(compute="_compute_reason")

    _part_month_unique = models.Constraint(
        "UNIQUE(company_id, product_id, month)", "This month of the part is forecast already."
    )

    def _compute_reason(self):
        for row in self:
            row.reason = in_words(self.env, row.facts or {})
