# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesPlanApprove(models.TransientModel):
    """Asks a plan manager to agree to the prices of a quotation, with a note (requirement 28)."""

    _name = "aftersales.plan.approve"
    _description = "Approve Prices of Plans"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    told = fields.Text(related="order_id.aftersales_approval_told")
    note = fields.Char(help="The salesperson reads it.")

    def action_approve(self):
        """Agree; the order's own method checks who may."""
        self.ensure_one()
        self.order_id.action_approve_aftersales_prices(self.note)

    def action_refuse(self):
        """Say no; the order's own method checks who may."""
        self.ensure_one()
        self.order_id.action_refuse_aftersales_prices(self.note)
