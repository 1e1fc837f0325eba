from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What decides about money: set by our own methods, never by hand.
GUARDED = {
    "name", "state", "contract_id", "plan_id", "rate", "date", "source", "company_id",
    "ledger_version",
}  # fmt: skip


class AftersalesReferral(models.Model):
    """One customer brought by another, and the rate promised for it (requirements 8, 73, 78).

    Registered from a quotation or by hand; *qualified* once an order is confirmed; then the
    ledger (``aftersales.commission``) follows the order's documents. ``rate``, ``contract_id``
    and ``plan_id`` are frozen at registration. All states change through :meth:`_set_state`.
    """

    _name = "aftersales.referral"
    _description = "Referral"
    _inherit = ["aftersales.state.gate", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transitions = {
        "registered": {"qualified", "rejected", "expired"},
        "qualified": {"rejected"},
        "rejected": set(),
        "expired": set(),
    }

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
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
    contact_name = fields.Char()
    phone = fields.Char()
    email = fields.Char()
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
    )
    reject_reason = fields.Char(tracking=True, copy=False)
    contract_id = fields.Many2one(
        "aftersales.contract", readonly=True, copy=False, ondelete="restrict", check_company=True
    )
    plan_id = fields.Many2one(
        "aftersales.plan", readonly=True, copy=False, ondelete="restrict", check_company=True
    )
    rate = fields.Float(
        string="Rate (%)",
        readonly=True,
        copy=False,
        digits=(5, 2),
        help="Frozen at registration.",
    )
    consent_state = fields.Selection(
        [("none", "Not asked"), ("given", "Given"), ("refused", "Refused")],
        string="Consent of the Contact",
        default="none",
        required=True,
        copy=False,
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
    commission_ids = fields.One2many("aftersales.commission", "referral_id", readonly=True)
    amount_earned = fields.Monetary(compute="_compute_amount_earned")
    ledger_version = fields.Integer(readonly=True, copy=False)

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
            referral.display_name = self.env._(
                "%(name)s: %(referrer)s for %(referred)s",
                name=referral.name,
                referrer=referral.referrer_id.name or "",
                referred=referral.referred_id.name or referral.contact_name or "?",
            )

    # --- Registration --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give each referral its number, day and frozen rate; the rate is nobody's to type."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not self.env.su and not GUARDED.isdisjoint(vals.keys() - {"company_id"}):
                raise UserError(
                    self.env._("Rate, plan and state of a referral follow from the contract.")
                )
            company = self.env["res.company"].browse(
                vals.setdefault("company_id", self.env.company.id)
            )
            # given here, so that no default of a client's context or of a user decides
            vals.setdefault("date", company._aftersales_today())
            vals.setdefault("state", "registered")
            vals.setdefault("source", "salesperson")
            vals.setdefault("ledger_version", 0)
            vals["name"] = (
                self.env["ir.sequence"].with_company(company).next_by_code("aftersales.referral")
            )
            referrer = self.env["res.partner"].browse(vals.get("referrer_id"))
            vals.update(self._prepare_frozen_terms(referrer, company))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse by-hand changes of what decides about money."""
        if not self.env.su and not GUARDED.isdisjoint(vals):
            raise UserError(
                self.env._("Rate, plan and state of a referral follow from the contract.")
            )
        if {"referrer_id", "referred_id"} & vals.keys() and not self.env.su:
            for referral in self:
                if referral.state != "registered" or referral.order_ids:
                    raise UserError(
                        self.env._(
                            "%s keeps its people: change who referred the customer on the "
                            "quotation.",
                            referral.name,
                        )
                    )
        people = {referral: (referral.referrer_id, referral.referred_id) for referral in self}
        result = super().write(vals)
        if {"referrer_id", "referred_id"} & vals.keys():
            self._date_other_people(people)
        if "referrer_id" in vals and not self.env.su:
            for referral in self.sudo():  # the new referrer's rate, which users cannot write
                referral.write(
                    self._prepare_frozen_terms(referral.referrer_id, referral.company_id)
                )
        return result

    def _date_other_people(self, people):
        """Register other people as of today: an early day is not kept for whoever comes later.

        :param people: who the referrals named before: {referral: (referrer, referred)}
        """
        for referral, before in people.items():
            referrer, referred = (partner.commercial_partner_id for partner in before)
            same_referred = referral.referred_id.commercial_partner_id == referred
            if referral.referrer_id.commercial_partner_id != referrer or (
                referred and not same_referred
            ):
                # the day is nobody's to write; who may be named was checked
                referral.sudo().write({"date": referral.company_id._aftersales_today()})

    @api.model
    def _register_order(self, order):
        """Make, update or drop the referral of a quotation after its "Referred by" changed.

        Called by ``sale.order`` after the user's right to write the order was checked.

        :raises UserError: the order is confirmed, or was once and the user is no plan manager, or
            the customer was referred by another before
        :raises ValidationError: the people may not refer one another, the referrer has no plan
            that rewards it, or the customer is not new
        """
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is confirmed: who referred the customer must be named before.", order.name
                )
            )
        self._check_not_late(order)
        if not order.referrer_id:
            order.referral_id._drop_from(order)
            return
        self._check_new_customer(order)
        referral = self._reuse(order)
        if referral:
            referral.write(self._prepare_from_order(order))
            referral.write(self._prepare_frozen_terms(order.referrer_id, order.company_id))
        else:
            order.referral_id._drop_from(order)
            referral = self.create(self._prepare_from_order(order))
        order.referral_id = referral

    @api.model
    def _prepare_from_order(self, order):
        return {
            "referrer_id": order.referrer_id.id,
            "referred_id": order.partner_id.id,
            "user_id": order.user_id.id,
            "company_id": order.company_id.id,
        }

    @api.model
    def _reuse(self, order):
        """Return the open referral this order belongs to; the earliest registration wins.

        :raises UserError: another referrer was earlier
        """
        earlier = self.search(
            [
                ("state", "=", "registered"),
                ("company_id", "=", order.company_id.id),
                (
                    "referred_id.commercial_partner_id",
                    "=",
                    order.partner_id.commercial_partner_id.id,
                ),
            ],
            order="date, id",
            limit=1,
        )
        same = earlier.referrer_id.commercial_partner_id == order.referrer_id.commercial_partner_id
        if earlier and not same and earlier.order_ids != order:
            raise UserError(
                self.env._(
                    "%(customer)s was already referred by %(referrer)s on %(date)s (%(name)s).",
                    customer=order.partner_id.display_name,
                    referrer=earlier.referrer_id.display_name,
                    date=earlier.date,
                    name=earlier.name,
                )
            )
        if earlier:
            return earlier
        own = order.referral_id
        return own if own.state == "registered" and own.order_ids == order else self.browse()

    def _drop_from(self, order):
        """Take the referral off a quotation; without any order left it is rejected."""
        for referral in self:
            order.referral_id = False
            if referral.state == "registered" and not referral.order_ids:
                referral.reject_reason = self.env._("Taken off %s.", order.name)
                referral._set_state("rejected")

    # --- Life ----------------------------------------------------------------------------------

    @api.model
    def _follow_confirmation(self, orders):
        """Qualify the referrals of confirmed orders; only the first order of each counts.

        What is paid by then is settled at once. Never raises: an order confirms whatever its
        referral looks like by then.
        """
        for order in orders.filtered("referral_id"):
            referral = order.referral_id
            if referral.order_ids.filtered(lambda o, order=order: o.state == "sale") - order:
                order.message_post(
                    body=self.env._("%s rewards the first order only, not this one.", referral.name)
                )
                order.referral_id = False
            elif referral.state == "registered":
                referral._set_state("qualified")
        self.env["aftersales.commission"]._settle(orders)

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
        self.env["aftersales.commission"].sudo()._settle(referrals.order_ids)

    def _take_ledger_turn(self):
        """Let only one of several runs at once append rows for these referrals.

        At REPEATABLE READ two transactions that update the same row conflict; the later is
        retried by Odoo on fresh data. Must come before the documents are read.
        """
        if self:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE aftersales_referral
                       SET ledger_version = COALESCE(ledger_version, 0) + 1
                     WHERE id IN %(ids)s
                 RETURNING id
                    """,
                    ids=tuple(self.ids),
                )
            )
            self.invalidate_recordset(["ledger_version"], flush=False)

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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_commission_action"
        )
        return dict(action, domain=[("referral_id", "in", self.ids)], context={})
