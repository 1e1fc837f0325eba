# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class StockRule(models.Model):
    """Carries the claim from the procurement to the move."""

    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        """Add ours to the values that reach the move."""
        return [
            *super()._get_custom_move_fields(),
            "aftersales_claim_id",
            "aftersales_claim_line_id",
            "aftersales_lot_id",
        ]
