# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Goods a customer has before he pays for them: fitted at a visit, then sold (19).

    They left the van as service cost. Once the customer orders them they are handed over: back into
    the van and out again for the order line, both at once, so that the cost of service is taken
    back, the order counts them as delivered, and the invoice books what was sold. Core then asks
    the warehouse only for what is missing: nothing goes out twice.
    """

    _inherit = "sale.order.line"

    aftersales_visit_part_id = fields.Many2one(
        "aftersales.visit.part", readonly=True, copy=False, index="btree_not_null"
    )

    @api.depends("aftersales_visit_part_id", "aftersales_claim_line_id")
    def _compute_qty_to_deliver(self):
        """Offer no look at the stock for goods the customer has already."""
        result = super()._compute_qty_to_deliver()
        for line in self.filtered(lambda line: line.state in ("draft", "sent")):
            hidden = line.sudo()  # whoever reads the order may know that it was fitted
            if hidden.aftersales_visit_part_id or hidden.aftersales_claim_line_id.is_fitted:
                line.display_qty_widget = False
        return result

    def _aftersales_hand_over(self):
        """Deliver these lines by what was fitted for them; twice-safe, runs as superuser."""
        for line in self.filtered(
            lambda line: line.aftersales_visit_part_id or line.aftersales_claim_line_id
        ):
            left = line.product_uom_qty - line.qty_delivered
            for move in line._aftersales_fitted_moves():
                wanted = line.product_uom_id._compute_quantity(left, move.product_uom, round=False)
                quantity = min(wanted, move._aftersales_kept())
                if move.product_uom.compare(quantity, 0) <= 0:
                    continue  # it came back, and went out once more by another move
                line._aftersales_hand_over_move(move, quantity)
                left -= move.product_uom._compute_quantity(
                    quantity, line.product_uom_id, round=False
                )

    def _aftersales_fitted_moves(self):
        """Return what left a van for what this line charges and was not handed over yet.

        A line is believed only if it is of the quotation that charges the visit or claim.
        """
        self.ensure_one()
        part, of_claim = self.aftersales_visit_part_id, self.aftersales_claim_line_id
        moves = self.env["stock.move"]
        if part.visit_id.aftersales_quotation_id == self.order_id:
            moves |= part.move_ids
        if of_claim.is_fitted and of_claim.claim_id.sale_order_id == self.order_id:
            moves |= of_claim.move_ids
        return moves.filtered(
            lambda move: (
                move.state == "done"
                and move.product_id == self.product_id
                and not move.origin_returned_move_id
                and not move.sale_line_id
            )
        )

    def _aftersales_hand_over_move(self, move, quantity):
        """Take ``quantity`` of a done ``move`` back from service and deliver it for this line."""
        visit, van = move.aftersales_visit_id, move.location_id
        visit._bring_back(move, quantity)
        good = {**_prepare_again(move, quantity), "sale_line_id": self.id}
        kind = visit._goods_warehouse().out_type_id
        visit._move_at_once(kind, van, self._get_location_final(), [good])

    def _aftersales_take_back(self):
        """Make what was handed over for these lines the cost of service again.

        What an invoice that stands sold stays sold. Twice-safe, runs as superuser.
        """
        for line in self:
            sold = line.qty_invoiced
            for move in line.move_ids.filtered(
                lambda move: (
                    move.state == "done"
                    and move.aftersales_visit_id
                    and not move.origin_returned_move_id
                )
            ):
                kept, unit = move._aftersales_kept(), move.product_uom
                paid = min(kept, line.product_uom_id._compute_quantity(sold, unit, round=False))
                sold -= unit._compute_quantity(paid, line.product_uom_id, round=False)
                if unit.compare(kept - paid, 0) > 0:
                    line._aftersales_take_back_move(move, kept - paid)

    def _aftersales_take_back_move(self, move, quantity):
        """Undo the sale of ``quantity`` of a done ``move``: the customer has it as service."""
        visit = move.aftersales_visit_id
        visit._bring_back(move, quantity, sale_line_id=self.id, to_refund=True)
        kind = visit._goods_warehouse().out_type_id
        target = visit.company_id.aftersales_replacement_location_id
        visit._move_at_once(kind, move.location_id, target, [_prepare_again(move, quantity)])


class SaleOrder(models.Model):
    """What a cancelled order charges is not sold."""

    _inherit = "sale.order"

    def _action_cancel(self):
        """Leave fitted goods at the customer as what they are now: a cost of service."""
        result = super()._action_cancel()
        # sudo: goods follow from the order, which was writable
        self.sudo().order_line._aftersales_take_back()
        return result


def _prepare_again(move, quantity):
    """Return the values of a move that takes ``quantity`` of what ``move`` took once more."""
    return {
        "product_id": move.product_id.id,
        "product_uom": move.product_uom.id,
        "product_uom_qty": quantity,
        "aftersales_visit_part_id": move.aftersales_visit_part_id.id,
        "aftersales_claim_id": move.aftersales_claim_id.id,
        "aftersales_claim_line_id": move.aftersales_claim_line_id.id,
        "lot_id": move.move_line_ids.lot_id[:1].id,
    }
