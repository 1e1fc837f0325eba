# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merged contacts keep their store credit, lot by lot."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Move store credit before core adds up what is left: the other loyalty programs."""
        cards = self.env["loyalty.card"].sudo()  # whoever may merge contacts; nothing else changes
        for card in cards.search(
            [("aftersales_wallet", "=", True), ("partner_id", "in", src_partners.ids)]
        ):
            card._move_to(dst_partner.commercial_partner_id)
        return super()._merge_loyalty_cards(src_partners, dst_partner)
