# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesPayoutRunLeft(models.Model):
    """A referrer a payout run does not pay, and why; written when the run is prepared."""

    _name = "aftersales.payout.run.left"
    _description = "Left out of a Payout Run"
    _order = "id"

    run_id = fields.Many2one(
        "aftersales.payout.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    referrer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    balance = fields.Monetary(readonly=True, help="Owed in all, on hold included.")
    reason = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
