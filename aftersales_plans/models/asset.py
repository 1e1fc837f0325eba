# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .contract import LIVE_STATES

SEEN_ON_SITE = {"condition", "reading_ids"}
DELIVERED_FACTS = {
    "product_id",
    "lot_id",
    "serial",
    "quantity",
    "date_delivered",
    "warranty_end",
    "company_id",
}


class AftersalesAsset(models.Model):
    """One delivered unit or lot of goods: the installed-base register (requirement 45).

    One row per delivered stock move and lot or serial number, plan or no plan. What is returned or
    replaced splits off as a child (``origin_asset_id``) and goes out of use, so quantities always
    add up to what was delivered. Only what is in use is covered by a live contract.
    """

    _name = "aftersales.asset"
    _description = "Asset"
    _inherit = ["aftersales.guarded", "mail.thread"]
    _order = "date_delivered desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "serial", "product_id", "partner_id"]
    _guarded = frozenset(
        {
            "status",
            "date_out",
            "contract_ids",
            "left_contract_id",
            "move_id",
            "return_move_id",
            "origin_asset_id",
            "replaced_by_id",
        }
    )

    name = fields.Char(compute="_compute_name", store=True, index="trigram")
    status = fields.Selection(
        [
            ("in_use", "In use"),
            ("returned", "Returned"),
            ("replaced", "Replaced"),
            ("scrapped", "Scrapped"),
        ],
        default="in_use",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_out = fields.Date(
        string="Out of Use since", readonly=True, copy=False, help="Returned, replaced or scrapped."
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict", check_company=True
    )
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", index="btree_not_null", ondelete="restrict"
    )
    serial = fields.Char(
        string="Serial Number",
        compute="_compute_serial",
        store=True,
        readonly=False,
        index="trigram",
        help="Of the lot that was delivered; typed in for goods bought elsewhere.",
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", string="Unit", related="product_id.uom_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Address where the goods are.",
    )
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
        help="Full cover of used or foreign goods without repair history is a risk.",
    )
    move_id = fields.Many2one(
        "stock.move", string="Delivery", readonly=True, copy=False, index=True
    )
    picking_id = fields.Many2one(related="move_id.picking_id")
    return_move_id = fields.Many2one(
        "stock.move", string="Return", readonly=True, copy=False, index="btree_not_null"
    )
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
    left_contract_id = fields.Many2one(
        "aftersales.contract",
        string="Was Covered by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The live contract it left when it went out of use.",
    )
    active = fields.Boolean(default=True)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "An asset needs a quantity above zero."
    )

    def write(self, vals):
        """Let each role write what it answers for.

        What a delivery says and the law's guarantee are a plan manager's to correct; who is no
        service agent (a technician on site) writes the condition and readings alone.
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
        delivered = self.sudo().move_id  # only whether there is a delivery
        if (
            delivered
            and not DELIVERED_FACTS.isdisjoint(vals)
            and not user.has_group("aftersales_plans.group_manager")
        ):
            raise UserError(
                self.env._(
                    "Product, quantity, delivery and guarantee of an asset follow from its "
                    "delivery. Ask a plan manager to correct them."
                )
            )

    @api.depends("lot_id.name")
    def _compute_serial(self):
        for asset in self:
            asset.serial = asset.lot_id.name or asset.serial

    @api.depends("product_id.name", "serial")
    def _compute_name(self):
        for asset in self:
            product = asset.product_id.name or ""
            asset.name = f"{product} ({asset.serial})" if asset.serial else product

    @api.depends("name", "quantity", "date_delivered", "contract_id")
    @api.depends_context("formatted_display_name", "lang")
    def _compute_display_name(self):
        """Tell goods of one name apart where somebody chooses among them."""
        result = super()._compute_display_name()
        if self.env.context.get("formatted_display_name"):
            for asset in self:
                asset.display_name = f"{asset.name} \t --{asset._told_apart()}--"
        return result

    def _told_apart(self):
        """Return how many, since when and under which plan, in the user's language."""
        amount = f"{self.quantity:g} {self.uom_id.name or ''}".strip()
        delivered = self.date_delivered and format_date(self.env, self.date_delivered)
        plan = self.sudo().contract_id.plan_id.name  # its name: whoever chooses the goods
        return ", ".join(filter(None, [amount, delivered, plan]))

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

    @api.depends("contract_ids.state", "contract_ids.renewed_from_id.state")
    def _compute_contract_id(self):
        """Name the contract that covers it; one that goes on after that waits for its day."""
        for asset in self:
            live = asset.contract_ids._live()
            asset.contract_id = live.sorted(lambda contract: contract._is_waiting_renewal())[:1]

    def _search_contract_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = [("state", "in", LIVE_STATES)]
        if value == {False}:
            return ["!", ("contract_ids", "any", live)]
        waiting = ["&", ("state", "=", "draft"), ("renewed_from_id.state", "in", LIVE_STATES)]
        return [("contract_ids", "any", [("id", "in", list(value)), *live, "!", *waiting])]
