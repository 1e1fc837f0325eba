from odoo import models

from ..calc.window import windows


class AftersalesPlan(models.Model):
    """Adds the visits to what a plan promises."""

    _inherit = "aftersales.plan"

    def _benefits(self):
        """Append the inspection visits of the whole term."""
        benefits = super()._benefits()
        if not self.visit_interval_months:
            return benefits
        today = self.company_id._aftersales_today()
        count = len(windows(today, self.duration_months, self.visit_interval_months))
        return [*benefits, self.env._("%s inspection visits", count)]
