from odoo import models


class AftersalesPlan(models.Model):
    """Tells customers about the referral reward."""

    _inherit = "aftersales.plan"

    def _benefits(self):
        """Append the referral reward to what the plan promises."""
        benefits = super()._benefits()
        if self.referral_percent:
            benefits.append(
                self.env._(
                    "%s %% of what a neighbour or partner you refer pays",
                    f"{self.referral_percent:g}",
                )
            )
        return benefits
