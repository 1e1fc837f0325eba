# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesContractEnd(models.TransientModel):
    """Asks why a contract ends early, and shows what the customer gets back (89)."""

    _name = "aftersales.contract.end"
    _description = "End a Contract Early"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    price = fields.Monetary(compute="_compute_price", help="Net of taxes, as the order says now.")
    withdrawal_end = fields.Date(related="contract_id.withdrawal_end")
    refund_policy = fields.Selection(related="contract_id.refund_policy")
    last_day = fields.Date(
        string="Last Day of Cover",
        compute="_compute_last_day",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The last day that is covered. A day ahead gives notice: the contract ends by itself.",
    )
    is_notice = fields.Boolean(compute="_compute_is_notice")
    reason_id = fields.Many2one("aftersales.close.reason", string="Because", required=True)
    used_value = fields.Monetary(compute="_compute_used_value", help="What was used, at cost.")
    refund_by_terms = fields.Monetary(
        compute="_compute_refund_by_terms",
        help="What the terms of the contract pay back, net of taxes.",
    )
    refund_label = fields.Char(string="Because of", compute="_compute_refund_by_terms")
    amount = fields.Monetary(
        string="Refund",
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Net of taxes, as the terms say; change it when something else was agreed.",
    )

    @api.depends("contract_id")
    def _compute_price(self):
        for wizard in self:
            wizard.price = wizard.contract_id and wizard.contract_id._price_now()

    @api.depends("contract_id")
    def _compute_last_day(self):
        """Offer today where the contract is."""
        for wizard in self:
            company = wizard.contract_id.company_id or self.env.company
            wizard.last_day = wizard.last_day or company._aftersales_today()

    @api.depends("last_day")
    def _compute_is_notice(self):
        """Tell whether the last day lies ahead where the contract is."""
        for wizard in self:
            company = wizard.contract_id.company_id or self.env.company
            today = company._aftersales_today()
            wizard.is_notice = bool(wizard.last_day and wizard.last_day > today)

    @api.depends("contract_id")
    def _compute_used_value(self):
        for wizard in self:
            wizard.used_value = wizard.contract_id and wizard.contract_id._used_value()

    @api.depends("contract_id", "last_day", "reason_id")
    def _compute_refund_by_terms(self):
        self.refund_by_terms = 0.0
        self.refund_label = False
        for wizard in self.filtered(lambda wizard: wizard.contract_id and wizard.last_day):
            case = wizard.last_day, wizard.reason_id
            wizard.refund_by_terms = wizard.contract_id._refund_due(*case)
            wizard.refund_label = wizard.contract_id._refund_told(*case)

    @api.depends("refund_by_terms")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.refund_by_terms

    def action_confirm(self):
        """End the contract and make the credit note for billing to post, now or on its day."""
        self.ensure_one()
        self.contract_id.check_access("write")
        if self.is_notice:
            self.contract_id._give_notice(self.last_day, self.reason_id)
            return
        if not 0 <= self.amount <= self.price:
            raise UserError(
                self.env._(
                    "The refund of %(contract)s lies between 0 and its price of %(price)s.",
                    contract=self.contract_id.name,
                    price=self.currency_id.format(self.price),
                )
            )
        self.contract_id._end(self.last_day, self.reason_id, self.amount)
