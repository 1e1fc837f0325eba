# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merged contacts keep one card for each company."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join the cards once core has given them all to one contact."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # sudo: whoever may merge contacts; the cards follow
        cards = self.env["aftersales.customer"].sudo()
        cards.invalidate_model()
        owner = dst_partner.commercial_partner_id
        found = cards.search([("partner_id", "in", (owner | dst_partner).ids)], order="id")
        found.filtered(lambda card: card.key != f"{owner.id}/{card.company_id.id}")._join()
        return result
