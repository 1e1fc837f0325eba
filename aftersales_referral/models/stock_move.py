# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class StockMove(models.Model):
    """Hooks of deliveries: rewards are payable some days after the goods have arrived."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Release the rewards that waited for these goods."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._release_commissions()
        return moves

    def _action_cancel(self):
        """Release the rewards that waited for goods that will not come."""
        result = super()._action_cancel()
        self._release_commissions()
        return result

    def _release_commissions(self):
        """Hand the orders of these moves over to the ledger."""
        # Warehouse people have no rights on the ledger; the day follows from the delivery alone.
        self.env["aftersales.commission"].sudo()._on_goods_moved(self.sudo())
