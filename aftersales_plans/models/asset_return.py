# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

from ..calc.remaining import Event, remaining


class AftersalesAsset(models.Model):
    """Goods that customers send back, and that go out to them again."""

    _inherit = "aftersales.asset"

    @api.model
    def _take_back(self, moves):
        """Take out of use what done ``moves`` brought back from customers.

        What the register does not hold is left alone: the warehouse is never stopped.
        """
        returns = moves.filtered(self._is_return)
        families = self._families(returns)
        taken, together = self.browse(), {}
        for move in returns:
            back = self.browse()
            for lot, quantity in self._quantity_per_lot(move).items():
                there = self._holders(move, lot, families) - taken
                back |= there._split_off(quantity)
            if not back:
                self.env["aftersales.backfill"]._on_unregistered_return(move.company_id)
            back.return_move_id = move
            taken |= back
            key = (move.company_id._aftersales_day_of(move.date), move.reference or "")
            together[key] = together.get(key, self.browse()) | back
        for (day, reference), back in together.items():
            back._take_out("returned", day, reference)

    @api.model
    def _hand_back(self, moves):
        """Put back into use what done ``moves`` returned to the customer it had come from."""
        deliveries = moves.filtered(self._is_redelivery)
        families = self._families(deliveries)
        for move in deliveries:
            family = families[move].filtered(lambda asset: asset.status == "returned")
            back = self.browse()
            for lot, quantity in self._quantity_per_lot(move).items():
                back |= family.filtered(lambda a, lot=lot: a.lot_id == lot)._split_off(quantity)
            if not back:
                self.env["aftersales.backfill"]._on_unregistered_return(move.company_id)
            back._put_back(move.reference or "")

    @api.model
    def _is_return(self, move):
        """Tell whether ``move`` brings goods of a customer back.

        The shipments of a claim settle the claim alone (design §3).
        """
        return (
            move.state == "done"
            and move.location_id.usage == "customer"
            and move.location_dest_id.usage != "customer"
            and not self._first_delivery(move).aftersales_claim_id
            and bool(move.origin_returned_move_id or move.move_line_ids.lot_id)
        )

    @api.model
    def _is_redelivery(self, move):
        return bool(
            move.state == "done"
            and move.origin_returned_move_id
            and move.location_dest_id.usage == "customer"
            and move.location_id.usage != "customer"
            and not self._first_delivery(move).aftersales_claim_id
        )

    @api.model
    def _first_delivery(self, move):
        """Return the move that returns, and returns of returns, go back to; else ``move``."""
        while move.origin_returned_move_id:
            move = move.origin_returned_move_id
        return move

    @api.model
    def _families(self, moves):
        """Return {move: its family} of ``moves``, the latest delivered first.

        That is what the first delivery of the move registered, and what replaced parts of it.
        Takes a number of queries that does not depend on how many moves there are.
        """
        firsts = {move: self._first_delivery(move) for move in moves}
        search = self.with_context(active_test=False).search
        found = search([("move_id", "in", [first.id for first in firsts.values()])])
        home = {asset: asset.move_id for asset in found}  # {asset: the first delivery}
        while found:
            found = search([("origin_asset_id", "in", found.ids)]) - self.union(*home)
            home |= {asset: home[asset.origin_asset_id] for asset in found}
        members = self.union(*home).sorted(
            lambda asset: (asset.date_delivered, asset.id), reverse=True
        )
        families = members.grouped(home.get)
        return {move: families.get(first, self.browse()) for move, first in firsts.items()}

    @api.model
    def _holders(self, move, lot, families):
        """Return the assets in use that goods of ``lot`` coming back by ``move`` may be.

        A return names its delivery. Goods received without one are the sender's own; anybody's
        where they carry a serial number or one customer alone holds the lot.
        """
        if move.origin_returned_move_id:
            return families[move].filtered(
                lambda asset: asset.status == "in_use" and asset.lot_id == lot
            )
        held = self.search(
            [
                ("lot_id", "=", lot.id),
                ("lot_id", "!=", False),
                ("status", "=", "in_use"),
                ("company_id", "=", move.company_id.id),
            ]
        )
        sender = (move.partner_id or move.picking_id.partner_id).commercial_partner_id
        owner = held.partner_id.commercial_partner_id
        own = held.filtered(lambda asset: asset.partner_id.commercial_partner_id == sender)
        anybodys = lot.product_id.tracking == "serial" or len(owner) == 1
        return own or (held if anybodys else own)

    # --- What is left of deliveries that nobody registered at their time ------------------------

    @api.model
    def _held_now(self, moves):
        """Return {(delivery id, lot id): :class:`~..calc.remaining.Held`} of delivered ``moves``.

        Takes a number of queries that does not depend on how many moves there are.
        """
        events = {}
        lines = self._related_moves(moves).move_line_ids
        for line in lines.sorted(lambda line: (line.move_id.date, line.id)):
            first = self._first_delivery(line.move_id)
            event = self._prepare_event(line, first)
            if event and not first.aftersales_claim_id:
                events.setdefault((line.lot_id or first, line.lot_id), []).append(event)
        return {
            (delivery, lot.id): held
            for (_key, lot), of_one in events.items()
            for delivery, held in remaining(of_one, lot.product_id.tracking == "serial").items()
        }

    @api.model
    def _related_moves(self, moves):
        """Return ``moves``, their returns, and what else went out or came back of their lots."""
        related = moves
        lots = moves.move_line_ids.lot_id
        if lots:
            related |= (
                self.env["stock.move.line"]
                .search(
                    [
                        ("lot_id", "in", lots.ids),
                        ("state", "=", "done"),
                        "|",
                        ("location_id.usage", "=", "customer"),
                        ("location_dest_id.usage", "=", "customer"),
                    ]
                )
                .move_id
            )
        found = related
        while found:
            found = (
                self.env["stock.move"].search(
                    [("origin_returned_move_id", "in", found.ids), ("state", "=", "done")]
                )
                - related
            )
            related |= found
        return related

    @api.model
    def _prepare_event(self, line, first):
        """Return what a done move line gave to a customer or took back; None for other moves."""
        move = line.move_id
        to_customer = move.location_dest_id.usage == "customer"
        if to_customer == (move.location_id.usage == "customer"):
            return None
        partner = (
            move.sale_line_id.order_id.partner_id or move.picking_id.partner_id or move.partner_id
        )
        return Event(
            delivery=first.id if first.location_dest_id.usage == "customer" else None,
            owner=partner.commercial_partner_id.id,
            quantity=line.quantity_product_uom if to_customer else -line.quantity_product_uom,
            day=move.company_id._aftersales_day_of(move.date),
        )
