from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..calc import decision

OPEN_STATES = ("draft", "submitted")
DECIDED_ON = {
    "partner_id",
    "site_id",
    "contract_id",
    "company_id",
    "channel",
    "date_reported",
    "date_occurred",
}
SHIPPED_TYPES = (decision.CONTRACT, decision.WARRANTY, decision.GOODWILL)


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
        "refused": set(),
        "cancelled": set(),
    }
    _guarded = frozenset({"name", "state", "usage_id", "sale_order_id", "move_ids"})

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
        "res.users", string="Responsible", default=lambda self: self.env.user, tracking=True
    )
    channel = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail"), ("portal", "Portal"), ("visit", "Visit")],
        default="phone",
        required=True,
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
        help="Cover and the year's quota follow this day.",
    )
    payment_warning = fields.Char(related="contract_id.payment_warning")
    response_deadline = fields.Datetime(
        compute="_compute_response_deadline", store=True, help="Promised by the plan."
    )
    description = fields.Text(string="What happened")
    line_ids = fields.One2many("aftersales.claim.line", "claim_id", string="Goods", copy=True)
    move_ids = fields.One2many("stock.move", "aftersales_claim_id", readonly=True)
    picking_ids = fields.Many2many(
        "stock.picking", string="Shipments", compute="_compute_picking_ids", compute_sudo=True
    )
    picking_count = fields.Integer(compute="_compute_picking_ids", compute_sudo=True)
    sale_order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, copy=False, index="btree_not_null"
    )
    usage_id = fields.Many2one(
        "aftersales.entitlement.usage", string="Quota Use", readonly=True, copy=False
    )
    entitlement_id = fields.Many2one(
        "aftersales.entitlement", string="Quota", compute="_compute_entitlement_id"
    )
    entitlement_label = fields.Char(string="Replacements", compute="_compute_entitlement_id")

    @api.model_create_multi
    def create(self, vals_list):
        """Number the claims."""
        claims = super().create(vals_list)
        for claim in claims.sudo():  # numbers are nobody's to write
            sequence = self.env["ir.sequence"].with_company(claim.company_id)
            claim.name = sequence.next_by_code("aftersales.claim")
        return claims

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
        """Find the contract that covered the day, else the live one."""
        for claim in self:
            contracts = claim.line_ids.asset_id.contract_ids
            on_day = contracts.filtered(
                lambda contract, day=claim.date_occurred: day and contract._covers_day(day)
            )
            live = claim.line_ids.asset_id.contract_id
            claim.contract_id = claim.contract_id or on_day[:1] or live[:1]

    @api.depends("date_reported")
    def _compute_date_occurred(self):
        for claim in self:
            claim.date_occurred = claim.date_occurred or claim.company_id._aftersales_day_of(
                claim.date_reported
            )

    @api.depends("date_reported", "contract_id.response_hours")
    def _compute_response_deadline(self):
        for claim in self:
            hours = claim.contract_id.response_hours
            claim.response_deadline = hours and claim.date_reported + timedelta(hours=hours)

    @api.depends("move_ids.picking_id")
    def _compute_picking_ids(self):
        for claim in self:
            claim.picking_ids = claim.move_ids.picking_id
            claim.picking_count = len(claim.picking_ids)

    @api.depends("contract_id.entitlement_ids.used", "date_occurred")
    def _compute_entitlement_id(self):
        for claim in self:
            entitlement = (
                claim.contract_id._entitlement("replacement", claim.date_occurred)
                if claim.contract_id and claim.date_occurred
                else self.env["aftersales.entitlement"]
            )
            claim.entitlement_id = entitlement
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

    # --- States --------------------------------------------------------------------------------

    def action_submit(self):
        """Hand the claim in for a decision."""
        self.check_access("write")
        self._check_has_lines()
        self._set_state("submitted")

    def action_approve(self):
        """Decide, use the quota, ship what is covered and quote what is not."""
        self.check_access("write")
        self._check_has_lines()
        for claim in self:
            claim._approve()

    def action_refuse(self):
        """Refuse the whole claim."""
        self.check_access("write")
        self.line_ids.sudo().write({"billing_type": decision.REFUSED})  # checked above
        self._set_state("refused")

    def action_cancel(self):
        """Withdraw the claim: what is still open is cancelled, the quota comes back.

        The quota stays used when a covered part reached the customer already.
        """
        self.check_access("write")
        for claim in self:
            claim._withdraw()

    def _withdraw(self):
        """Cancel one claim with its open shipments and quotation."""
        self.ensure_one()
        self._set_state("cancelled")
        hidden = self.sudo()  # callers check; shipments and quotation belong to other roles
        hidden.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))._action_cancel()
        if hidden.sale_order_id.state in ("draft", "sent"):
            hidden.sale_order_id._action_cancel()
        if hidden.usage_id and not hidden._delivered_moves():
            hidden.usage_id.entitlement_id._give_back(self)

    def _delivered_moves(self):
        """Return the moves of this claim that handed goods to the customer."""
        return self.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )

    def _check_has_lines(self):
        for claim in self:
            if not claim.line_ids:
                raise UserError(
                    self.env._("Claim %s names no goods: add what broke first.", claim.name)
                )

    def _approve(self):
        """Carry out the approval of one claim; one transaction."""
        self.ensure_one()
        self.line_ids._check_still_there()
        self._set_state("approved")
        self._decide()
        self._check_goodwill_right()
        if decision.CONTRACT in self.line_ids.mapped("billing_type"):
            self.contract_id._check_benefits_not_held()
        self._ship(self.line_ids.filtered(lambda line: line.billing_type in SHIPPED_TYPES))
        self._quote(self.line_ids.filtered(lambda line: line.billing_type == decision.BILLABLE))
        self._finish()

    def _decide(self):
        """Decide every line; use one replacement if any covered line needs it."""
        decisions = {line: line._decide() for line in self.line_ids}
        wanted = any(made.consumes for made in decisions.values())
        if wanted and not self.usage_id:
            hidden = self.sudo()  # checked by action_approve; counters are nobody's to write
            hidden.usage_id = hidden.entitlement_id._consume(self)
            if not self.usage_id:  # someone used the last one since the lines were decided
                self.invalidate_recordset(["entitlement_id"])
                decisions = {line: line._decide() for line in self.line_ids}
        for line, made in decisions.items():
            line._record(made)

    def _check_goodwill_right(self):
        goodwill = decision.GOODWILL in self.line_ids.mapped("billing_type")
        if goodwill and not self.env.user.has_group("aftersales_plans.group_manager"):
            raise AccessError(
                self.env._(
                    "Claim %s gives goods away as goodwill: ask a plan manager to approve it.",
                    self.name,
                )
            )

    def _finish(self):
        """Close the claims whose shipments and quotations are all settled.

        Where nothing reached the customer and nothing was bought, although something had been
        promised, the claim is cancelled and its quota comes back.
        """
        for claim in self.filtered(lambda claim: claim.state == "approved"):
            hidden = claim.sudo()  # follows from a shipment or an order, whoever settled it
            moves, order = hidden.move_ids, hidden.sale_order_id
            if set(moves.mapped("state")) - {"done", "cancel"} or order.state in ("draft", "sent"):
                continue
            nothing_came = not hidden._delivered_moves() and order.state != "sale"
            if nothing_came and (moves or order):
                claim._withdraw()
            else:
                claim._set_state("done")

    # --- Shipping and billing ------------------------------------------------------------------

    def _ship(self, lines):
        """Order ``lines`` from stock to the after-sales location, by the warehouse's own routes.

        The shipment carries no sale order: core would add its products to the order (design §3).
        """
        if not lines:
            return
        company = self.company_id
        rule = self.env["stock.rule"].sudo()  # checked by action_approve
        warehouse = self.sudo().contract_id.sale_order_id.warehouse_id or self.env[
            "stock.warehouse"
        ].sudo().search([("company_id", "=", company.id)], limit=1)
        reference = self.env["stock.reference"].sudo().create({"name": self.name})
        rule.run(
            [
                rule.Procurement(
                    line.product_id,
                    line.quantity,
                    line.product_id.uom_id,
                    company.aftersales_replacement_location_id,
                    line.product_id.display_name,
                    self.name,
                    company,
                    line._prepare_procurement(warehouse, reference),
                )
                for line in lines
            ]
        )

    def _quote(self, lines):
        """Offer ``lines`` to the customer at list price."""
        if not lines:
            return
        hidden = self.sudo()  # checked by action_approve; agents need not be salespeople
        order = hidden.env["sale.order"].create(
            {
                "partner_id": self.partner_id.id,
                "partner_shipping_id": self.site_id.id,
                "company_id": self.company_id.id,
                "origin": self.name,
                "user_id": hidden.contract_id.user_id.id or self.env.uid,
            }
        )
        order.order_line = [Command.create(line._prepare_order_line(order)) for line in lines]
        hidden.sale_order_id = order

    # --- Hooks for siblings --------------------------------------------------------------------

    def _uses_quota(self, line):
        """Tell whether ``line`` uses a replacement; a sibling may say no for its own claims."""
        return line.cause_id.consumes_quota

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_pickings(self):
        """Open the shipments of this claim."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return dict(action, domain=[("id", "in", self.picking_ids.ids)], context={})

    def action_open_quotation(self):
        """Open the quotation for what the customer pays."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()
