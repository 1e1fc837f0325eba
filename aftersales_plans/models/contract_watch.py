# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .claim_cover import may_know_value
from .claim_owner import UNSETTLED_STATES


class AftersalesContract(models.Model):
    """What whoever sold a contract has in view beside delivery and payment (53, 60, 67)."""

    _inherit = "aftersales.contract"

    open_claim_count = fields.Integer(string="Open Claims", compute="_compute_open_claim_count")
    customer_value = fields.Monetary(
        string="Yearly Value",
        compute="_compute_customer_value",
        compute_sudo=True,
        help="Invoiced to this customer in the last 12 months, net of taxes and credit notes.",
    )

    @api.depends("claim_ids.state")
    def _compute_open_claim_count(self):
        # sudo: a number on a contract that the reader may read
        counts = dict(
            self.env["aftersales.claim"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids), ("state", "in", UNSETTLED_STATES)],
                ["contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.open_claim_count = counts.get(contract.sudo(), 0)

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id", "user_id")
    def _compute_customer_value(self):
        """Add up invoices as superuser; only for who answers for the customer, as on claims."""
        for company, contracts in self.grouped("company_id").items():
            customers = contracts.partner_id.commercial_partner_id
            values = self.env["aftersales.claim"]._invoiced_to(customers, company)
            for contract in contracts:
                customer = contract.partner_id.commercial_partner_id
                seen = may_know_value(self.env.user, contract.partner_id, contract.user_id)
                contract.customer_value = values.get(customer.id, 0.0) if seen else 0.0
