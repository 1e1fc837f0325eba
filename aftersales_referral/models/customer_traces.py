# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Adds whether a contact ever referred anybody, was rewarded, holds credit or ordered."""

    _inherit = "res.partner"

    @api.model
    def _aftersales_trace_sources(self):
        """Append what referrals leave, and confirmed orders, whose origin is told."""
        order = self.env["sale.order"]._fields
        ordered = SQL(
            "SELECT FROM sale_order WHERE partner_id = family.id AND state = 'sale'",
            to_flush=(order["partner_id"], order["state"]),
        )
        return [
            *super()._aftersales_trace_sources(),
            self._aftersales_trace("aftersales.commission", "referrer_id"),
            self._aftersales_trace("aftersales.payout", "referrer_id"),
            self._aftersales_trace("aftersales.referral", "referrer_id"),
            self._aftersales_trace("loyalty.card", "partner_id"),
            ("sale.order", ordered),
        ]
