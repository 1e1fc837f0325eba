# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesClaimRefuse(models.TransientModel):
    """Asks why a claim is refused: the customer is told."""

    _name = "aftersales.claim.refuse"
    _description = "Refuse a Claim"

    claim_id = fields.Many2one("aftersales.claim", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Refuse the claim; its own method checks who may."""
        self.ensure_one()
        self.claim_id.action_refuse(self.reason)
