# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import PAYOUTS

ACCOUNTANTS = "aftersales_plans.group_accountant"


class ResPartner(models.Model):
    """A referrer is paid from his contact (requirement 74)."""

    _inherit = "res.partner"

    referral_payout_total = fields.Integer(
        string="Payouts", compute="_compute_referral_payout_total", groups=ACCOUNTANTS
    )

    def _compute_referral_payout_total(self):
        """Count the payouts of a whole company: it is paid as one."""
        counts, paid = {}, self._aftersales_with("aftersales.payout")
        below = [("referrer_id", "child_of", paid.commercial_partner_id.ids)]
        rows = paid and self.env["aftersales.payout"]._read_group(
            below, ["referrer_id"], ["__count"]
        )
        for referrer, count in rows:
            partner = referrer.commercial_partner_id
            counts[partner] = counts.get(partner, 0) + count
        for partner in self:
            partner.referral_payout_total = counts.get(partner.commercial_partner_id, 0)

    def action_pay_out(self):
        """Open a new payout with what can be paid today."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay Out"),
            "res_model": "aftersales.payout",
            "view_mode": "form",
            "context": {"default_referrer_id": self.commercial_partner_id.id},
        }

    def action_open_payouts(self):
        """Open all payouts of this referrer."""
        self.ensure_one()
        partner = self.commercial_partner_id
        return open_action(
            self.env,
            PAYOUTS,
            [("referrer_id", "child_of", partner.ids)],
            default_referrer_id=partner.id,
        )


class AftersalesCommission(models.Model):
    """Who is owed something is paid from the ledger."""

    _inherit = "aftersales.commission"

    def action_pay_out(self):
        """Open a new payout for the referrer of these rows, in their company.

        :raises UserError: the rows are of several referrers or companies
        """
        if len(self.referrer_id) != 1 or len(self.company_id) != 1:
            raise UserError(
                self.env._("Choose rows of one referrer, or make a payout run for several.")
            )
        action = self.referrer_id.action_pay_out()
        return {
            **action,
            "context": {**action["context"], "default_company_id": self.company_id.id},
        }
