# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """Parts are chosen at a visit from what fits first."""

    _inherit = "product.product"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the parts that fit the visit of the context before the rest of the catalogue."""
        visit = self.env["fsm.order"].browse(self.env.context.get("aftersales_visit_id") or [])
        fitting = visit.exists()._fitting_products()
        if not fitting:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        first = super().name_search(name, domain & Domain("id", "in", fitting), operator, limit)
        left = limit and limit - len(first)
        if limit and not left:
            return first
        others = domain & Domain("id", "not in", fitting)
        return first + super().name_search(name, others, operator, left)
