# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL


class AftersalesContract(models.Model):
    """Promotions take something off an order, too."""

    _inherit = "aftersales.contract"

    @api.model
    def _is_order_discount(self, line):
        """Add rewards; those that are money stand on no account of profit and loss."""
        return SQL(
            "%s OR %s.reward_id IN (SELECT id FROM loyalty_reward WHERE reward_type = 'discount')",
            super()._is_order_discount(line),
            line,
        )
