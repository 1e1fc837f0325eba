# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .claim_cover import may_know_value
from .claim_owner import UNSETTLED_STATES
from .contract import LIVE_STATES
from .linked_records import linked

SHOWN = 20  # rows of each kind; whoever needs all opens the customer


class AftersalesFollowup(models.Model):
    """What a caller has on the screen before the phone rings at the customer's (60).

    As far as the caller may read it; nothing here is stored.
    """

    _inherit = "aftersales.followup"

    contact_id = fields.Many2one(
        "res.partner",
        string="Ask for",
        ondelete="set null",
        index="btree_not_null",
        help="Who ordered, or whom to speak to; else the customer.",
    )
    phone = fields.Char(compute="_compute_address")
    email = fields.Char(string="E-Mail", compute="_compute_address")
    no_contact = fields.Boolean(related="partner_id.commercial_partner_id.aftersales_no_contact")
    orders_label = fields.Char(
        string="Orders", compute="_compute_orders_label", compute_sudo=True, help="Delivered."
    )
    asset_ids = fields.Many2many(
        "aftersales.asset", string="Goods", compute="_compute_before_the_call"
    )
    live_contract_ids = fields.Many2many(
        "aftersales.contract",
        string="Contracts",
        compute="_compute_before_the_call",
    )
    open_claim_ids = fields.Many2many(
        "aftersales.claim", string="Open Claims", compute="_compute_before_the_call"
    )
    earlier_ids = fields.Many2many(
        "aftersales.followup", string="Earlier Contacts", compute="_compute_before_the_call"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_value = fields.Monetary(
        string="Yearly Value",
        compute="_compute_customer_value",
        compute_sudo=True,
        help="Invoiced to this customer in the last 12 months, net of taxes and credit notes.",
    )

    @api.depends("contact_id.phone", "contact_id.email", "partner_id.phone", "partner_id.email")
    def _compute_address(self):
        for followup in self:
            contact, customer = followup.contact_id, followup.partner_id
            followup.phone = contact.phone or customer.phone
            followup.email = contact.email or customer.email

    @api.depends("order_ids")
    def _compute_orders_label(self):
        """Name the orders; not everybody who calls may open orders."""
        for followup in self:
            followup.orders_label = ", ".join(followup.order_ids.sorted("id").mapped("name"))

    @api.depends("partner_id", "company_id", "order_ids", "contract_id")
    def _compute_before_the_call(self):
        for followup in self:
            followup.asset_ids = followup._goods_to_speak_about()
            followup.live_contract_ids = followup._of_customer(
                "aftersales.contract", ("state", "in", LIVE_STATES)
            )
            followup.open_claim_ids = followup._of_customer(
                "aftersales.claim", ("state", "in", UNSETTLED_STATES)
            )
            followup.earlier_ids = followup._of_customer(
                "aftersales.followup", ("state", "!=", "open"), ("id", "!=", followup._origin.id)
            )

    def _goods_to_speak_about(self):
        """Return the goods the matter is about: of its orders, its contract, else all in use."""
        self.ensure_one()
        orders = self.sudo().order_ids  # which goods; what the caller may not read is left out
        if orders:
            return linked(orders, *orders._ASSETS)[:SHOWN]
        if self.contract_id:
            return self.contract_id.asset_ids.filtered(lambda a: a.status == "in_use")[:SHOWN]
        return self._of_customer("aftersales.asset", ("status", "=", "in_use"))

    def _of_customer(self, model, *conditions):
        """Return the customer's latest records of ``model``, those of its contacts included."""
        if not self.env[model].has_access("read"):
            return self.env[model]
        customer = self.partner_id.commercial_partner_id
        return self.env[model].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                *conditions,
            ],
            order="id desc",
            limit=SHOWN,
        )

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id", "contract_id", "order_ids.user_id")
    def _compute_customer_value(self):
        """Add up invoices as superuser; only for who answers for the customer, as on claims."""
        for company, followups in self.grouped("company_id").items():
            customers = followups.partner_id.commercial_partner_id
            values = self.env["aftersales.claim"]._invoiced_to(customers, company)
            for followup in followups:
                customer = followup.partner_id.commercial_partner_id
                seller = followup.contract_id.user_id | followup.order_ids.user_id
                seen = may_know_value(self.env.user, followup.partner_id, seller)
                followup.customer_value = values.get(customer.id, 0.0) if seen else 0.0
