# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesReferralReassign(models.TransientModel):
    """Asks a manager for the right referrer of a customer, and why (requirement 78)."""

    _name = "aftersales.referral.reassign"
    _description = "Re-assign a Referral"

    referral_id = fields.Many2one(
        "aftersales.referral", required=True, readonly=True, ondelete="cascade"
    )
    old_referrer_id = fields.Many2one(related="referral_id.referrer_id", string="So far")
    referrer_id = fields.Many2one(
        "res.partner",
        string="New Referrer",
        required=True,
        ondelete="cascade",
        compute="_compute_claimed",
        store=True,
        readonly=False,
        precompute=True,
    )
    date = fields.Date(
        string="Registered on",
        required=True,
        compute="_compute_claimed",
        store=True,
        readonly=False,
        precompute=True,
        help="Day the new referrer brought the customer, as you decide.",
    )
    reason = fields.Text(required=True)

    @api.depends("referral_id")
    def _compute_claimed(self):
        for wizard in self:
            referral = wizard.referral_id
            wizard.referrer_id = referral.claimant_id
            wizard.date = referral.claimed_since or referral.date

    @api.constrains("referral_id")
    def _check_may_read(self):
        """Show nobody the names of a referral he may not read."""
        self.sudo(False).referral_id.check_access("read")  # Odoo checks constraints as superuser

    def action_apply(self):
        """Re-assign the referral and open the new one; its own method checks who may."""
        self.ensure_one()
        new = self.referral_id._reassign(self.referrer_id, self.date, self.reason)
        return new.get_formview_action()
