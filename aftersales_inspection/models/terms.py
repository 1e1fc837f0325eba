# SPDX-License-Identifier: AGPL-3.0-or-later
import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DAY = 24  # hours


class AftersalesTerms(models.AbstractModel):
    """Promises about inspection visits (requirements 2-6)."""

    _inherit = "aftersales.terms"

    visit_interval_months = fields.Integer(
        string="Visit every (months)", tracking=True, help="0: the plan has no inspection visits."
    )
    visit_lead_days = fields.Integer(
        string="Aim (days before the window ends)",
        default=14,
        tracking=True,
        help="How long before the end of its window a visit is planned.",
    )
    visit_hours = fields.Float(
        string="Visit takes (hours)",
        default=2.0,
        tracking=True,
        help="On site. What takes longer than half a working day goes on over lunch.",
    )
    findings_use_quota = fields.Selection(
        [
            ("never", "Never: part of the inspection"),
            ("customer_accident", "Only the customer's own accidents"),
            ("always", "Always"),
        ],
        string="Findings Use Replacements",
        default="never",
        required=True,
        tracking=True,
        help="Whether what an inspection finds broken uses the replacement quota.",
    )

    @api.constrains("visit_interval_months", "visit_lead_days", "visit_hours")
    def _check_visits(self):
        for terms in self:
            if terms.visit_interval_months < 0 or terms.visit_lead_days < 0:
                raise ValidationError(
                    self.env._(
                        "%s: the interval and the aim of visits cannot be negative.",
                        terms.display_name,
                    )
                )
            if terms.visit_interval_months and not 0 < terms.visit_hours <= DAY:
                raise ValidationError(
                    self.env._(
                        "%s: a visit takes more than 0 and at most 24 hours.", terms.display_name
                    )
                )

    def _benefits(self):
        """Append the inspection visits of the whole term."""
        benefits = super()._benefits()
        if self.visit_interval_months:
            count = math.ceil(self.duration_months / self.visit_interval_months)
            visits = (
                self.env._("1 inspection visit")
                if count == 1
                else self.env._("%s inspection visits", count)
            )
            if not self._includes_visits():
                visits = self.env._("%s, each charged", visits)
            benefits.append(visits)
        return benefits
