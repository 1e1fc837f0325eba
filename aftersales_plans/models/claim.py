from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..calc import decision

TRANSITIONS = {
    "draft": {"submitted", "approved", "refused", "cancelled"},
    "submitted": {"approved", "refused", "cancelled"},
    "approved": {"done", "cancelled"},
    "done": set(),
    "refused": set(),
    "cancelled": set(),
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
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

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
        """Draw the number of each claim from its company's sequence."""
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company_id = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company_id)
                    .next_by_code("aftersales.claim")
                )
        return super().create(vals_list)

    @api.depends("contract_id", "partner_id")
    def _compute_site_id(self):
        for claim in self:
            claim.site_id = claim.site_id or claim.contract_id.site_id or claim.partner_id

    @api.depends("line_ids.asset_id")
    def _compute_contract_id(self):
        for claim in self:
            live = claim.line_ids.asset_id.contract_id
            claim.contract_id = claim.contract_id or live[:1]

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

    def _set_state(self, state):
        """Move to ``state``; the only place where it changes.

        :raises UserError: the move is not in ``TRANSITIONS``.
        """
        for claim in self:
            if state not in TRANSITIONS[claim.state]:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "Claim %(name)s is %(old)s and cannot become %(new)s.",
                        name=claim.name,
                        old=states[claim.state],
                        new=states[state],
                    )
                )
        self.write({"state": state})

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
        self.line_ids.write({"billing_type": decision.REFUSED})
        self._set_state("refused")

    def action_cancel(self):
        """Withdraw the claim: shipments and quotation are cancelled, the quota comes back.

        The quota stays used when a covered part was shipped already.
        """
        self.check_access("write")
        for claim in self:
            claim._set_state("cancelled")
            hidden = claim.sudo()  # checked above; shipments and quotation belong to other roles
            if "done" not in hidden.move_ids.mapped("state"):
                hidden.move_ids._action_cancel()
                hidden.usage_id.entitlement_id._give_back(claim) if hidden.usage_id else None
            if hidden.sale_order_id.state in ("draft", "sent"):
                hidden.sale_order_id._action_cancel()

    def _check_has_lines(self):
        for claim in self:
            if not claim.line_ids:
                raise UserError(
                    self.env._("Claim %s names no goods: add what broke first.", claim.name)
                )

    def _approve(self):
        """Carry out the approval of one claim; one transaction."""
        self.ensure_one()
        self._set_state("approved")
        self._decide()
        self._check_goodwill_right()
        self._ship(self.line_ids.filtered(lambda line: line.billing_type in SHIPPED_TYPES))
        self._quote(self.line_ids.filtered(lambda line: line.billing_type == decision.BILLABLE))
        self._finish()

    def _decide(self):
        """Decide every line; use one replacement if any covered line needs it."""
        decisions = {line: line._decide() for line in self.line_ids}
        wanted = any(made.consumes for made in decisions.values())
        if wanted and not self.usage_id:
            # checked by action_approve; counters are nobody's to write
            self.usage_id = self.sudo().entitlement_id._consume(self)
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
        """Close the claims whose shipments and quotations are all settled."""
        for claim in self.filtered(lambda claim: claim.state == "approved"):
            hidden = claim.sudo()  # follows from a shipment or an order, whoever settled it
            moves_open = set(hidden.move_ids.mapped("state")) - {"done", "cancel"}
            if not moves_open and hidden.sale_order_id.state not in ("draft", "sent"):
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
        order = (
            self.env["sale.order"]
            .sudo()  # checked by action_approve; agents need not be salespeople
            .create(
                {
                    "partner_id": self.partner_id.id,
                    "partner_shipping_id": self.site_id.id,
                    "company_id": self.company_id.id,
                    "origin": self.name,
                    "user_id": self.contract_id.user_id.id or self.env.uid,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "product_uom_qty": line.quantity,
                                "product_uom_id": line.product_id.uom_id.id,
                            }
                        )
                        for line in lines
                    ],
                }
            )
        )
        self.sale_order_id = order

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
