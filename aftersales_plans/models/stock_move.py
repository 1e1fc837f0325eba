# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from .sale_order import CANCELLING, WITH_ORDER


def is_open(move):
    """Tell whether a stock move is still to be done."""
    return move.state not in ("done", "cancel")


class StockMove(models.Model):
    """Hooks of stock moves, which hand over to assets, contracts and claims."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Register what reached a customer or came back; settle the claims it was shipped for."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # Warehouse people have no rights on contracts; the register follows from the move alone.
        assets = self.env["aftersales.asset"].sudo()
        assets._register_deliveries(moves.sudo())
        assets._take_back(moves.sudo())
        assets._hand_back(moves.sudo())
        moves.sudo().aftersales_claim_id._finish()
        return moves

    def _action_cancel(self):
        """Settle the claims and contracts that had waited for the shipment."""
        result = super()._action_cancel()
        if self.env.context.get(CANCELLING) is not WITH_ORDER:
            # follows from the move alone, as above
            self.env["aftersales.contract"].sudo()._on_deliveries_cancelled(self.sudo())
        self.sudo().aftersales_claim_id._finish()  # follows from the move alone
        return result
