# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesVisitPart(models.Model):
    """More than usual, or than the van holds, is allowed: it is said and reported (43).

    Measured while the visit is open, once more when its parts leave stock, and kept from then on.
    """

    _inherit = "aftersales.visit.part"

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

    def _guarded_fields(self):
        """Add what is counted: nobody talks an excess away."""
        return super()._guarded_fields() | {"above_usual", "lacking", "is_excess"}

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


class FsmOrder(models.Model):
    """What a visit uses, measured against what is usual and what is there."""

    _inherit = "fsm.order"

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
