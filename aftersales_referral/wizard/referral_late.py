# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesReferralLate(models.TransientModel):
    """Asks a manager who referred the customer of a confirmed order, and why so late (78)."""

    _name = "aftersales.referral.late"
    _description = "Name a Referrer Late"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    referrer_id = fields.Many2one(
        "res.partner", string="Referred by", required=True, ondelete="cascade"
    )
    note = fields.Text(string="Why so late", required=True)

    def action_apply(self):
        """Name the referrer; the order's own method checks who may."""
        self.ensure_one()
        self.order_id._name_referrer_late(self.referrer_id, self.note)
        return {"type": "ir.actions.act_window_close"}
