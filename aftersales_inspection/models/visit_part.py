# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesVisitPart(models.Model):
    """Goods a technician uses at a visit, or brings as a gift (requirements 43, 55).

    Entered while the visit is open, by the technician; a gift by the plan. They leave the van when
    the visit is completed and come back to it when it is reopened (:mod:`.visit_part_issue`).
    More than usual, or more than the van holds, is said (:mod:`.visit_part_excess`).
    """

    _name = "aftersales.visit.part"
    _description = "Part Used at a Visit"
    _inherit = ["aftersales.guarded"]
    _order = "visit_id desc, id"
    _rec_name = "product_id"
    _check_company_auto = True
    _guarded = frozenset({"is_gift"})

    visit_id = fields.Many2one("fsm.order", required=True, index=True, ondelete="cascade")
    contract_id = fields.Many2one(
        related="visit_id.aftersales_contract_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    person_id = fields.Many2one(
        related="visit_id.person_id", string="Technician", store=True, index="btree_not_null"
    )
    date_used = fields.Datetime(related="visit_id.date_end", string="Used on", store=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        domain=[("type", "=", "consu")],
        check_company=True,
        ondelete="restrict",
    )
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        domain="[('product_id', '=', product_id)]",
        check_company=True,
        ondelete="restrict",
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    note = fields.Char(help="Needed where more than the usual quantity is used.")
    is_gift = fields.Boolean(
        string="Gift", readonly=True, copy=False, help="Promised by the plan for expensive goods."
    )
    move_ids = fields.One2many("stock.move", "aftersales_visit_part_id", readonly=True, copy=False)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A part needs a quantity above zero."
    )

    def _guarded_fields(self):
        """Add what left stock for it."""
        return super()._guarded_fields() | {"move_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        """Add parts to open visits only."""
        self._check_open(vals.get("visit_id") for vals in vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Change parts of open visits only."""
        self._check_open([*self.visit_id.ids, vals.get("visit_id")])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_of_open_visits(self):
        self._check_open(self.visit_id.ids)

    def _check_open(self, visit_ids):
        """Raise where the goods left stock already.

        :raises UserError: naming the visit
        """
        if self.env.su:
            return
        for visit in self.env["fsm.order"].sudo().browse(filter(None, visit_ids)):  # its state only
            if visit.stage_id.is_closed:
                raise UserError(
                    self.env._(
                        "%s is over and its parts have left stock. Reopen the visit to change "
                        "them.",
                        visit.name,
                    )
                )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for part in self:
            part.uom_id = part.product_id.uom_id

    @api.constrains("product_id", "uom_id", "lot_id", "quantity")
    def _check_goods(self):
        for part in self:
            product = part.product_id
            if product.type != "consu":
                raise ValidationError(
                    self.env._("%s is no goods: enter what was taken from stock.", product.name)
                )
            if not part.uom_id._has_common_reference(product.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(unit)s, not in %(other)s.",
                        product=product.display_name,
                        unit=product.uom_id.name,
                        other=part.uom_id.name,
                    )
                )
            if part.lot_id and part.lot_id.product_id != product:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is no lot of %(product)s.",
                        lot=part.lot_id.name,
                        product=product.display_name,
                    )
                )
            if product.tracking == "serial" and product.uom_id.compare(part._in_units(), 1) != 0:
                raise ValidationError(
                    self.env._(
                        "%s has serial numbers: enter a line for each unit.", product.display_name
                    )
                )

    def _in_units(self):
        """Return the quantity in the product's own unit."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return (self.uom_id or unit)._compute_quantity(self.quantity, unit, round=False)

    def action_open_visit(self):
        """Open the visit it was used at."""
        self.ensure_one()
        return self.visit_id.get_formview_action()


class FsmOrder(models.Model):
    """A visit lists what is used at it."""

    _inherit = "fsm.order"

    part_ids = fields.One2many("aftersales.visit.part", "visit_id", string="Parts")
