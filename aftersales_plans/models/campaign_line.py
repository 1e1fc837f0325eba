# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .campaign import OPEN_STATES


class AftersalesCampaignLine(models.Model):
    """One customer in a campaign: whether asked, what was answered, what was ordered (36, 38)."""

    _name = "aftersales.campaign.line"
    _description = "Customer in a Campaign"
    _inherit = [
        "aftersales.guarded",
        "aftersales.state.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "campaign_id desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _transitions = {
        "to_contact": {"contacted", "accepted", "declined"},
        "contacted": {"accepted", "declined"},
        "accepted": {"declined"},
        "declined": {"contacted", "accepted"},
    }
    _guarded = frozenset({"state", "order_id", "date_contacted", "left_out"})

    campaign_id = fields.Many2one(
        "aftersales.campaign", required=True, index=True, ondelete="cascade", check_company=True
    )
    customer_id = fields.Many2one(
        "aftersales.customer",
        string="Customer Card",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    name = fields.Char(related="customer_id.partner_id.name", string="Name")
    partner_id = fields.Many2one(
        related="customer_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index=True,
    )
    stage = fields.Selection(related="customer_id.stage", string="Stage Now")
    last_contact = fields.Date(related="customer_id.last_contact")
    phone = fields.Char(related="partner_id.phone")
    state = fields.Selection(
        [
            ("to_contact", "To contact"),
            ("contacted", "Contacted"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
        ],
        default="to_contact",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    date_contacted = fields.Date(string="Contacted on", readonly=True, copy=False)
    order_id = fields.Many2one(
        "sale.order",
        string="Offer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    amount = fields.Monetary(
        string="Ordered",
        compute="_compute_amount",
        store=True,
        help="Net, of the accepted offer, in the company's currency.",
    )
    is_returned = fields.Boolean(
        string="Won Back",
        compute="_compute_is_returned",
        store=True,
        help="Ordered again after being lost, since the campaign turned to this customer.",
    )
    left_out = fields.Char(string="Left Out Because", readonly=True, copy=False)
    hint = fields.Char(string="Waits because", compute="_compute_hint")

    @api.depends("customer_id.user_id", "campaign_id.user_id")
    def _compute_user_id(self):
        for line in self:
            line.user_id = line.customer_id.user_id or line.campaign_id.user_id

    @api.depends("order_id.state", "order_id.amount_untaxed", "order_id.currency_rate")
    def _compute_amount(self):
        for line in self:
            order = line.order_id
            sold = order.state == "sale"
            line.amount = order.amount_untaxed / (order.currency_rate or 1.0) if sold else 0.0

    @api.depends("customer_id.date_returned", "date_contacted", "campaign_id.date_from")
    def _compute_is_returned(self):
        """Whoever was in touch lately is not turned to: the return came after the offer."""
        for line in self:
            back = line.customer_id.date_returned
            since = line.campaign_id.date_from
            line.is_returned = bool(line.date_contacted and back and since and back >= since)

    @api.depends("state", "left_out", "last_contact", "customer_id.no_contact")
    def _compute_hint(self):
        """Say why an offer does not leave by itself; the salesperson may still call."""
        for line in self:
            company = line.company_id
            line.hint = line.left_out
            if line.state != "to_contact":
                line.hint = False
            elif line.customer_id.no_contact:
                line.hint = self.env._("Wants no calls or mails")
            elif not line.partner_id.email:
                line.hint = self.env._("No e-mail address: call")
            elif line.last_contact and line.last_contact > line._contact_border(company):
                line.hint = self.env._("Was in touch lately")

    # --- One open campaign ---------------------------------------------------------------------

    @api.model
    def _search_open(self, customers):
        """Return the lines of ``customers`` in campaigns that are not over."""
        return self.search(
            [("customer_id", "in", customers.ids), ("campaign_id.state", "in", OPEN_STATES)]
        )

    @api.constrains("campaign_id", "customer_id")
    def _check_free(self):
        """Keep a customer in one open campaign.

        :raises ValidationError: naming the customer and the other campaign
        """
        among = self.sudo()._search_open(self.customer_id)  # others' lines: only that they exist
        for customer, lines in among.grouped("customer_id").items():
            if len(lines) > 1:
                raise ValidationError(
                    self.env._(
                        "%(customer)s is in %(campaign)s already. Leave the customer out, or end "
                        "that campaign first.",
                        customer=customer.partner_id.name or "",
                        campaign=lines[0].campaign_id.name,
                    )
                )

    # --- Buttons -------------------------------------------------------------------------------

    def _move(self, state):
        """Let who may write the lines record what a customer said."""
        self.check_access("write")
        self._set_state(state)
        for line in self.filtered(lambda line: not line.date_contacted):
            line.sudo().date_contacted = line.company_id._aftersales_today()  # checked above

    def action_contacted(self):
        """Record that the customer was called."""
        self._move("contacted")

    def action_accepted(self):
        """Record that the customer accepted."""
        self._move("accepted")

    def action_declined(self):
        """Record that the customer declined."""
        self._move("declined")

    def action_open_order(self):
        """Open the offer."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    # --- Orders --------------------------------------------------------------------------------

    @api.model
    def _on_orders(self, orders, state):
        """Follow what became of the offers: confirmed is accepted, cancelled is declined."""
        lines = self.search(Domain("order_id", "in", orders.ids) & Domain("state", "!=", state))
        lines.filtered(lambda line: state in line._transitions[line.state])._set_state(state)
