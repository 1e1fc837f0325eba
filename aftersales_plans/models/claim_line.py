from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..calc import decision
from .claim import GRACE_DAYS, OPEN_STATES

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
        {
            "billing_type",
            "price_unit",
            "decision_note",
            "move_ids",
            "part_state",
            "part_quantity",
            "supplier_id",
            "supplier_reference",
            "decision_key",
            "counted_value",
            "replacement_asset_ids",
        }
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
        selection=lambda self: self._fields["billing_type"].selection,
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
    replacement_asset_ids = fields.Many2many(
        "aftersales.asset", string="Replaced by", readonly=True, copy=False
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

    @api.depends("product_id.lst_price", "quantity", "cause_id.replaces_part")
    def _compute_list_value(self):
        for line in self:
            price = line.product_id.lst_price if line.cause_id.replaces_part else 0.0
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
            asset, claim = line.asset_id, line.claim_id
            if line.product_id != asset.product_id or line.lot_id != asset.lot_id:
                raise ValidationError(
                    self.env._(
                        "%(asset)s is replaced by the same goods. To give something else, take "
                        "the asset off the line; it is then charged.",
                        asset=asset.name,
                    )
                )
            if asset.partner_id.commercial_partner_id != claim.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(asset)s belongs to %(owner)s, not to %(customer)s.",
                        asset=asset.name,
                        owner=asset.partner_id.display_name,
                        customer=claim.partner_id.display_name,
                    )
                )
            if claim.state in OPEN_STATES and claim.date_occurred < asset.date_delivered:
                raise ValidationError(
                    self.env._(
                        "%(asset)s was delivered on %(delivered)s, after %(occurred)s: enter the "
                        "day on which it happened.",
                        asset=asset.name,
                        delivered=format_date(self.env, asset.date_delivered),
                        occurred=format_date(self.env, claim.date_occurred),
                    )
                )
            if claim.state in OPEN_STATES and (
                line.uom_id.compare(line.quantity, asset.quantity) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(asset)s: only %(have)s %(unit)s were delivered, %(asked)s are claimed.",
                        asset=asset.name,
                        have=asset.quantity,
                        unit=line.uom_id.name,
                        asked=line.quantity,
                    )
                )

    def _check_still_there(self):
        """Refuse what was replaced already or is promised by another claim.

        :raises UserError: naming the asset, and the claim that was earlier
        """
        for line in self.filtered("asset_id"):
            asset = line.asset_id
            if asset.status != "in_use":
                states = dict(asset._fields["status"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(asset)s is out of use: %(status)s on %(day)s.",
                        asset=asset.name,
                        status=states[asset.status],
                        day=asset.date_out,
                    )
                )
            # whoever claimed them: the same goods are replaced once
            earlier = (
                self.sudo()
                .search(
                    [
                        ("asset_id", "=", asset.id),
                        ("claim_id.state", "=", "approved"),
                        ("claim_id", "!=", line.claim_id.id),
                        ("cause_id.replaces_part", "=", True),
                        ("billing_type", "!=", decision.REFUSED),
                    ]
                )
                .filtered(lambda other: other._left_to_ship() > 0)
            )
            same = line.claim_id.line_ids.filtered(
                lambda other, a=asset: other.asset_id == a and other.cause_id.replaces_part
            )
            asked = sum(other._left_to_ship() for other in earlier | same.sudo())
            if line.uom_id.compare(asked, asset.quantity) > 0:
                raise UserError(
                    self.env._(
                        "%(asset)s: %(have)s are there, but %(asked)s are claimed in all "
                        "(%(claims)s).",
                        asset=asset.name,
                        have=asset.quantity,
                        asked=asked,
                        claims=(earlier.claim_id | line.claim_id.sudo()).mapped("name"),
                    )
                )

    def _facts(self):
        """Return what is known about this line today as :class:`~..calc.decision.Facts`."""
        self.ensure_one()
        claim, contract = self.claim_id, self.claim_id.contract_id
        entitlement = claim.entitlement_id
        unlimited = bool(entitlement.unlimited or claim.usage_id)
        warranty_end = self.asset_id.warranty_end
        return decision.Facts(
            cause_billing=self.cause_id.billing_type,
            cause_is_defect=self.cause_id._is_defect(),
            consumes_quota=claim._uses_quota(self),
            in_warranty=bool(warranty_end and claim.date_occurred <= warranty_end),
            has_cover=bool(contract and contract in self.asset_id.contract_ids),
            in_term=bool(contract and contract._covers_day(claim.date_occurred)),
            reported_in_time=claim._is_reported_in_time(),
            parts_included=contract.contract_kind == "full_service",
            cause_excluded=self.cause_id in contract.excluded_cause_ids,
            quota_left=None if unlimited else entitlement.remaining,
            over_quota_policy=contract.over_quota_policy or "bill",
            value=self.list_value,
            forced=self.forced_billing_type or None,
        )

    def _record(self, made):
        """Write the decision on the line, its reason in words."""
        self.ensure_one()
        self.sudo().write(  # decisions are nobody's to write; approving was checked
            {
                "billing_type": made.billing_type,
                "decision_note": self._reason(made.reason),
                "decision_key": made.reason,
                "counted_value": (
                    self.list_value if made.billing_type == decision.CONTRACT else 0.0
                ),
                "price_unit": self._price() if made.billing_type == decision.BILLABLE else 0.0,
            }
        )

    def _price(self):
        """Return what the customer pays for one unit, or for the call where nothing was wrong."""
        if self.cause_id.replaces_part:
            return self.product_id.lst_price
        claim = self.claim_id
        return claim._prepare_service("product_call_out", 1.0, claim.contract_id.visit_rate)[
            "price_unit"
        ]

    def _forget_decision(self):
        """Leave the lines as they were before they were decided."""
        self.write(
            {
                "billing_type": False,
                "decision_note": False,
                "decision_key": False,
                "price_unit": 0.0,
            }
        )

    def _release_undelivered(self):
        """Take back from the contract the value of what did not come or was sent back."""
        for line in self.filtered("counted_value"):
            came = line._kept_quantity()
            kept = line.counted_value * min(1.0, came / line.quantity)
            kept = line.currency_id.round(kept)
            line.claim_id.contract_id._release_value(line.counted_value - kept)
            line.counted_value = kept

    def _billing_labels(self, types):
        """Return ``types`` in the user's language."""
        labels = dict(self._fields["billing_type"]._description_selection(self.env))
        return [labels[name] for name in types]

    def _reason(self, key):
        """Put the reason of a decision into words; ``key`` comes from ``calc.decision``."""
        entitlement = self.claim_id.entitlement_id
        used, included = entitlement.used, entitlement.included
        match key:
            case "warranty":
                return self.env._(
                    "Defect within the statutory guarantee: free with or without a plan"
                )
            case "cause_billable":
                return self.env._("%s is charged", self.cause_id.name)
            case "goodwill":
                return self.env._("Goodwill")
            case "no_cover":
                return self.env._("No service plan covers these goods: list price")
            case "overruled":
                return self.env._("Overruled: %s", self.overrule_note)
            case "reported_late":
                return self.env._(
                    "Reported more than %s days after it happened: list price", GRACE_DAYS
                )
            case "over_value_limit":
                return self.env._("Above the value the plan replaces: list price")
            case "outside_term":
                return self.env._("The plan did not run on that day: list price")
            case "parts_not_included":
                return self.env._("The plan includes services, not parts: list price")
            case "cause_excluded":
                return self.env._("The plan excludes: %s", self.cause_id.name)
            case "no_quota_needed":
                return self.env._("Covered by the plan; uses no replacement")
            case "over_quota":
                return self.env._(
                    "Replacement %(number)s, but the plan includes %(included)s a year",
                    number=used + 1,
                    included=included,
                )
            case "within_quota" if entitlement.unlimited:
                return self.env._("Replacement %(number)s, unlimited", number=used)
            case "within_quota":
                return self.env._(
                    "Replacement %(number)s of %(included)s this year",
                    number=used,
                    included=included,
                )

    def _prepare_charge(self):
        """Return this line as values of an order line, price in company currency."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_id.uom_id.id,
            "price_unit": self.price_unit,
            "discount": 0.0,
        }

    def _prepare_procurement(self, warehouse, reference):
        """Return what is asked of the warehouse's rules; goods others ship come from stock too.

        A dropshipment would be a purchase, which brings no goods to the claim that waits for them.
        """
        self.ensure_one()
        values = self._prepare_shipment(warehouse, reference)
        company = self.claim_id.company_id
        target = company.aftersales_replacement_location_id
        rule = warehouse.env["stock.rule"]._get_rule(
            self.product_id, target, {**values, "company_id": company}
        )
        if rule and rule.action not in ("pull", "pull_push"):
            values["route_ids"] = warehouse.delivery_route_id
        return values

    def _prepare_shipment(self, warehouse, reference):
        return {
            "warehouse_id": warehouse,
            "partner_id": self.claim_id.site_id.id,
            "reference_ids": reference,
            "date_planned": fields.Datetime.now(),
            "aftersales_claim_line_id": self.id,
            "aftersales_claim_id": self.claim_id.id,
            # a serial number is out already; of a batch there may be more
            "aftersales_lot_id": self.lot_id.id if self.product_id.tracking == "lot" else False,
        }

    def _on_replaced(self, replacements):
        """Take the broken goods out of the register; ``replacements`` inherit their cover."""
        self.ensure_one()
        self.replacement_asset_ids |= replacements
        if not self.asset_id:
            return
        replacements.partner_id = self.asset_id.partner_id
        # More may be shipped than was claimed, or than the asset holds; nobody is stopped.
        came = sum(replacements.mapped("quantity"))
        claimed = self.quantity - (self._shipped_quantity() - came)
        quantity = min(came, claimed, self.asset_id.quantity)
        if self.uom_id.compare(quantity, 0) <= 0:
            return
        broken = self.asset_id._split(quantity)
        broken.write({"condition": "broken", "replaced_by_id": replacements[:1].id})
        replacements.write({"origin_asset_id": self.asset_id.id})
        if broken.status == "in_use":  # else it came back by itself, and its cover ended then
            for contract in broken.contract_ids._live():
                contract.asset_ids |= replacements
            broken._take_out("replaced", replacements[:1].date_delivered, self.claim_id.name)
