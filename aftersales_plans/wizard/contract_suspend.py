# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from ..calc.period import Period
from ..calc.suspension import moved_period


class AftersalesContractSuspend(models.TransientModel):
    """Asks from when to when a contract rests, and shows what that does to its end."""

    _name = "aftersales.contract.suspend"
    _description = "Suspend a Contract"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    date_start = fields.Date(
        string="From",
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_end = fields.Date(string="To", required=True, help="Last day, inclusive.")
    reason = fields.Char(required=True)
    days = fields.Integer(compute="_compute_effect")
    contract_end = fields.Date(string="Contract then Ends", compute="_compute_effect")

    @api.depends("contract_id")
    def _compute_date_start(self):
        """Offer today where the contract is."""
        for wizard in self:
            company = wizard.contract_id.company_id or self.env.company
            wizard.date_start = wizard.date_start or company._aftersales_today()

    @api.depends("date_start", "date_end", "contract_id")
    def _compute_effect(self):
        for wizard in self:
            contract = wizard.contract_id
            wizard.days, wizard.contract_end = 0, contract.date_end
            if wizard.date_start and wizard.date_end and wizard.date_end >= wizard.date_start:
                rest = Period(wizard.date_start, wizard.date_end)
                wizard.days = rest.days
                if contract.date_end:
                    term = Period(contract.date_start, contract.date_end)
                    wizard.contract_end = moved_period(term, [rest]).last

    def action_confirm(self):
        """Suspend the contract."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self.contract_id._suspend(self.date_start, self.date_end, self.reason)
