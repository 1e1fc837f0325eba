# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models


class AftersalesReading(models.Model):
    """Technicians read meters at their visits."""

    _inherit = "aftersales.reading"

    def _default_source(self):
        """Call it a visit where a technician reads who is not from the service desk."""
        user = self.env.user
        on_site = user.has_group("fieldservice.group_fsm_user_own") and not user.has_group(
            "aftersales_plans.group_agent"
        )
        return "visit" if on_site else super()._default_source()
