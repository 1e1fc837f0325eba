# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class LoyaltyCardUpdateBalance(models.TransientModel):
    """The balance wizard stays for other programs."""

    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """Refuse to set a balance of store credit."""
        self.card_id.program_id._refuse_wallet_by_hand()
        return super().action_update_card_point()
