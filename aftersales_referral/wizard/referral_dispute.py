# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesReferralDispute(models.TransientModel):
    """Asks who else says to have brought a customer (requirement 78).

    Opened on the referral, or on a quotation by whoever may not see another's referral.
    """

    _name = "aftersales.referral.dispute"
    _description = "Log a Referral Dispute"

    referral_id = fields.Many2one("aftersales.referral", readonly=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    claimant_id = fields.Many2one(
        "res.partner", string="Claimed by", required=True, ondelete="cascade"
    )
    claimed_since = fields.Date(
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="Day the claimant says to have brought the customer.",
    )
    note = fields.Text(
        string="What is Claimed", required=True, help="What was said, and what speaks for it."
    )

    @api.model
    def default_get(self, fields):
        """Open on the quotation it is called from."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "sale.order" and "referral_id" not in values:
            values["order_id"] = self.env.context.get("active_id")
        return values

    @api.constrains("referral_id", "order_id")
    def _check_may_read(self):
        """Show nobody the names of a referral he may not read."""
        wizard = self.sudo(False)  # Odoo checks constraints as superuser
        wizard.referral_id.check_access("read")
        wizard.order_id.check_access("read")

    def action_apply(self):
        """Log the dispute for a plan manager."""
        self.ensure_one()
        referral = self._disputed()
        referral._open_dispute(self.claimant_id, self.claimed_since, self.note)
        return {"type": "ir.actions.act_window_close"}

    def _disputed(self):
        """Return the referral the user may dispute, as superuser.

        :raises UserError: nobody has registered this customer
        """
        if not self.order_id:
            self.referral_id.check_access("read")
            return self.referral_id.sudo()
        self.order_id.check_access("write")
        # Which referral it is follows from the order; a salesperson sees own ones only.
        order = self.order_id.sudo()
        customer = order.partner_id.commercial_partner_id
        claims = self.env["aftersales.referral"].sudo()._claims(customer, order.company_id)
        named = order.referral_id
        alive = named.filtered(lambda one: one.state in ("registered", "qualified"))
        referral = alive or claims.get(customer, alive)[:1] or named
        if not referral:
            raise UserError(
                self.env._(
                    "Nobody has registered %s. Name the referrer on the quotation.",
                    customer.display_name,
                )
            )
        return referral
