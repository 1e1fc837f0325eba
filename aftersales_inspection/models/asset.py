# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesAsset(models.Model):
    """Shows the visits to an asset in its passport (requirement 45)."""

    _inherit = "aftersales.asset"

    check_ids = fields.One2many("aftersales.check", "asset_id", string="Checks", readonly=True)
    visit_count = fields.Integer(compute="_compute_visit_count")

    @api.depends("contract_ids")
    def _compute_visit_count(self):
        Order = self.env["fsm.order"]
        for asset in self:
            may_read = Order.has_access("read")
            asset.visit_count = may_read and Order.search_count(asset._visits())

    def _visits(self):
        """Return the domain of visits that inspected the asset or, under its contracts, will."""
        self.ensure_one()
        return [
            ("aftersales_contract_id", "!=", False),
            "|",
            ("aftersales_contract_id", "in", self.contract_ids.ids),
            ("finding_ids.asset_id", "=", self.id),
        ]

    def action_open_visits(self):
        """Open the visits to this asset."""
        return self.env["fsm.order"]._open_list(self._visits())
