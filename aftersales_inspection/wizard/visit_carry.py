# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models


class AftersalesVisitCarry(models.TransientModel):
    """Asks until which day a visit that came to nothing is to be made."""

    _name = "aftersales.visit.carry"
    _description = "Carry a Visit Over"

    visit_id = fields.Many2one("fsm.order", required=True, readonly=True, ondelete="cascade")
    window_start = fields.Date(related="visit_id.aftersales_window_start", string="Window from")
    window_end = fields.Date(related="visit_id.aftersales_window_end", string="Window to")
    contract_end = fields.Date(
        related="visit_id.aftersales_contract_id.date_end",
        string="Contract Ends",
    )
    date_end = fields.Date(
        string="Carry over until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Last day on which the visit may be made; offered: the end of the next window.",
    )

    @api.depends("visit_id")
    def _compute_date_end(self):
        """Offer the end of the next window that is not over, else the end of the contract.

        What was sold by itself has as many days again as it had.
        """
        for wizard in self:
            visit = wizard.visit_id.sudo()  # days of the contract or product are the visit's
            if wizard.date_end or not visit._is_promised():
                continue
            today = visit.company_id._aftersales_today()
            ends = wizard._ends_of_contract(visit) or [
                today
                + timedelta(days=visit.aftersales_sale_line_id.product_id.aftersales_visit_days)
            ]
            wizard.date_end = next((day for day in ends if day and day >= today), False)

    @api.model
    def _ends_of_contract(self, visit):
        contract = visit.aftersales_contract_id
        if not contract:
            return []
        later = [w for w in contract._windows() if w.number > visit.aftersales_visit_number]
        return [*(window.last for window in later), contract.date_end]

    def action_confirm(self):
        """Give the visit its new window and a new date."""
        self.ensure_one()
        self.visit_id._carry_over(self.date_end)
