# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..calc import decision
from .choices import choices_of
from .claim import OPEN_STATES

AFTER_DECISION = {"supplier_answer"}  # what may still be written once a claim is decided

#: What a manager looked at when overruling a decision.
OVERRULED_ON = {"claim_id", "asset_id", "product_id", "lot_id", "quantity", "cause_id"}


class AftersalesClaimLine(models.Model):
    """One kind of broken goods of a claim, with who pays for it and why (requirement 71)."""

    _name = "aftersales.claim.line"
    _description = "Claim Line"
    _inherit = ["aftersales.guarded"]
    _check_company_auto = True
    _guarded = frozenset(
        {"billing_type", "price_unit", "decision_note", "decision_key", "counted_value"}
    )

    claim_id = fields.Many2one("aftersales.claim", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="claim_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(
        "aftersales.asset", index="btree_not_null", ondelete="restrict", check_company=True
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_asset",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        compute="_compute_from_asset",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    cause_id = fields.Many2one("aftersales.cause", required=True, index=True, ondelete="restrict")
    billing_type = fields.Selection(
        [
            (decision.CONTRACT, "Plan"),
            (decision.WARRANTY, "Guarantee"),
            (decision.GOODWILL, "Goodwill"),
            (decision.BILLABLE, "Customer"),
            (decision.REFUSED, "Refused"),
        ],
        string="Paid by",
        readonly=True,
        copy=False,
    )
    price_unit = fields.Monetary(
        string="Price", readonly=True, copy=False, help="What the customer pays for one unit."
    )
    decision_note = fields.Char(string="Reason", readonly=True, copy=False)
    decision_key = fields.Char(readonly=True, copy=False, help="The reason as calc.decision says.")
    forced_billing_type = fields.Selection(
        selection=choices_of("billing_type"),
        string="Overrule",
        copy=False,
        help="What a plan manager decides instead.",
    )
    overrule_note = fields.Char(string="Overruled Because", copy=False)
    list_value = fields.Monetary(
        compute="_compute_list_value", help="List price of the goods on this line."
    )
    counted_value = fields.Monetary(
        readonly=True, copy=False, help="What counts against the value limits of the contract."
    )

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "Claim a quantity above zero.")

    def _guarded_fields(self):
        """Let a plan manager overrule a decision, nobody else."""
        if self.env.user.has_group("aftersales_plans.group_manager"):
            return self._guarded_names()
        return self._guarded_names() | {"forced_billing_type", "overrule_note"}

    @api.constrains("forced_billing_type", "overrule_note")
    def _check_overrule_note(self):
        for line in self:
            if line.forced_billing_type and not line.overrule_note:
                raise ValidationError(
                    self.env._(
                        "%(goods)s of claim %(claim)s: say why you overrule the decision.",
                        goods=line.product_id.display_name,
                        claim=line.claim_id.name,
                    )
                )

    @api.depends("company_id", "product_id.lst_price", "quantity", "cause_id.replaces_part")
    def _compute_list_value(self):
        for line in self:
            price, company = 0.0, line.company_id or self.env.company
            if line.product_id and line.cause_id.replaces_part:
                price = line.product_id._aftersales_list_price(company)
            line.list_value = price * line.quantity

    @api.depends("asset_id")
    def _compute_from_asset(self):
        for line in self:
            line.product_id = line.asset_id.product_id or line.product_id
            line.lot_id = line.asset_id.lot_id or line.lot_id

    @api.model_create_multi
    def create(self, vals_list):
        """Add goods to open claims only."""
        lines = super().create(vals_list)
        if not self.env.su:
            lines.claim_id.check_access("write")
            lines.claim_id._check_open()
        return lines

    def write(self, vals):
        """Change goods of open claims only, and leave to a manager what a manager overruled."""
        if not self.env.su and vals.keys() - AFTER_DECISION:
            self.claim_id._check_open()
            self._check_not_overruled(vals)
        if not self.env.su and "claim_id" in vals:
            target = self.env["aftersales.claim"].browse(vals["claim_id"])
            target.check_access("write")
            target._check_open()
        return super().write(vals)

    def _check_not_overruled(self, vals):
        """Raise when goods change that a plan manager has decided on.

        :raises UserError: naming the goods
        """
        if OVERRULED_ON.isdisjoint(vals) or self.env.user.has_group(
            "aftersales_plans.group_manager"
        ):
            return
        overruled = self.filtered("forced_billing_type")
        if overruled:
            raise UserError(
                self.env._(
                    "A plan manager decided on %s. Ask a manager to change this line.",
                    overruled[0].product_id.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_of_open_claims(self):
        if not self.env.su:
            self.claim_id._check_open()

    @api.constrains("asset_id", "product_id", "lot_id", "quantity", "claim_id")
    def _check_asset(self):
        for line in self.filtered("asset_id"):
            error = line._goods_error()
            if not error and line.claim_id.state in OPEN_STATES:
                error = line._report_error()
            if error:
                raise ValidationError(error)

    def _goods_error(self):
        """Return why the asset is not what this line replaces, in words; else False."""
        asset, customer = self.asset_id, self.claim_id.partner_id
        if self.product_id != asset.product_id or self.lot_id != asset.lot_id:
            return self.env._(
                "%(asset)s is replaced by the same goods. To give something else, take the asset "
                "off the line; it is then charged.",
                asset=asset.name,
            )
        if asset.partner_id.commercial_partner_id != customer.commercial_partner_id:
            return self.env._(
                "%(asset)s belongs to %(owner)s, not to %(customer)s.",
                asset=asset.name,
                owner=asset.partner_id.display_name,
                customer=customer.display_name,
            )
        return False

    def _report_error(self):
        """Return what cannot be true of the asset as it was reported, in words; else False."""
        asset, occurred = self.asset_id, self.claim_id.date_occurred
        if occurred < asset.date_delivered:
            return self.env._(
                "%(asset)s was delivered on %(delivered)s, after %(occurred)s: enter the day on "
                "which it happened.",
                asset=asset.name,
                delivered=format_date(self.env, asset.date_delivered),
                occurred=format_date(self.env, occurred),
            )
        if self.uom_id.compare(self.quantity, asset.quantity) > 0:
            return self.env._(
                "%(asset)s: only %(have)s %(unit)s were delivered, %(asked)s are claimed.",
                asset=asset.name,
                have=asset.quantity,
                unit=self.uom_id.name,
                asked=self.quantity,
            )
        return False
