# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

from ..calc import decision
from .linked_records import open_dialog


class AftersalesClaim(models.Model):
    """How a whole claim is refused, with a reason the customer reads."""

    _inherit = "aftersales.claim"
    _guarded = frozenset({"refusal_reason"})

    refusal_reason = fields.Char(string="Refused Because", readonly=True, copy=False)

    def action_ask_refusal(self):
        """Ask why this claim is refused."""
        self.ensure_one()
        title = self.env._("Refuse a Claim")
        return open_dialog(title, "aftersales.claim.refuse", default_claim_id=self.id)

    def action_refuse(self, reason=False):
        """Refuse the whole claim.

        :param reason: why, in words for the customer
        """
        self.check_access("write")
        self._set_state("refused")
        hidden = self.sudo()  # checked above; decisions are nobody's to write
        hidden.refusal_reason = reason
        hidden.line_ids.write({"billing_type": decision.REFUSED, "decision_note": reason})
        self._tell_customer("refused")
