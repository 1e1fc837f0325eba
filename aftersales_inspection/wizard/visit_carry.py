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
        """Offer the end of the next window that is not over, else the end of the contract."""
        for wizard in self:
            visit = wizard.visit_id
            contract = visit.aftersales_contract_id.sudo()  # its days are the visit's
            if wizard.date_end or not contract:
                continue
            today = visit.company_id._aftersales_today()
            ends = [
                window.last
                for window in contract._windows()
                if window.number > visit.aftersales_visit_number
            ]
            wizard.date_end = next(
                (day for day in [*ends, contract.date_end] if day and day >= today), False
            )

    def action_confirm(self):
        """Give the visit its new window and a new date."""
        self.ensure_one()
        self.visit_id._carry_over(self.date_end)
