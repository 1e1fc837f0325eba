from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesVisitPart(models.Model):
    """Goods a technician uses at a visit, or brings as a gift (requirements 43, 55).

    Entered while the visit is open, by the technician; a gift by the plan. They leave the van when
    the visit is completed and come back to it when it is reopened (:mod:`.visit_part_issue`).
    More than usual, or more than the van holds, is allowed: it is said and reported.
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
    above_usual = fields.Float(
        compute="_compute_excess",
        store=True,
        digits="Product Unit",
        help="How much more than a visit usually takes, in the product's own unit.",
    )
    lacking = fields.Float(
        string="Lacking in the Van",
        compute="_compute_excess",
        store=True,
        digits="Product Unit",
        help="How much more than the van (without one, the warehouse) held, in the product's own "
        "unit.",
    )
    is_excess = fields.Boolean(string="Excess", compute="_compute_excess", store=True, index=True)
    excess_reason = fields.Char(string="Warning", compute="_compute_excess_reason")
    move_ids = fields.One2many("stock.move", "aftersales_visit_part_id", readonly=True, copy=False)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A part needs a quantity above zero."
    )

    def _guarded_fields(self):
        """Add what is counted: nobody talks an excess away."""
        return super()._guarded_fields() | {"above_usual", "lacking", "is_excess", "move_ids"}

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

    @api.constrains("product_id", "uom_id", "quantity", "note", "visit_id")
    def _check_note(self):
        measured = self.visit_id._measure_parts()
        for part in self.filtered(lambda part: not part.note):
            above, _lacking = measured.get(part, (0.0, 0.0))
            if above:
                raise ValidationError(
                    self.env._(
                        "%(product)s: a visit takes %(usual)g at most as a rule. Say in the note "
                        "why more are needed.",
                        product=part.product_id.display_name,
                        usual=part.product_id.aftersales_visit_quantity,
                    )
                )

    def _in_units(self):
        """Return the quantity in the product's own unit."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return (self.uom_id or unit)._compute_quantity(self.quantity, unit, round=False)

    @api.depends(
        "product_id",
        "lot_id",
        "quantity",
        "uom_id",
        "visit_id.person_id",
        "visit_id.part_ids.product_id",
        "visit_id.part_ids.quantity",
        "visit_id.part_ids.uom_id",
    )
    def _compute_excess(self):
        measured = self.visit_id._measure_parts()
        for part in self:
            if part.visit_id.stage_id.is_closed:  # told and reported as it was then
                part.above_usual, part.lacking = part.above_usual, part.lacking
            else:
                part.above_usual, part.lacking = measured.get(part, (0.0, 0.0))
            part.is_excess = bool(part.above_usual or part.lacking)

    @api.depends("above_usual", "lacking")
    def _compute_excess_reason(self):
        for part in self:
            reasons = []
            if part.above_usual:
                reasons.append(
                    self.env._(
                        "%(above)g more than the usual %(usual)g",
                        above=part.above_usual,
                        usual=part.product_id.aftersales_visit_quantity,
                    )
                )
            if part.lacking:
                place = part.visit_id._goods_source().display_name
                reasons.append(
                    self.env._("%(lacking)g not in %(place)s", lacking=part.lacking, place=place)
                )
            part.excess_reason = " · ".join(reasons) or False

    def action_open_visit(self):
        """Open the visit it was used at."""
        self.ensure_one()
        return self.visit_id.get_formview_action()


class FsmOrder(models.Model):
    """What a visit uses, measured against what is usual and what is there."""

    _inherit = "fsm.order"

    part_ids = fields.One2many("aftersales.visit.part", "visit_id", string="Parts")
    goods_source = fields.Char(
        string="Parts Come from", compute="_compute_goods_source", compute_sudo=True
    )

    @api.depends("person_id", "company_id")
    def _compute_goods_source(self):
        for visit in self:
            has_goods = visit.aftersales_kind and visit.company_id
            visit.goods_source = has_goods and visit._goods_source().display_name

    def _measure_parts(self):
        """Return {part: (above the usual quantity, lacking where it comes from)}.

        In the product's own unit; lines of the same goods are added up in their order.
        """
        measured = {}
        for visit in self:
            used, left = {}, {}
            for part in visit.part_ids.filtered("product_id"):
                product, quantity = part.product_id, part._in_units()
                measured[part] = (
                    0.0 if part.is_gift else _above_usual(product, quantity, used),
                    visit._lacking(product, part.lot_id, quantity, left),
                )
        return measured

    def _lacking(self, product, lot, quantity, left):
        """Return how much of ``quantity`` is not there; ``left`` {(product, lot): what is left}."""
        if not product.is_storable:
            return 0.0
        key = (product, lot)
        if key not in left:
            quants = self.env["stock.quant"].sudo()  # only how much is there
            left[key] = quants._get_available_quantity(
                product._origin, self._goods_source(), lot_id=lot._origin or None
            )
        lacking = max(quantity - max(left[key], 0.0), 0.0)
        left[key] -= quantity
        return product.uom_id.round(lacking)


def _above_usual(product, quantity, used):
    """Return how much of ``quantity`` is above the usual; ``used`` {product: so far}, updated."""
    before = used.get(product, 0.0)
    used[product] = before + quantity
    usual = product.aftersales_visit_quantity
    if not usual:
        return 0.0
    return product.uom_id.round(max(used[product] - max(before, usual), 0.0))
