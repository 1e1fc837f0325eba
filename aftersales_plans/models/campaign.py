# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .linked_records import open_action
from .work_off import work_off

OPEN_STATES = ("draft", "running")
LASTS_DAYS = 60  # proposed
LINES = "aftersales_plans.aftersales_campaign_line_action"


class AftersalesCampaign(models.Model):
    """An offer to customers we have nearly lost or lost, and what came of it (36, 38).

    A plan product is offered to each as a quotation by mail; a sibling adds other kinds of offers.
    While it runs, a customer is in this campaign only. Quotations leave by the daily run, at the
    customer's moment, never to who wants no contact or was in touch lately.
    """

    _name = "aftersales.campaign"
    _description = "Win-Back Campaign"
    _inherit = ["aftersales.guarded", "aftersales.state.gate", "mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _transitions = {"draft": {"running"}, "running": {"done"}, "done": {"running"}}
    _guarded = frozenset({"state"})

    name = fields.Char(required=True, translate=False, tracking=True)
    state = fields.Selection(
        [("draft", "In preparation"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user, required=True
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="No offer leaves before this day.",
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env.company._aftersales_today() + timedelta(days=LASTS_DAYS),
        help="Last day to accept; the campaign ends then.",
    )
    offer = fields.Selection(
        [("plan", "A service plan")], required=True, default="plan", string="What Is Offered"
    )
    product_id = fields.Many2one(
        "product.product",
        string="Plan",
        domain="[('aftersales_plan_id', '!=', False), ('sale_ok', '=', True)]",
        check_company=True,
        help="Such as a half year of visits, paid in advance; at the price of the pricelist.",
    )
    discount_percent = fields.Float(string="Discount (%)", help="Off the price of the pricelist.")
    line_ids = fields.One2many("aftersales.campaign.line", "campaign_id", string="Customers")
    customer_count = fields.Integer(compute="_compute_results", string="Customers Chosen")
    contacted_count = fields.Integer(compute="_compute_results", string="Contacted")
    accepted_count = fields.Integer(compute="_compute_results", string="Accepted")
    returned_count = fields.Integer(compute="_compute_results", string="Won Back")
    amount = fields.Monetary(
        compute="_compute_results", string="Orders", help="Net, of the offers that were accepted."
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "A campaign ends on its first day or later."
    )
    _discount_in_range = models.Constraint(
        "CHECK(discount_percent >= 0 AND discount_percent <= 100)",
        "A discount is between 0 and 100 percent.",
    )

    def _compute_results(self):
        """Count what came of the campaigns; one query."""
        rows = self.env["aftersales.campaign.line"]._read_group(
            [("campaign_id", "in", self.ids)],
            ["campaign_id", "state", "is_returned"],
            ["__count", "amount:sum"],
        )
        for campaign in self:
            mine = [row[1:] for row in rows if row[0] == campaign]
            campaign.customer_count = sum(count for *_group, count, _sum in mine)
            campaign.contacted_count = sum(
                count for state, _back, count, _sum in mine if state != "to_contact"
            )
            campaign.accepted_count = sum(
                count for state, _back, count, _sum in mine if state == "accepted"
            )
            campaign.returned_count = sum(count for _state, back, count, _sum in mine if back)
            campaign.amount = sum(amount or 0.0 for *_group, amount in mine)

    # --- Who is in it --------------------------------------------------------------------------

    @api.constrains("state")
    def _check_customers_free(self):
        self.filtered(lambda campaign: campaign.state in OPEN_STATES).line_ids._check_free()

    def _add(self, customers):
        """Add ``customers`` who may be asked and are in no open campaign; return the new lines."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("%s is over. Choose another campaign.", self.name))
        taken = self.env["aftersales.campaign.line"]._search_open(customers).customer_id
        fresh = (customers - taken).filtered(
            lambda card: card.company_id == self.company_id and not card.no_contact
        )
        return self.env["aftersales.campaign.line"].create(
            [{"campaign_id": self.id, "customer_id": card.id} for card in fresh]
        )

    def action_choose_customers(self):
        """Open the customers nobody heard of, to be added from there."""
        self.ensure_one()
        return open_action(
            self.env,
            "aftersales_plans.aftersales_customer_action_choose",
            search_default_nearly_lost=1,
            search_default_lost=1,
            search_default_may_contact=1,
            aftersales_campaign_id=self.id,
        )

    # --- Course --------------------------------------------------------------------------------

    def action_start(self):
        """Let the offers leave, from the first day on.

        :raises UserError: nobody is chosen, or there is nothing to offer
        """
        self.action_reopen()
        # the first offers leave today already; who may start it was checked above
        self.env.ref("aftersales_plans.cron_follow_customers").sudo()._trigger()

    def _check_ready(self):
        """Raise where the campaign cannot start."""
        if not self.line_ids:
            raise UserError(self.env._("%s: choose customers first.", self.name))
        if self.offer == "plan" and not self.product_id:
            raise UserError(self.env._("%s: choose the plan that is offered.", self.name))
        if self.date_to < self.company_id._aftersales_today():
            raise ValidationError(
                self.env._("%s would be over already: choose a later last day.", self.name)
            )

    def action_close(self):
        """End it: no offer leaves any more; what was offered stays valid."""
        self.check_access("write")
        self._set_state("done")

    def action_reopen(self):
        """Let it run (again); offers leave by the next daily run."""
        self.check_access("write")
        for campaign in self:
            campaign._check_ready()
            campaign._set_state("running")

    @api.model
    def _follow(self, company):
        """Send the offers that are due and end what is over; part of the daily run."""
        today = company._aftersales_today()
        mine = Domain("company_id", "=", company.id) & Domain("state", "=", "running")
        running = self.search(mine)
        over = running.filtered(lambda campaign: campaign.date_to < today)
        over._set_state("done")
        lines = (running - over).filtered(lambda campaign: campaign.date_from <= today).line_ids
        work_off(self.env, [(line, "_offer") for line in lines._to_offer(company)])

    # --- Results -------------------------------------------------------------------------------

    def _open_lines(self, *domain, **context):
        self.ensure_one()
        return open_action(
            self.env,
            LINES,
            [("campaign_id", "=", self.id), *domain],
            default_campaign_id=self.id,
            **context,
        )

    def action_open_customers(self):
        """Open all customers of the campaign."""
        return self._open_lines()

    def action_open_contacted(self):
        """Open those who got the offer."""
        return self._open_lines(("state", "!=", "to_contact"))

    def action_open_accepted(self):
        """Open those who accepted."""
        return self._open_lines(("state", "=", "accepted"))

    def action_open_returned(self):
        """Open those who came back."""
        return self._open_lines(("is_returned", "=", True))

    def copy_data(self, default=None):
        """Start a copy without customers."""
        vals_list = super().copy_data(default)
        return [{**vals, "line_ids": [Command.clear()]} for vals in vals_list]
