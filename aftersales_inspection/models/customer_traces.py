# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models


class ResPartner(models.Model):
    """Adds that visits are owed to a customer."""

    _inherit = "res.partner"

    @api.model
    def _aftersales_obligation_sources(self):
        """Append the visits of a customer."""
        visits = self._aftersales_trace(
            "fsm.order", "aftersales_partner_id", "aftersales.obligation"
        )
        return [*super()._aftersales_obligation_sources(), visits]
