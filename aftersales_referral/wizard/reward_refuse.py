# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesRewardRefuse(models.TransientModel):
    """Asks an accountant why the reward of an order is refused (requirement 79)."""

    _name = "aftersales.reward.refuse"
    _description = "Refuse a Reward"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Refuse the reward; the order's own method checks who may."""
        self.ensure_one()
        self.order_id._refuse_reward(self.reason)
        return {"type": "ir.actions.act_window_close"}
