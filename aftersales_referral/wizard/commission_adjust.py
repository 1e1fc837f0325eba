# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesCommissionAdjust(models.TransientModel):
    """An accountant adds to, or takes from, what is owed to a referrer, and says why (79)."""

    _name = "aftersales.commission.adjust"
    _description = "Adjust What Is Owed to a Referrer"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    referrer_id = fields.Many2one("res.partner", required=True)
    order_id = fields.Many2one(
        "sale.order",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'sale')]",
        help="If the adjustment is about one order: it then waits as long as what that earned.",
    )
    amount = fields.Monetary(
        required=True, help="Positive: more is owed to the referrer. Negative: less."
    )
    reason = fields.Char(required=True)
    balance = fields.Monetary(string="Owed Now", compute="_compute_balance")
    new_balance = fields.Monetary(string="Owed Then", compute="_compute_balance")

    @api.model
    def default_get(self, fields):
        """Take company, referrer and order over from the ledger rows that were chosen."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "aftersales.commission":
            rows = self.env["aftersales.commission"].browse(self.env.context.get("active_ids"))
            if len(rows.company_id) == 1:
                values["company_id"] = rows.company_id.id
            if len(rows.referrer_id) == 1:
                values["referrer_id"] = rows.referrer_id.id
                values["order_id"] = rows.order_id.id if len(rows.order_id) == 1 else False
        return values

    @api.depends("referrer_id", "amount")
    def _compute_balance(self):
        for wizard in self:
            partner = wizard.referrer_id.commercial_partner_id
            balances = self.env["aftersales.commission"]._balances(partner, wizard.company_id)
            wizard.balance = balances[partner]
            wizard.new_balance = wizard.balance + wizard.amount

    def action_confirm(self):
        """Write the adjustment to the ledger and book it; the ledger checks who may."""
        self.ensure_one()
        Commission = self.env["aftersales.commission"]
        order = {}
        if self.order_id:
            referral = self.order_id.sudo().referral_id  # only to name it on the row
            order = {
                "order_id": self.order_id.id,
                "referral_id": referral.id if self._is_of_referrer(referral) else False,
                "available_date": Commission._payable_like(self.order_id),
            }
        row = Commission._adjust(
            [
                Commission._prepare_adjustment(
                    self.referrer_id,
                    self.company_id,
                    self.amount,
                    self.reason,
                    key=f"adjustment-{self.id}",  # a second click changes nothing
                    **order,
                )
            ]
        )
        return row._tell_waiting()

    def _is_of_referrer(self, referral):
        partner = self.referrer_id.commercial_partner_id
        return referral.referrer_id.commercial_partner_id == partner
