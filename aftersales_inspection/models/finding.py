from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesFinding(models.Model):
    """What a technician saw on one asset at a visit (requirements 5, 6).

    Findings that ask for a replacement become lines of one claim when the visit is completed.
    """

    _name = "aftersales.finding"
    _description = "Inspection Finding"
    _order = "visit_id, id"

    visit_id = fields.Many2one("fsm.order", required=True, index=True, ondelete="cascade")
    contract_id = fields.Many2one(related="visit_id.aftersales_contract_id", store=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    asset_id = fields.Many2one(
        "aftersales.asset",
        index=True,
        ondelete="restrict",
        help="Empty for unsold goods of our own, which are named by product and lot.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
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
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    condition = fields.Selection(
        [
            ("ok", "Good"),
            ("worn", "Worn"),
            ("broken", "Broken"),
            ("defective", "Defective"),
            ("missing", "Missing"),
        ],
        required=True,
        default="ok",
    )
    cause_id = fields.Many2one("aftersales.cause", ondelete="restrict")
    action = fields.Selection(
        [("none", "Nothing"), ("repair", "Repair"), ("replace", "Replace")],
        required=True,
        default="none",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    note = fields.Char()
    photo = fields.Image(max_width=1920, max_height=1920)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A finding needs a quantity above zero."
    )

    @api.depends("asset_id")
    def _compute_product_id(self):
        for finding in self:
            finding.product_id = finding.asset_id.product_id or finding.product_id
            finding.lot_id = finding.asset_id.lot_id or finding.lot_id

    @api.constrains("action", "cause_id")
    def _check_cause(self):
        for finding in self:
            if finding.action == "replace" and not finding.cause_id:
                raise ValidationError(
                    self.env._(
                        "%s: say why it has to be replaced (cause).",
                        finding.product_id.display_name,
                    )
                )

    @api.constrains("asset_id", "visit_id", "quantity")
    def _check_asset(self):
        for finding in self:
            asset, contract = finding.asset_id, finding.visit_id.aftersales_contract_id
            if not asset and not contract:
                continue  # our own goods, or a visit without a contract
            if asset not in contract.asset_ids:
                raise ValidationError(
                    self.env._(
                        "%(asset)s is not covered by contract %(contract)s.",
                        asset=asset.name,
                        contract=contract.name,
                    )
                )
            if asset.uom_id.compare(finding.quantity, asset.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: there are only %(have)s, not %(found)s.",
                        asset=asset.name,
                        have=asset.quantity,
                        found=finding.quantity,
                    )
                )

    def _prepare_claim_line(self):
        """Return the claim line this finding asks for."""
        self.ensure_one()
        return {
            "asset_id": self.asset_id.id,
            "quantity": self.quantity,
            "cause_id": self.cause_id.id,
        }

    def _update_assets(self):
        """Write the seen condition on assets the finding speaks of as a whole."""
        for finding in self.filtered("asset_id"):
            asset = finding.asset_id
            if asset.uom_id.compare(finding.quantity, asset.quantity) == 0:
                asset.condition = finding.condition
