# SPDX-License-Identifier: AGPL-3.0-or-later
import math

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """An order line may sell visits; see ``visit_sale``."""

    _inherit = "sale.order.line"

    aftersales_visit_ids = fields.One2many("fsm.order", "aftersales_sale_line_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Enter the visits of a line added to a confirmed order."""
        lines = super().create(vals_list)
        sold = lines.filtered(lambda line: line.state == "sale")
        self.env["aftersales.visit.planner"]._follow_lines(sold)
        return lines

    def write(self, vals):
        """Let visits follow the quantity of what was sold."""
        result = super().write(vals)
        if not {"product_id", "product_uom_qty"}.isdisjoint(vals):
            sold = self.filtered(lambda line: line.state == "sale")
            self.env["aftersales.visit.planner"]._follow_lines(sold)
        return result

    def _aftersales_visits_sold(self):
        """Return how many visits the line sells: one per piece, none unless confirmed."""
        self.ensure_one()
        return math.ceil(self.product_uom_qty) if self.state == "sale" else 0

    def _aftersales_live_visits(self):
        """Return the visits of the line that were not cancelled."""
        return self.aftersales_visit_ids - self.aftersales_visit_ids._cancelled()

    def _aftersales_next_visits(self, count):
        """Return ``count`` numbers that no visit of the line, cancelled ones included, has."""
        self.ensure_one()
        last = max(self.aftersales_visit_ids.mapped("aftersales_visit_number"), default=0)
        return range(last + 1, last + 1 + count)
