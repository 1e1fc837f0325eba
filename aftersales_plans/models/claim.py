# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

OPEN_STATES = ("draft", "submitted")
GRACE_DAYS = 14  # to report what happened, after the contract ended too (design §3)
DECIDED_ON = {
    "partner_id",
    "site_id",
    "contract_id",
    "company_id",
    "channel",
    "date_reported",
    "date_occurred",
    "warehouse_id",
    "handling",
}


class AftersalesClaim(models.Model):
    """A customer reports goods that broke (requirements 7, 10, 12, 47, 70-72; design §3).

    One claim is one time: approving it uses one replacement, whatever the number of pieces.
    Approval decides every line, uses the quota, ships what is covered and quotes the rest, in one
    transaction.
    """

    _name = "aftersales.claim"
    _description = "Replacement Claim"
    _inherit = [
        "aftersales.guarded",
        "aftersales.state.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _transitions = {
        "draft": {"submitted", "approved", "refused", "cancelled"},
        "submitted": {"approved", "refused", "cancelled"},
        "approved": {"done", "cancelled"},
        "done": set(),
        "refused": {"draft"},
        "cancelled": {"draft"},
    }
    _guarded = frozenset({"name", "state", "usage_id"})

    name = fields.Char(required=True, readonly=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        [
            ("draft", "New"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    contract_id = fields.Many2one(
        "aftersales.contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Found from the assets; empty when no plan covers them.",
    )
    plan_id = fields.Many2one(related="contract_id.plan_id", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        index=True,
    )
    channel = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail"), ("portal", "Portal"), ("visit", "Visit")],
        default="phone",
        required=True,
        help="How the customer reported it.",
    )
    date_reported = fields.Datetime(
        string="Reported on", default=fields.Datetime.now, required=True, copy=False
    )
    date_occurred = fields.Date(
        string="Happened on",
        compute="_compute_date_occurred",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        help="Cover and the year's quota follow this day.",
    )
    payment_warning = fields.Char(related="contract_id.payment_warning")
    description = fields.Text(string="What happened")
    line_ids = fields.One2many("aftersales.claim.line", "claim_id", string="Goods", copy=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    usage_id = fields.Many2one(
        "aftersales.entitlement.usage", string="Quota Use", readonly=True, copy=False
    )
    entitlement_id = fields.Many2one(
        "aftersales.entitlement", string="Quota", compute="_compute_entitlement_id"
    )
    entitlement_label = fields.Char(
        string="Replacements",
        compute="_compute_entitlement_id",
        help="What is used of the year the damage falls into.",
    )
    quota_used = fields.Integer(compute="_compute_entitlement_id")
    quota_included = fields.Integer(
        compute="_compute_entitlement_id", help="Times a year; 0 where there is no limit."
    )

    @api.depends("name")
    def _compute_display_name(self):
        """Call a claim new until it has its number."""
        result = super()._compute_display_name()
        for claim in self.filtered(lambda claim: not claim._origin):
            claim.display_name = self.env._("New")
        return result

    def _number(self, vals):
        """Number the claims, before anybody is told of them."""
        company_id = vals.get("company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].with_company(company_id)
        return {"name": sequence.next_by_code("aftersales.claim")}

    def write(self, vals):
        """Refuse to change what a decision was made on once it is made."""
        if not self.env.su and not DECIDED_ON.isdisjoint(vals):
            self._check_open()
        return super().write(vals)

    def _check_open(self):
        """Raise if a claim is decided already.

        :raises UserError: naming the claim and its state
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        for claim in self:
            if claim.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "Claim %(name)s is %(state)s: its goods and cover are settled. "
                        "Make a new claim.",
                        name=claim.name,
                        state=states[claim.state],
                    )
                )

    @api.constrains("partner_id", "company_id", "contract_id", "date_occurred", "date_reported")
    def _check_header(self):
        """Keep customer and day in step with the goods: those are the customer's, and there."""
        for claim in self:
            reported = claim.company_id._aftersales_day_of(claim.date_reported)
            if claim.date_occurred > reported:
                raise ValidationError(
                    self.env._(
                        "Claim %(name)s was reported on %(reported)s, before %(occurred)s: "
                        "enter the day on which it happened.",
                        name=claim.name,
                        reported=format_date(self.env, reported),
                        occurred=format_date(self.env, claim.date_occurred),
                    )
                )
            claim._check_contract()
        self.line_ids._check_asset()

    def _check_contract(self):
        """Raise where the contract is neither the customer's nor one that covers the goods."""
        contract, customer = self.contract_id, self.partner_id.commercial_partner_id
        foreign = contract and contract.partner_id.commercial_partner_id != customer
        if foreign and contract not in self.line_ids.asset_id.contract_ids:
            raise ValidationError(
                self.env._(
                    "Contract %(contract)s was sold to %(owner)s, not to %(customer)s. Choose a "
                    "contract of the customer, or none.",
                    contract=contract.name,
                    owner=contract.partner_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    @api.depends("contract_id", "partner_id", "line_ids.asset_id")
    def _compute_site_id(self):
        """Send parts and people to where the goods are."""
        for claim in self:
            goods = claim.line_ids.asset_id
            claim.site_id = (
                goods[:1].site_id or claim.site_id or claim.contract_id.site_id or claim.partner_id
            )

    @api.depends("line_ids.asset_id", "date_occurred")
    def _compute_contract_id(self):
        """Find the contract that covered the day, else the live one.

        What was chosen by hand stays while it covers the day.
        """
        for claim in self:
            chosen, day = claim.contract_id, claim.date_occurred
            if chosen and day and chosen._covers_day(day):
                continue
            contracts = claim.line_ids.asset_id.contract_ids
            on_day = contracts.filtered(lambda contract, day=day: day and contract._covers_day(day))
            live = claim.line_ids.asset_id.contract_id
            claim.contract_id = on_day[:1] or chosen or live[:1]

    @api.depends("date_reported")
    def _compute_date_occurred(self):
        for claim in self:
            claim.date_occurred = claim.date_occurred or claim.company_id._aftersales_day_of(
                claim.date_reported
            )

    @api.depends("contract_id.entitlement_ids.used", "date_occurred")
    def _compute_entitlement_id(self):
        for claim in self:
            entitlement = (
                claim.contract_id._entitlement("replacement", claim.date_occurred)
                if claim.contract_id and claim.date_occurred
                else self.env["aftersales.entitlement"]
            )
            claim.entitlement_id = entitlement
            claim.quota_used = entitlement.used
            claim.quota_included = 0 if entitlement.unlimited else entitlement.included
            if not entitlement:
                claim.entitlement_label = self.env._("Not covered by a plan on that day")
            elif entitlement.unlimited:
                claim.entitlement_label = self.env._("%s used, unlimited", entitlement.used)
            else:
                claim.entitlement_label = self.env._(
                    "%(used)s of %(included)s used",
                    used=entitlement.used,
                    included=entitlement.included,
                )

    def _is_reported_in_time(self):
        """Tell whether it was reported while the plan ran or within the days of grace."""
        self.ensure_one()
        reported = self.company_id._aftersales_day_of(self.date_reported)
        in_grace = reported <= self.date_occurred + timedelta(days=GRACE_DAYS)
        contract = self.contract_id
        return in_grace or bool(contract and contract._covers_day(reported))

    def action_submit(self):
        """Hand the claim in for a decision."""
        self.check_access("write")
        self._check_has_lines()
        self._set_state("submitted")
        self._tell_customer("received")

    def _check_has_lines(self):
        for claim in self:
            if not claim.line_ids:
                raise UserError(
                    self.env._("Claim %s names no goods: add what broke first.", claim.name)
                )
