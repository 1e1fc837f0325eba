# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

from .linked_records import open_action

OUTLOOKS = "aftersales_plans.aftersales_parts_outlook_action"


class ProductProduct(models.Model):
    """Leads from a product to what service is likely to use of it (requirement 13)."""

    _inherit = "product.product"

    aftersales_outlook_ids = fields.One2many(
        "aftersales.parts.outlook", "product_id", groups="aftersales_plans.group_agent"
    )
    aftersales_parts_expected = fields.Float(
        string="Expected for Service",
        compute="_compute_aftersales_parts_expected",
        digits=(16, 1),
        groups="aftersales_plans.group_agent",
    )

    def _compute_aftersales_parts_expected(self):
        sums = dict(
            self.env["aftersales.parts.outlook"]._read_group(
                [("product_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)],
                ["product_id"],
                ["expected:sum"],
            )
        )
        for product in self:
            product.aftersales_parts_expected = sums.get(product._origin, 0.0)

    def action_open_aftersales_outlook(self):
        """Open the forecast of these products."""
        return open_action(self.env, OUTLOOKS, [("product_id", "in", self.ids)])


class ProductTemplate(models.Model):
    """The same for all variants of a product."""

    _inherit = "product.template"

    aftersales_parts_expected = fields.Float(
        string="Expected for Service",
        compute="_compute_aftersales_parts_expected",
        digits=(16, 1),
        groups="aftersales_plans.group_agent",
    )
    has_aftersales_outlook = fields.Boolean(
        compute="_compute_aftersales_parts_expected", groups="aftersales_plans.group_agent"
    )

    def _compute_aftersales_parts_expected(self):
        for template in self.with_context(active_test=False):
            variants = template.product_variant_ids
            template.aftersales_parts_expected = sum(variants.mapped("aftersales_parts_expected"))
            template.has_aftersales_outlook = bool(variants.aftersales_outlook_ids)

    def action_open_aftersales_outlook(self):
        """Open the forecast of all variants."""
        variants = self.with_context(active_test=False).product_variant_ids
        return variants.action_open_aftersales_outlook()
