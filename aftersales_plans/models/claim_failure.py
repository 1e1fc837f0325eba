# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from ..calc.age import age_band, months_old
from .age_bands import AGE_BANDS


class AftersalesClaimLine(models.Model):
    """What failed, why, and how old it was: the product team counts these rows (requirement 16)."""

    _inherit = "aftersales.claim.line"

    state = fields.Selection(related="claim_id.state", store=True, string="Claim State")
    partner_id = fields.Many2one(related="claim_id.partner_id", store=True)
    plan_id = fields.Many2one(related="claim_id.plan_id", store=True)
    date_occurred = fields.Date(related="claim_id.date_occurred", store=True, index=True)
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    age_months = fields.Integer(
        string="Age (months)",
        compute="_compute_age",
        store=True,
        aggregator="avg",
        help="Whole months from the delivery to the day it happened; 0 where the delivery is not "
        "known.",
    )
    age_band = fields.Selection(
        AGE_BANDS,
        string="Age at Failure",
        compute="_compute_age",
        store=True,
        help="Empty where the delivery is not known.",
    )

    @api.depends("asset_id.date_delivered", "claim_id.date_occurred")
    def _compute_age(self):
        for line in self:
            delivered, failed = line.asset_id.date_delivered, line.claim_id.date_occurred
            known = bool(delivered and failed)
            line.age_months = months_old(delivered, failed) if known else 0
            line.age_band = known and age_band(line.age_months)

    def _goods_in_words(self):
        """Return quantity and product of this line, such as ``2 × Boiler``."""
        self.ensure_one()
        return self.claim_id._in_words(self.product_id, self.quantity)
