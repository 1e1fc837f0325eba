# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from .linked_records import ASSETS, CLAIMS, open_action

LIVE_STATES = ("draft", "active", "suspended")


class AftersalesContract(models.Model):
    """A plan as one customer bought it, with its terms frozen (requirements 1-4; design §3).

    Created in draft when an order with a plan line is confirmed, one per plan line; becomes
    active by its ``start_policy``. All states change through :meth:`_set_state`.
    """

    _name = "aftersales.contract"
    _description = "Service Contract"
    _inherit = [
        "aftersales.terms",
        "aftersales.guarded",
        "aftersales.state.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _transitions = {
        "draft": {"active", "cancelled"},
        "active": {"suspended", "expired", "cancelled"},
        "suspended": {"active", "cancelled"},
        "expired": set(),
        "cancelled": set(),
    }
    _guarded = frozenset(
        {
            "name",
            "state",
            "sale_line_id",
            "sale_order_id",
            "amount_untaxed",
            "date_start",
            "date_end",
            "date_closed",
            "asset_ids",
        }
    )

    # Written by the import of running contracts, else by nobody: guarded, not readonly.
    name = fields.Char(required=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        [
            ("draft", "Not started"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    plan_id = fields.Many2one(
        "aftersales.plan", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    site_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        help="Address where the goods are used.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold as",
        readonly=True,
        copy=False,
        index="btree_not_null",  # read for every service line of every order
        ondelete="set null",  # what can be deleted is a cancelled order, its contract with it
        check_company=True,
    )
    sale_order_id = fields.Many2one(
        related="sale_line_id.order_id", store=True, index="btree_not_null"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    # Related, unlike that of plans: so the database can add up prices.
    currency_id = fields.Many2one(compute=None, related="company_id.currency_id")
    amount_untaxed = fields.Monetary(string="Price", copy=False, help="Net of taxes, as sold.")
    date_start = fields.Date(string="Start", copy=False, tracking=True, index=True)
    date_end = fields.Date(
        string="End",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        help="Last day, inclusive.",
    )
    date_closed = fields.Date(
        string="Closed on",
        readonly=True,
        copy=False,
        help="The day the contract really ended, where it ended before its term.",
    )
    asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_contract_asset_rel",
        "contract_id",
        "asset_id",
        string="Covered Assets",
        copy=False,
        check_company=True,
    )
    entitlement_ids = fields.One2many("aftersales.entitlement", "contract_id", readonly=True)
    claim_ids = fields.One2many("aftersales.claim", "contract_id", readonly=True)
    can_amend = fields.Boolean(compute="_compute_can_amend")
    asset_count = fields.Integer(compute="_compute_counts")
    claim_count = fields.Integer(compute="_compute_counts")

    _sale_line_unique = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL AND state != 'cancelled'",
        "This order line has its contract already.",
    )
    # Carried over from before the installation: few or none, among all that were sold.
    _opening_idx = models.Index("(id) WHERE sale_line_id IS NULL")
    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "A contract cannot end before it starts.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Number the contracts and freeze the terms of their plans (design §3).

        What the caller gives is created with the caller's rights; number, terms and what a
        manager states of a running contract are added by ourselves.
        """
        ours = [{**self._prepare_new(vals), **self._prepare_opening(vals)} for vals in vals_list]
        if self.env.su:
            return (
                super()
                .create([{**vals, **own} for vals, own in zip(vals_list, ours, strict=True)])
                ._open_running()
            )
        contracts = super().create([self._without_opening(vals) for vals in vals_list])
        # nobody's to write by hand, and checked by the create above
        for contract, own in zip(contracts.sudo(), ours, strict=True):
            contract.write(own)
        return contracts._open_running()

    def _prepare_new(self, vals):
        """Return the number and the terms of a contract that is created with ``vals``."""
        company_id = vals.get("company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].sudo().with_company(company_id)  # numbers for all
        plan = self.env["aftersales.plan"].sudo().browse(vals.get("plan_id"))  # checked on create
        today = self.env["res.company"].browse(company_id)._aftersales_today()
        start = fields.Date.to_date(vals.get("date_start"))
        terms = plan._prepare_terms() if plan else {}
        named = vals.get("name", "/") != "/"
        return {
            **{name: value for name, value in terms.items() if name not in vals},
            "name": vals["name"] if named else sequence.next_by_code("aftersales.contract"),
            "date_sold": min(today, start or today),
        }

    def write(self, vals):
        """Refuse to move a contract to another plan or company once it exists."""
        if not self.env.su and not {"plan_id", "company_id"}.isdisjoint(vals):
            raise UserError(
                self.env._("A contract keeps its plan and company: sell another plan instead.")
            )
        self._check_amendable(vals)
        result = super().write(vals)
        if "start_policy" in vals:
            self._start_if_complete()
        if not self._terms_fields_of_schedule().isdisjoint(vals):
            self._reschedule()
        return result

    def _check_amendable(self, vals):
        """Raise when terms of a contract that is over would change.

        :raises UserError: naming the contract
        """
        if self.env.su or set(self._terms_fields()).isdisjoint(vals):
            return
        over = self - self._live()
        if over:
            raise UserError(
                self.env._("%s is over: its terms stay as they were.", over[0].display_name)
            )

    def _guarded_fields(self):
        """Add the terms, which are frozen at the sale: only a plan manager amends them."""
        if self.env.user.has_group("aftersales_plans.group_manager"):
            return self._guarded_names()
        return self._guarded_names() | set(self._terms_fields())

    @api.depends("name", "plan_id.name")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = f"{contract.name} {contract.plan_id.name or ''}".strip()

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_amend(self):
        manager = self.env.user.has_group("aftersales_plans.group_manager")
        for contract in self:
            contract.can_amend = manager and contract.state in LIVE_STATES

    def _compute_counts(self):
        claims = dict(
            self.env["aftersales.claim"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.asset_count = len(contract.asset_ids)
            contract.claim_count = claims.get(contract, 0)

    def _live(self):
        """Return the contracts that are not over: still to start, running or suspended."""
        return self.filtered(lambda contract: contract.state in LIVE_STATES)

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_assets(self):
        """Open the goods this contract covers."""
        return open_action(self.env, ASSETS, [("id", "in", self.asset_ids.ids)])

    def action_open_claims(self):
        """Open the claims of this contract; a new one starts with its customer and site."""
        self.ensure_one()
        return open_action(
            self.env,
            CLAIMS,
            [("contract_id", "=", self.id)],
            default_contract_id=self.id,
            default_partner_id=self.partner_id.id,
            default_site_id=self.site_id.id,
        )

    def action_open_order(self):
        """Open the order the contract was sold on."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()
