# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import Command, models


class FsmOrder(models.Model):
    """Goods that leave a van or the shelf at a visit, or come back to it, at once.

    What was used is gone whatever the books say: nothing here fails because a quantity is wrong.
    What the books lacked is noted on the transfer for the warehouse.
    """

    _inherit = "fsm.order"

    def _use_goods(self, goods, **values):
        """Take ``goods`` from the van to the customer, valued as service cost.

        :param goods: [values of a move with ``lot_id`` beside it, …]
        :param values: further values of every move
        :return: the transfer, done
        """
        source = self._goods_source()
        target = self.company_id.aftersales_replacement_location_id
        kind = self._goods_warehouse().out_type_id
        return self._move_at_once(kind, source, target, goods, **values)

    def _bring_back(self, moves, most=float("inf"), **values):
        """Return what ``moves`` took to the customer to where it came from; appended, not undone.

        :param most: of every move, in its unit
        :param values: further values of every move back
        :return: the transfers, one per place, done
        """
        pickings = self.env["stock.picking"]
        # a return carries the same claim: bringing that back would take the goods out once more
        out = moves.filtered(lambda move: not move.origin_returned_move_id)
        done = out.filtered(lambda move: move.state == "done")
        used = done.filtered(lambda move: move.product_uom.compare(move._aftersales_kept(), 0) > 0)
        for (source, target), of_place in used.grouped(
            lambda move: (move.location_dest_id, move.location_id)
        ).items():
            kind = self._goods_warehouse().in_type_id
            goods = [
                {
                    "product_id": move.product_id.id,
                    "product_uom": move.product_uom.id,
                    "product_uom_qty": min(move._aftersales_kept(), most),
                    "origin_returned_move_id": move.id,
                    "aftersales_claim_id": move.aftersales_claim_id.id,
                    "aftersales_claim_line_id": move.aftersales_claim_line_id.id,
                    "lot_id": move.move_line_ids.lot_id[:1].id,
                }
                for move in of_place
            ]
            pickings |= self._move_at_once(kind, source, target, goods, **values)
        return pickings

    def _move_at_once(self, kind, source, target, goods, **values):
        """Move ``goods`` between two places and finish the transfer; callers check who may."""
        self.ensure_one()
        hidden = self.sudo().with_company(self.company_id)  # technicians have no right on stock
        lots = [vals.get("lot_id") for vals in goods]
        common = {
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
            "aftersales_visit_id": self.id,
            "origin": self.name,
            **values,
        }
        picking = hidden.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": self.location_id.partner_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company_id.id,
                "origin": self.name,
            }
        )
        moves = hidden.env["stock.move"].create(
            [{**common, **_without_lot(vals), "picking_id": picking.id} for vals in goods]
        )
        moves._action_confirm(merge=False)
        lacking = [
            move._aftersales_take(hidden.env["stock.lot"].browse(lot))
            for move, lot in zip(moves, lots, strict=True)
        ]
        moves.picked = True
        picking._action_done()
        self._note_lacking(picking, [line for line in lacking if line])
        return picking

    def _note_lacking(self, picking, lacking):
        """Tell the warehouse on the transfer what its books lacked, and who reads the visit."""
        if not lacking:
            return
        body = self.env._(
            "%(place)s holds less than was used at the visit. Count it: %(goods)s.",
            place=picking.location_id.display_name,
            goods=", ".join(lacking),
        )
        picking._message_log(body=body)
        self.sudo()._message_log(body=body)  # a note that follows from the visit


def _without_lot(vals):
    return {name: value for name, value in vals.items() if name != "lot_id"}


class StockMove(models.Model):
    """Goods that are gone, whatever their place holds."""

    _inherit = "stock.move"

    def _aftersales_take(self, lot):
        """Fill this move from its place, beyond what is there if need be.

        :param lot: the lot that was used; empty for untracked goods
        :return: what the place lacked, in words; empty if it had everything
        """
        self.ensure_one()
        self._do_unreserve()
        need, unit = self.product_qty, self.product_id.uom_id
        taken = 0.0
        if not self._should_bypass_reservation():
            taken = self._update_reserved_quantity(need, self.location_id, lot, strict=False)
            if lot:
                self.move_line_ids.filtered(lambda line: not line.lot_id).lot_id = lot
        rest = unit.round(need - taken)
        if unit.compare(rest, 0) <= 0:
            return ""
        self.move_line_ids = [
            Command.create(
                {
                    **self._prepare_move_line_vals(),
                    "product_uom_id": unit.id,
                    "quantity": rest,
                    "lot_id": lot.id,
                }
            )
        ]
        if self._should_bypass_reservation():
            return ""
        goods = f"{rest:g} {unit.name} {self.product_id.display_name}"
        return f"{goods} ({lot.name})" if lot else goods


class AftersalesAsset(models.Model):
    """Parts used at a visit are consumed; what was fitted is registered once it is approved."""

    _inherit = "aftersales.asset"

    def _is_delivery(self, move):
        """Leave out parts, and goods fitted for a claim that nobody has approved yet."""
        registers = super()._is_delivery(move)
        if not registers or not move.aftersales_visit_id:
            return registers
        if move.aftersales_claim_id.state not in ("approved", "done"):
            return False
        # sold, or given back by a cancelled order: the customer has the same goods all the while
        return not self.search_count(
            [("move_id", "in", move.aftersales_claim_line_id.move_ids.ids)], limit=1
        )

    def _is_return(self, move):
        """Leave out parts that come back: they were never registered."""
        return super()._is_return(move) and not self._first_delivery(move).aftersales_visit_id

    def _is_redelivery(self, move):
        """Leave out parts that go out again."""
        return super()._is_redelivery(move) and not self._first_delivery(move).aftersales_visit_id
