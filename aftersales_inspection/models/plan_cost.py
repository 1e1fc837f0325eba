# SPDX-License-Identifier: AGPL-3.0-or-later
import math

from odoo import api, models


class AftersalesPlan(models.Model):
    """The visits a plan promises cost our technicians' time (requirement 30)."""

    _inherit = "aftersales.plan"

    @api.depends("visit_interval_months", "visit_hours")
    def _compute_suggestion(self):
        """Suggest anew when visits change."""
        return super()._compute_suggestion()

    def _expected_labour(self, company):
        """Add the visits of one term; those of time and materials are charged as they come."""
        labour, missing = super()._expected_labour(company)
        if not self.visit_interval_months or self.contract_kind == "time_material":
            return labour, missing
        hour_cost = self._hour_cost(company)
        if hour_cost <= 0:
            return labour, [
                *missing,
                self.env._("not enough data: set the hourly cost of work in the settings"),
            ]
        visits = math.ceil(self.duration_months / self.visit_interval_months)
        return labour + visits * self.visit_hours * hour_cost, missing

    def _hour_cost(self, company):
        """Return what an hour of a technician costs ``company``; 0 where nobody said."""
        # sudo: salary data; only the sum of a plan is told
        return company.sudo().aftersales_hourly_cost
