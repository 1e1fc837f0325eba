# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..calc import retention
from .contract import LIVE_STATES
from .linked_records import CONTRACTS, open_action

STAGES = [
    ("active", "Active"),
    ("at_risk", "At risk"),
    ("nearly_lost", "Nearly lost"),
    ("lost", "Lost"),
    ("returned", "Won Back"),
]
READERS = "sales_team.group_sale_salesman,aftersales_plans.group_agent"
BASE_MONTHS = 12  # without a contact before a customer leaves the true base (32)


class AftersalesCustomer(models.Model):
    """What a company knows of one customer's ties to it: last contact, stage (32, 35).

    One card per commercial partner and company that has a contract or goods in the register; made
    by the daily run and by events, never by hand. ``key`` holds them apart: a unique index with
    the partner itself would make Odoo's merge of contacts delete cards (design §2).
    """

    _name = "aftersales.customer"
    _description = "After-Sales Customer"
    _inherit = ["aftersales.guarded", "mail.thread", "mail.activity.mixin"]
    _order = "last_contact, id"
    _rec_name = "partner_id"
    _mail_post_access = "read"
    _guarded = frozenset(
        {"partner_id", "company_id", "key", "stage", "user_id", "city", "zip"}
        | {"last_contact", "last_order", "date_lost", "date_returned"}
    )

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, help="Who the key must name."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True, copy=False, help="<partner>/<company>")
    stage = fields.Selection(
        STAGES,
        default="active",
        required=True,
        readonly=True,
        tracking=True,
        group_expand=True,
        help="By the months since the last contact; after being lost, an order makes it Won Back.",
    )
    last_contact = fields.Date(
        readonly=True,
        help="Latest of: order, claim, visit, meeting, rating, call in which somebody was reached.",
    )
    last_order = fields.Date(readonly=True, help="Day of the latest confirmed order.")
    date_lost = fields.Date(string="Lost on", readonly=True)
    date_returned = fields.Date(string="Returned on", readonly=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        index="btree_not_null",
        help="The customer's salesperson, else the one of the latest contract.",
    )
    city = fields.Char(related="partner_id.city", store=True)
    zip = fields.Char(related="partner_id.zip", store=True)
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    no_contact = fields.Boolean(
        related="partner_id.aftersales_no_contact", string="No Calls or Mails by Us"
    )
    contract_count = fields.Integer(
        string="Live Contracts",
        compute="_compute_contract_count",
        search="_search_contract_count",
        help="Contracts that run, are suspended or wait for their start.",
    )
    is_base = fields.Boolean(
        string="True Active Base",
        compute="_compute_is_base",
        search="_search_is_base",
        help="A live contract, or a contact within 12 months.",
    )

    _key_unique = models.UniqueIndex("(key)", "This customer has a card already.")
    _stage_idx = models.Index("(company_id, stage, last_contact)")
    _silent_idx = models.Index("(last_contact, id)")  # the order of the list

    @api.depends("partner_id.user_id")
    def _compute_user_id(self):
        for card in self:
            card.user_id = card.partner_id.user_id or card.user_id

    def _compute_contract_count(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card.id, COUNT(*)
                  FROM aftersales_customer card
                  JOIN res_partner p ON p.commercial_partner_id = card.partner_id
                  JOIN aftersales_contract c
                    ON c.partner_id = p.id AND c.company_id = card.company_id
                 WHERE card.id = ANY(%s) AND c.state = ANY(%s)
                 GROUP BY card.id
                """,
                self.ids,
                list(LIVE_STATES),
            )
        )
        counts = dict(rows)
        for card in self:
            card.contract_count = counts.get(card.id, 0)

    def _search_contract_count(self, operator, value):
        """Find cards with a live contract (``> 0``) or without (``= 0``)."""
        if operator == ">" and value == 0:
            return self._domain_covered()
        if operator == "in" and set(value) == {0}:
            return ~self._domain_covered()
        return NotImplemented

    @api.model
    def _domain_covered(self):
        """Return the domain of cards with a live contract."""
        self.env["aftersales.contract"].flush_model(["company_id", "partner_id", "state"])
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                """EXISTS (SELECT 1
                             FROM res_partner p
                             JOIN aftersales_contract c ON c.partner_id = p.id
                            WHERE p.commercial_partner_id = %s
                              AND c.company_id = %s AND c.state = ANY(%s))""",
                SQL.identifier(alias, "partner_id"),
                SQL.identifier(alias, "company_id"),
                list(LIVE_STATES),
            ),
            predicate=lambda card: bool(card.contract_count),
        )

    @api.depends("last_contact")
    def _compute_is_base(self):
        for card in self:
            card.is_base = card.contract_count or (
                card.last_contact and card.last_contact > card._base_border()
            )

    def _base_border(self):
        return retention.border(
            (self.company_id or self.env.company)._aftersales_today(), BASE_MONTHS
        )

    def _search_is_base(self, operator, value):
        if operator != "in":
            return NotImplemented
        base = self._domain_covered() | Domain("last_contact", ">", self._base_border())
        return base if True in value else ~base

    @api.model
    def _of(self, partners, company):
        """Return the cards of ``partners`` in ``company``; some may have none yet."""
        commercial = partners.commercial_partner_id
        return self.search([("partner_id", "in", commercial.ids), ("company_id", "=", company.id)])

    def action_open_contracts(self):
        """Open the contracts of this customer."""
        self.ensure_one()
        return open_action(
            self.env,
            CONTRACTS,
            [
                ("partner_id", "child_of", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        )


class ResPartner(models.Model):
    """Shows on the contact how the customer stands."""

    _inherit = "res.partner"

    aftersales_customer_id = fields.Many2one(
        "aftersales.customer",
        string="After-Sales Card",
        compute="_compute_aftersales_customer_id",
        groups=READERS,
    )
    aftersales_stage = fields.Selection(
        STAGES,
        string="After-Sales Stage",
        compute="_compute_aftersales_customer_id",
        groups=READERS,
    )
    aftersales_last_contact = fields.Date(
        string="Last Contact",
        compute="_compute_aftersales_customer_id",
        groups=READERS,
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_aftersales_customer_id(self):
        Card, customers = (
            self.env["aftersales.customer"],
            self._aftersales_with("aftersales.customer"),
        )
        found = Card._of(customers, self.env.company) if customers else Card
        cards = found.grouped("partner_id")
        for partner in self:
            card = cards.get(partner.commercial_partner_id, Card)
            partner.aftersales_customer_id = card
            partner.aftersales_stage = card.stage
            partner.aftersales_last_contact = card.last_contact

    def action_open_aftersales_customer(self):
        """Open the card of this customer."""
        self.ensure_one()
        return self.aftersales_customer_id.get_formview_action()
