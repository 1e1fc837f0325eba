# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..models.client_actions import notify


class SaleLoyaltyCouponWizard(models.TransientModel):
    """Core's entry of a code on a quotation takes referral codes too (requirement 8)."""

    _inherit = "sale.loyalty.coupon.wizard"

    def action_apply(self):
        """Say who is named, where core would show an empty list of rewards."""
        action = super().action_apply()
        code = self.order_id.referral_code_id
        typed = self.env["aftersales.referral.code"]._find(self.coupon_code)
        if not typed or typed != code or action["context"]["default_reward_ids"]:
            return action
        return notify(self._told(code), title=self.env._("Referral code accepted"))

    def _told(self, code):
        """Return what a salesperson reads: who is named, and why there is no discount."""
        named = self.env._(
            "%(referrer)s is named as who referred the customer.",
            referrer=code.partner_id.display_name,
        )
        return " ".join(filter(None, [named, self.order_id._give_welcome()]))
