# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models

from odoo.addons.aftersales_plans.models.linked_records import open_action


class AftersalesCampaign(models.Model):
    """Counts the visits made under contracts a campaign sold (requirement 38)."""

    _inherit = "aftersales.campaign"

    visit_count = fields.Integer(string="Visits Made", compute="_compute_visit_count")

    def _compute_visit_count(self):
        for campaign in self:
            campaign.visit_count = self.env["fsm.order"].search_count(campaign._domain_of_visits())

    def _domain_of_visits(self):
        """Return the visits made under contracts from accepted offers."""
        # sudo: which orders came of it, for whoever may read the campaign
        orders = self.sudo().line_ids.order_id
        return [
            ("outcome", "=", "done"),
            ("aftersales_contract_id.sale_order_id", "in", orders.ids),
        ]

    def action_open_visits(self):
        """Open the visits made."""
        self.ensure_one()
        return open_action(
            self.env, "aftersales_inspection.aftersales_visit_action", self._domain_of_visits()
        )
