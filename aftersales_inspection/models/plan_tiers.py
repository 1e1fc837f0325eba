# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models

MONTHS_BETWEEN_VISITS = {"VIP": 3, "GOLD": 6, "STANDARD": 12}


class AftersalesPlan(models.Model):
    """The visits of the three tiers: four, two and one a year (requirements 2-4)."""

    _inherit = "aftersales.plan"

    @api.model
    def _prepare_tiers(self):
        """Add the visits."""
        tiers = super()._prepare_tiers()
        for code, months in MONTHS_BETWEEN_VISITS.items():
            tiers[code]["visit_interval_months"] = months
        return tiers
