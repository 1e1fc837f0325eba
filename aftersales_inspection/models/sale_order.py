# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models

from odoo.addons.aftersales_plans.models.smart_button import count_linked, linked, open_records

VISITS = (
    "fsm.order",
    [
        "aftersales_sale_line_id.order_id",
        "aftersales_contract_id.sale_order_id",
        "aftersales_quotation_id",
    ],
)


class SaleOrder(models.Model):
    """Hooks of the sales order; the visits it sells are entered by the visit planner."""

    _inherit = "sale.order"

    aftersales_visit_count = fields.Integer(compute="_compute_aftersales_visit_count")

    def _compute_aftersales_visit_count(self):
        counts = count_linked(self, *VISITS)
        for order in self:
            order.aftersales_visit_count = counts[order._origin.id]

    def write(self, vals):
        """Let the visits the orders sold follow to another address or delivery date."""
        if {"partner_shipping_id", "commitment_date"}.isdisjoint(vals):
            return super().write(vals)
        sites = {order.id: order.partner_shipping_id for order in self}
        dates = {order.id: order.commitment_date for order in self}
        result = super().write(vals)
        sold = self.filtered(lambda order: order.state == "sale")
        self.env["aftersales.visit.planner"]._follow_orders(
            moved=sold.filtered(lambda order: order.partner_shipping_id != sites[order.id]),
            postponed=sold.filtered(lambda order: order.commitment_date != dates[order.id]),
        )
        return result

    def _action_confirm(self):
        """Hand over what was fitted before it was sold; enter the visits the order sells."""
        # sudo: signing or paying customers confirm too; goods that left a van follow from the order
        self.sudo().order_line._aftersales_hand_over()
        result = super()._action_confirm()
        self.env["aftersales.visit.planner"]._follow_lines(self.order_line)
        return result

    def _action_cancel(self):
        """Cancel the visits of the order that nobody has begun."""
        result = super()._action_cancel()
        self.env["aftersales.visit.planner"]._follow_lines(self.order_line)
        return result

    def action_open_aftersales_visits(self):
        """Open the visits this order sold, by themselves or with its contracts.

        The calendar begins where the next one stands.
        """
        visits = linked(self, *VISITS)
        moments = visits.filtered(lambda visit: not visit.is_closed).mapped("scheduled_date_start")
        return open_records(
            visits,
            "aftersales_inspection.aftersales_visit_action",
            create=False,
            initial_date=fields.Datetime.to_string(min(filter(None, moments), default=False)),
        )
