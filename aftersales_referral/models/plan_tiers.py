# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

REWARDS_PERCENT = {"VIP": 15.0, "GOLD": 10.0, "STANDARD": 10.0}


class AftersalesPlan(models.Model):
    """The rewards of the three tiers (requirements 2-4)."""

    _inherit = "aftersales.plan"

    @api.model
    def _prepare_tiers(self):
        """Add the rewards."""
        tiers = super()._prepare_tiers()
        for code, percent in REWARDS_PERCENT.items():
            tiers[code]["referral_percent"] = percent
        return tiers
