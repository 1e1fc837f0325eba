# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

from .failure import Counted, together
from .linked_records import open_action

SEES_RATES = "aftersales_plans.group_agent,aftersales_plans.group_accountant"


class ProductTemplate(models.Model):
    """How often the goods fail, on the product itself (requirement 16)."""

    _inherit = "product.template"

    aftersales_failure_rate = fields.Char(
        string="Failures", compute="_compute_aftersales_failure_rate", groups=SEES_RATES
    )

    def _compute_aftersales_failure_rate(self):
        """Say the rate of all variants together, in the current company."""
        failure = self.env["aftersales.failure"].sudo()  # rates of goods, not whose they are
        variants = self.with_context(active_test=False).product_variant_ids
        counted = failure._counted(variants, self.env.company)
        for template in self:
            of_one = template.with_context(active_test=False).product_variant_ids
            total = together(counted[variant] for variant in of_one) if of_one else Counted()
            template.aftersales_failure_rate = failure._known_in_words(total)

    def action_open_aftersales_failures(self):
        """Open the failure rates of this product by its age."""
        return self.with_context(active_test=False).product_variant_ids._open_failures()


class ProductProduct(models.Model):
    """How often one variant fails."""

    _inherit = "product.product"

    aftersales_failure_rate = fields.Char(
        string="Failures", compute="_compute_aftersales_failure_rate", groups=SEES_RATES
    )

    def _compute_aftersales_failure_rate(self):
        """Say the rate in the current company."""
        failure = self.env["aftersales.failure"].sudo()  # rates of goods, not whose they are
        for product, counted in failure._counted(self, self.env.company).items():
            product.aftersales_failure_rate = failure._known_in_words(counted)

    def action_open_aftersales_failures(self):
        """Open the failure rates of this variant by its age."""
        return self._open_failures()

    def _open_failures(self):
        action = "aftersales_plans.aftersales_failure_report_action"
        return open_action(
            self.env, action, [("product_id", "in", self.ids)], search_default_group_age=True
        )
