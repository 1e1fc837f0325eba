# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesReferral(models.Model):
    """How many referrals lead to an order: won among those that are decided (requirement 33)."""

    _inherit = "aftersales.referral"

    conversion_percent = fields.Float(
        string="Led to an Order (%)",
        compute="_compute_conversion_percent",
        aggregator="avg",
        help="Qualified among those that qualified, were rejected or expired.",
    )

    @api.depends("state")
    def _compute_conversion_percent(self):
        for referral in self:
            referral.conversion_percent = 100.0 * (referral.state == "qualified")

    def _read_group_select(self, aggregate_spec, query):
        """Leave out of the average what is still open."""
        if aggregate_spec != "conversion_percent:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "AVG(CASE %s WHEN 'qualified' THEN 100.0 WHEN 'registered' THEN NULL ELSE 0.0 END)",
            self._field_to_sql(self._table, "state", query),
        )
