# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesContractConsent(models.TransientModel):
    """Asks what the customer said about going on by itself, and keeps the proof (25)."""

    _name = "aftersales.contract.consent"
    _description = "Consent of the Customer"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    customer_id = fields.Many2one(related="contract_id.partner_id")
    answer = fields.Selection(
        [("given", "Go on by itself"), ("withdrawn", "Not by itself any more")],
        string="The Customer Wants It to",
        required=True,
        default="given",
    )
    channel = fields.Selection(
        [("paper", "On paper"), ("phone", "By phone")], string="Said", required=True
    )
    note = fields.Char(
        string="Proof",
        required=True,
        help="Where it can be read, or who heard it: the signed paper, the day of the call.",
    )

    def action_confirm(self):
        """Record it in the customer's name."""
        self.ensure_one()
        self.contract_id._check_may_note_consent()
        given = self.answer == "given"
        self.contract_id._note_consent(given, self.contract_id.partner_id, self.channel, self.note)
