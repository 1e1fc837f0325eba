# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .plan_offer import SEGMENTS


class ResPartner(models.Model):
    """Knows a customer's service need, and the goods a plan can still be sold for."""

    _inherit = "res.partner"

    aftersales_segment = fields.Selection(
        SEGMENTS,
        string="Service Need",
        help="The plan that fits this need is suggested first.",
    )
    aftersales_uncovered_count = fields.Integer(
        compute="_compute_aftersales_uncovered_count", groups="base.group_user"
    )

    @api.model
    def _commercial_fields(self):
        """Keep the service need on the company, for all its contacts."""
        return [*super()._commercial_fields(), "aftersales_segment"]

    def _compute_aftersales_uncovered_count(self):
        Asset = self.env["aftersales.asset"]
        readable = Asset.has_access("read")
        owners = self._aftersales_with("aftersales.asset") if readable else self.browse()
        (self - owners).aftersales_uncovered_count = 0
        for partner in owners:
            partner.aftersales_uncovered_count = Asset.search_count(
                Asset._uncovered_domain(partner, self.env.company)
            )

    def action_offer_aftersales_plan(self):
        """Compare the plans for the goods this customer bought earlier."""
        self.ensure_one()
        return self.env["aftersales.plan.offer"]._open_for_customer(self)
