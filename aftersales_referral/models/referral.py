# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import LEDGER


class AftersalesReferral(models.Model):
    """One customer brought by another, and the rate promised for it (requirements 8, 73, 78).

    Registered from a quotation, by a code, a link or by hand; *qualified* once an order is
    confirmed; then the ledger (``aftersales.commission``) follows the order's documents. ``rate``,
    ``contract_id`` and ``plan_id`` are frozen at registration and only become better when the
    order is confirmed. All states change through :meth:`_set_state`.
    """

    _name = "aftersales.referral"
    _description = "Referral"
    _inherit = ["aftersales.guarded", "aftersales.state.gate", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transitions = {
        "registered": {"qualified", "rejected", "expired"},
        "qualified": {"rejected"},
        "rejected": set(),
        "expired": set(),
    }
    # what decides about money
    _guarded = frozenset(
        {
            "name",
            "state",
            "contract_id",
            "plan_id",
            "rate",
            "scope",
            "date",
            "date_end",
            "amount_limit",
            "warning",
            "source",
            "origin_order_id",
        }
    )

    name = fields.Char(required=True, readonly=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("qualified", "Qualified"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
        ],
        default="registered",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred by",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    referred_id = fields.Many2one(
        "res.partner", string="New Customer", index=True, ondelete="restrict", tracking=True
    )
    # a copy is another registration: it would keep people beyond their time
    contact_name = fields.Char(copy=False)
    phone = fields.Char(copy=False)
    email = fields.Char(copy=False)
    date = fields.Date(
        string="Registered on",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._aftersales_today(),
    )
    source = fields.Selection(
        [
            ("salesperson", "Salesperson"),
            ("code", "Code"),
            ("link", "Link"),
            ("portal", "Portal"),
        ],
        default="salesperson",
        required=True,
        readonly=True,
        copy=False,
        help="Who registered it, and how.",
    )
    reject_reason = fields.Char(tracking=True, copy=False)
    # a branch honours the contracts of the companies above it: no check_company
    contract_id = fields.Many2one(
        "aftersales.contract", readonly=True, copy=False, ondelete="restrict"
    )
    plan_id = fields.Many2one("aftersales.plan", readonly=True, copy=False, ondelete="restrict")
    rate = fields.Float(
        string="Rate (%)",
        readonly=True,
        copy=False,
        digits=(5, 2),
        aggregator="avg",
        help="The best of the day of registration and the day of the order, then frozen. 0: no "
        "contract yet; the day of the order decides.",
    )
    scope = fields.Selection(
        [("first_order", "First order"), ("period", "Every order of a period")],
        string="Rewards",
        default="first_order",
        required=True,
        readonly=True,
        copy=False,
        help="Which orders of the new customer earn the reward; frozen at registration.",
    )
    date_end = fields.Date(
        string="Orders until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Last day on which an order can be confirmed for the reward; empty: no end.",
    )
    amount_limit = fields.Monetary(
        string="At Most",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Highest reward for this referral, all orders together; 0: no limit.",
    )
    warning = fields.Text(
        string="Please Check",
        readonly=True,
        copy=False,
        help="What looks unusual but does not forbid the reward, such as the same address.",
    )
    consent_state = fields.Selection(
        [("none", "Not asked"), ("given", "Given"), ("refused", "Refused")],
        string="Consent of the Contact",
        default="none",
        required=True,
        copy=False,
        help="Nobody calls or writes to the contact before the consent is given.",
    )
    consent_date = fields.Date(copy=False)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", default=lambda self: self.env.user, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_ids = fields.One2many("sale.order", "referral_id", string="Orders", readonly=True)
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    origin_order_id = fields.Many2one(
        "sale.order",
        string="Registered by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The quotation that made this registration, and may change or drop it.",
    )
    commission_ids = fields.One2many("aftersales.commission", "referral_id", readonly=True)
    amount_earned = fields.Monetary(compute="_compute_amount_earned")

    _rate_is_percentage = models.Constraint(
        "CHECK(rate >= 0 AND rate <= 100)", "A reward lies between 0 and 100 %."
    )

    @api.depends("commission_ids.amount")
    def _compute_amount_earned(self):
        amounts = dict(
            # only the sum of a referral the user may read anyway
            self.env["aftersales.commission"]
            .sudo()
            ._read_group([("referral_id", "in", self.ids)], ["referral_id"], ["amount:sum"])
        )
        for referral in self:
            referral.amount_earned = amounts.get(referral._origin, 0.0)

    @api.depends("name", "referrer_id.name", "referred_id.name")
    def _compute_display_name(self):
        for referral in self:
            if referral.name == "/":  # not saved yet
                referral.display_name = self.env._("New")
                continue
            # only their names: they may belong to another company by now
            named = referral.sudo()
            referral.display_name = self.env._(
                "%(name)s: %(referrer)s for %(referred)s",
                name=referral.name,
                referrer=named.referrer_id.name or "",
                referred=named.referred_id.name or referral.contact_name or "?",
            )

    @api.depends("order_ids")
    def _compute_order_count(self):
        for referral in self:
            referral.order_count = len(referral.order_ids)

    # --- Life ----------------------------------------------------------------------------------

    def action_reject(self):
        """Refuse the reward; what was earned is reversed."""
        self.check_access("write")
        if not self.env.user.has_group("aftersales_plans.group_manager"):
            raise UserError(self.env._("Only a plan manager rejects a referral."))
        for referral in self:
            if not referral.reject_reason:
                raise UserError(self.env._("Write down why %s is rejected first.", referral.name))
        # States and ledger are nobody's to write; the manager's right was checked above.
        referrals = self.sudo()
        referrals._set_state("rejected")
        referrals.order_ids._review_reward()
        self.env["aftersales.commission"].sudo()._settle(referrals.order_ids)

    def _reject(self, reason):
        """Refuse the reward for ``reason``, in words; whoever calls settles what was earned."""
        self.reject_reason = reason
        self._set_state("rejected")

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_orders(self):
        """Open the orders this referral is rewarded for."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("referral_id", "in", self.ids)],
        }

    def action_open_commissions(self):
        """Open the ledger rows of this referral."""
        return open_action(self.env, LEDGER, [("referral_id", "in", self.ids)])
