from odoo import fields, models

from odoo.addons.aftersales_plans.models.smart_button import count_linked, linked, open_records

VISITS = (
    "fsm.order",
    ["aftersales_sale_line_id.order_id", "aftersales_contract_id.sale_order_id"],
)


class SaleOrder(models.Model):
    """Hooks of the sales order; the visits it sells are entered by the visit planner."""

    _inherit = "sale.order"

    aftersales_visit_count = fields.Integer(compute="_compute_aftersales_visit_count")

    def _compute_aftersales_visit_count(self):
        counts = count_linked(self, *VISITS)
        for order in self:
            order.aftersales_visit_count = counts[order._origin.id]

    def _action_confirm(self):
        """Enter the visits the order sells."""
        result = super()._action_confirm()
        self.env["aftersales.visit.planner"]._follow_lines(self.order_line)
        return result

    def _action_cancel(self):
        """Cancel the visits of the order that nobody has begun."""
        result = super()._action_cancel()
        self.env["aftersales.visit.planner"]._follow_lines(self.order_line)
        return result

    def action_open_aftersales_visits(self):
        """Open the visits this order sold, by themselves or with its contracts."""
        return open_records(
            linked(self, *VISITS), "aftersales_inspection.aftersales_visit_action", create=False
        )
