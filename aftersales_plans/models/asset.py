from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .contract import LIVE_STATES

SEEN_ON_SITE = {"condition"}
DELIVERED_FACTS = {
    "product_id",
    "lot_id",
    "quantity",
    "date_delivered",
    "warranty_end",
    "company_id",
}


class AftersalesAsset(models.Model):
    """One delivered unit or lot of goods: the installed-base register (requirement 45).

    One row per delivered stock move and lot or serial number, plan or no plan. What is replaced
    splits off as a child (``origin_asset_id``), so quantities always add up to what was delivered.
    """

    _name = "aftersales.asset"
    _description = "Asset"
    _inherit = ["aftersales.guarded", "mail.thread"]
    _order = "date_delivered desc, id desc"
    _check_company_auto = True
    _guarded = frozenset({"contract_ids", "move_id", "origin_asset_id", "replaced_by_id"})

    name = fields.Char(compute="_compute_name", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict", check_company=True
    )
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", index="btree_not_null", ondelete="restrict"
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", string="Unit", related="product_id.uom_id")
    partner_id = fields.Many2one(
        "res.partner", string="Owner", required=True, index=True, ondelete="restrict"
    )
    site_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_delivered = fields.Date(string="Delivered", required=True, index=True)
    warranty_end = fields.Date(
        string="Statutory Guarantee until",
        compute="_compute_warranty_end",
        store=True,
        readonly=False,
        help="Last day of the guarantee the law gives. A service plan comes on top of it.",
    )
    condition = fields.Selection(
        [
            ("ok", "Good"),
            ("worn", "Worn"),
            ("broken", "Broken"),
            ("defective", "Defective"),
            ("missing", "Missing"),
        ],
        default="ok",
        required=True,
        tracking=True,
    )
    provenance = fields.Selection(
        [
            ("new", "Sold new by us"),
            ("used", "Sold used by us"),
            ("third_party", "Bought elsewhere"),
        ],
        default="new",
        required=True,
        tracking=True,
        help="Full cover of used or foreign goods without repair history is a risk (22).",
    )
    move_id = fields.Many2one(
        "stock.move", string="Delivery", readonly=True, copy=False, index=True
    )
    picking_id = fields.Many2one(related="move_id.picking_id")
    origin_asset_id = fields.Many2one(
        "aftersales.asset", string="Split from", readonly=True, copy=False, index="btree_not_null"
    )
    replaced_by_id = fields.Many2one(
        "aftersales.asset", string="Replaced by", readonly=True, copy=False, index="btree_not_null"
    )
    contract_ids = fields.Many2many(
        "aftersales.contract",
        "aftersales_contract_asset_rel",
        "asset_id",
        "contract_id",
        string="Contracts",
        readonly=True,
        copy=False,
    )
    contract_id = fields.Many2one(
        "aftersales.contract",
        string="Live Contract",
        compute="_compute_contract_id",
        search="_search_contract_id",
        help="The contract that covers it now or will once it starts.",
    )
    active = fields.Boolean(default=True)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "An asset needs a quantity above zero."
    )

    def write(self, vals):
        """Let each role write what it answers for.

        What a delivery says and the law's guarantee are a plan manager's to correct; who is no
        service agent (a technician on site) writes the condition alone.
        """
        if not self.env.su:
            self._check_facts(vals)
        return super().write(vals)

    def _check_facts(self, vals):
        """Raise where the user may not write these fields.

        :raises UserError: in words
        """
        user = self.env.user
        if not user.has_group("aftersales_plans.group_agent") and vals.keys() - SEEN_ON_SITE:
            raise UserError(
                self.env._(
                    "On site you record the condition; the rest belongs to the service desk."
                )
            )
        if not DELIVERED_FACTS.isdisjoint(vals) and not user.has_group(
            "aftersales_plans.group_manager"
        ):
            raise UserError(
                self.env._(
                    "Product, quantity, delivery and guarantee of an asset follow from its "
                    "delivery. Ask a plan manager to correct them."
                )
            )

    @api.depends("product_id.name", "lot_id.name")
    def _compute_name(self):
        for asset in self:
            product = asset.product_id.name or ""
            asset.name = f"{product} ({asset.lot_id.name})" if asset.lot_id else product

    @api.depends("date_delivered", "product_id", "company_id")
    def _compute_warranty_end(self):
        for asset in self:
            months = (
                asset.product_id.aftersales_warranty_months
                or asset.company_id.aftersales_warranty_months
            )
            asset.warranty_end = asset.date_delivered and (
                asset.date_delivered + relativedelta(months=months, days=-1)
            )

    @api.depends("contract_ids.state")
    def _compute_contract_id(self):
        for asset in self:
            asset.contract_id = asset.contract_ids.filtered(lambda c: c.state in LIVE_STATES)[:1]

    def _search_contract_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = [("contract_ids.state", "in", LIVE_STATES)]
        if value == {False}:
            return ["!", ("contract_ids", "any", [("state", "in", LIVE_STATES)])]
        return [("contract_ids", "any", [("id", "in", list(value))]), *live]

    @api.model
    def _search_uncovered(self, plan, order):
        """Return what the customer of ``order`` has at its site that no live contract covers."""
        assets = self.search(
            [
                ("company_id", "=", order.company_id.id),
                ("partner_id", "child_of", order.partner_id.commercial_partner_id.id),
                ("site_id", "=", order.partner_shipping_id.id),
                ("replaced_by_id", "=", False),
                ("contract_id", "=", False),
            ]
        )
        return assets.filtered(lambda asset: plan._covers(asset.product_id))

    # --- From deliveries -----------------------------------------------------------------------

    @api.model
    def _register_deliveries(self, moves):
        """Register the goods of done ``moves`` that reached a customer and put them under cover."""
        delivered = moves.filtered(self._is_delivery)
        assets = self.create([vals for move in delivered for vals in self._prepare_from_move(move)])
        for claim_line, replacements in assets.grouped(
            lambda asset: asset.move_id.aftersales_claim_line_id
        ).items():
            if claim_line:
                claim_line._on_replaced(replacements)
        contracts = self.env["aftersales.contract"].search(
            [
                ("sale_line_id", "in", delivered.sale_line_id.aftersales_plan_line_id.ids),
                ("state", "in", LIVE_STATES),
            ]
        )
        for contract in contracts:
            contract._cover(
                assets.filtered(
                    lambda a, c=contract: (
                        a.move_id.sale_line_id.aftersales_plan_line_id == c.sale_line_id
                    )
                )
            )
        return assets

    @api.model
    def _is_delivery(self, move):
        """Tell whether ``move`` hands registrable goods to a customer for the first time.

        What comes back from a return was registered when it was delivered first.
        """
        category = move.product_id.categ_id
        return (
            move.state == "done"
            and move.location_dest_id.usage == "customer"
            and move.location_id.usage != "customer"
            and not move.origin_returned_move_id
            and move.product_id.type == "consu"
            and (not category or category.aftersales_register_assets)
            and bool(move.partner_id or move.picking_id.partner_id)
        )

    @api.model
    def _prepare_from_move(self, move):
        """Return the assets one done move makes: one per lot or serial, else one."""
        order = move.sale_line_id.order_id
        # A dropshipment's own partner is the vendor; the order knows better.
        site = order.partner_shipping_id or move.picking_id.partner_id or move.partner_id
        owner = order.partner_id or site.commercial_partner_id
        common = {
            "product_id": move.product_id.id,
            "partner_id": owner.id,
            "site_id": site.id,
            "company_id": move.company_id.id,
            "date_delivered": move.company_id._aftersales_day_of(move.date),
            "move_id": move.id,
        }
        per_lot = {}
        for line in move.move_line_ids:
            lot = line.lot_id.id
            per_lot[lot] = per_lot.get(lot, 0.0) + line.quantity_product_uom
        return [
            dict(common, lot_id=lot, quantity=quantity)
            for lot, quantity in per_lot.items()
            if quantity > 0
        ]

    def _split(self, quantity):
        """Split ``quantity`` off as a child asset, or return the asset itself if that is all.

        :raises UserError: more than there is.
        """
        self.ensure_one()
        order = self.uom_id.compare(quantity, self.quantity)
        if order > 0:
            raise UserError(
                self.env._(
                    "%(asset)s holds %(have)s %(unit)s only, not %(asked)s.",
                    asset=self.name,
                    have=self.quantity,
                    unit=self.uom_id.name,
                    asked=quantity,
                )
            )
        if order == 0:
            return self
        self.quantity -= quantity
        return self.copy(
            {
                "quantity": quantity,
                "origin_asset_id": self.id,
                "move_id": self.move_id.id,
                "warranty_end": self.warranty_end,
                "contract_ids": [Command.set(self.contract_ids.ids)],
            }
        )
