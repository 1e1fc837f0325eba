# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .costs_seen import SEES_COSTS


class ProductTemplate(models.Model):
    """A product that sells a plan, beside the price its costs suggest (requirements 11, 30)."""

    _inherit = "product.template"

    aftersales_plan_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Plan",
        related="aftersales_plan_id.currency_id",
        help="Of the prices beside the suggested one; a shared product has its own in another.",
    )
    aftersales_suggested_price = fields.Float(
        string="Suggested Price",
        compute="_compute_aftersales_suggestion",
        groups=SEES_COSTS,
        digits="Product Price",
        help="From what its plan is expected to cost, without taxes; 0 while there is none.",
    )
    aftersales_price_now = fields.Float(
        string="Price Now",
        compute="_compute_aftersales_suggestion",
        groups=SEES_COSTS,
        digits="Product Price",
        help="Without taxes and before factors; a share of the goods: of what one contract of the "
        "plan covers on average.",
    )
    aftersales_price_difference = fields.Float(
        string="Difference",
        compute="_compute_aftersales_suggestion",
        groups=SEES_COSTS,
        digits="Product Price",
        help="Suggested price less the price now, both without taxes.",
    )
    aftersales_price_reason = fields.Text(
        string="Why", related="aftersales_plan_id.suggested_price_reason", groups=SEES_COSTS
    )

    @api.depends(
        "aftersales_plan_id.suggested_price", "aftersales_plan_id.price_policy", "list_price",
        "taxes_id",
    )  # fmt: skip
    def _compute_aftersales_suggestion(self):
        for template in self:
            plan = template.aftersales_plan_id
            template.aftersales_suggested_price = plan.suggested_price
            variant = template.product_variant_id
            now = plan.current_price
            if plan.price_policy != "percent":  # each of its products has a price of its own
                now = plan._net_values(variant, plan.company_id).get(variant.id, 0.0)
            template.aftersales_price_now = now
            template.aftersales_price_difference = plan.suggested_price and (
                plan.suggested_price - now
            )
