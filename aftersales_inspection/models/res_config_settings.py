# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of visits, per company."""

    _inherit = "res.config.settings"

    aftersales_travel_minutes = fields.Integer(
        related="company_id.aftersales_travel_minutes", readonly=False
    )
    aftersales_propose_days = fields.Integer(
        related="company_id.aftersales_propose_days", readonly=False
    )
    aftersales_remind_days = fields.Integer(
        related="company_id.aftersales_remind_days", readonly=False
    )
    aftersales_hour_rounding_minutes = fields.Integer(
        related="company_id.aftersales_hour_rounding_minutes", readonly=False
    )
    aftersales_visit_report_mails = fields.Boolean(
        related="company_id.aftersales_visit_report_mails", readonly=False
    )
    aftersales_technician_problems = fields.Text(compute="_compute_aftersales_problems")

    @api.model
    def _aftersales_problem_topics(self):
        """Warn of missing technicians beside the visits."""
        return {
            **super()._aftersales_problem_topics(),
            "aftersales_technician_problems": ("technicians",),
        }
