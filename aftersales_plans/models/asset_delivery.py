# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

from .contract import LIVE_STATES

# A delivery says it all by its fields; thousands of "created" notes would only cost time.
QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "tracking_disable": True}


class AftersalesAsset(models.Model):
    """How assets come out of deliveries (requirement 45)."""

    _inherit = "aftersales.asset"

    @api.model
    def _register_deliveries(self, moves):
        """Register the goods of done ``moves`` that reached a customer and put them under cover."""
        delivered = moves.filtered(self._is_delivery)
        assets = self._create_quietly(
            [vals for move in delivered for vals in self._prepare_from_move(move)]
        )
        for claim_line, replacements in assets.grouped(
            lambda asset: asset.move_id.aftersales_claim_line_id
        ).items():
            if claim_line.claim_id.state == "approved":  # else nobody promised these goods
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
    def _create_quietly(self, vals_list):
        """Create assets without a note, a follower or a mail for each."""
        return self.with_context(**QUIET).create(vals_list).with_env(self.env)

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
            and not move.aftersales_step
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
        return [
            dict(common, lot_id=lot.id, quantity=quantity)
            for lot, quantity in self._quantity_per_lot(move).items()
        ]

    @api.model
    def _quantity_per_lot(self, move):
        """Return {lot: quantity in the product's own unit} of a done move, zeros left out."""
        per_lot = {}
        for line in move.move_line_ids:
            per_lot[line.lot_id] = per_lot.get(line.lot_id, 0.0) + line.quantity_product_uom
        return {lot: quantity for lot, quantity in per_lot.items() if quantity > 0}
