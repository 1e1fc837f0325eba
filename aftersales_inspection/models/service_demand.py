# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models
from odoo.tools import SQL


class AftersalesServiceDemand(models.Model):
    """Adds the visits that are planned, where they are (requirement 14)."""

    _inherit = "aftersales.service.demand"
    _depends = {
        "fsm.location": ["partner_id"],
        "fsm.order": ["aftersales_window_end", "company_id", "location_id"]
        + ["scheduled_date_start", "stage_id", "type"],
        "fsm.order.type": ["aftersales_kind"],
        "fsm.stage": ["is_closed"],
    }

    def _queries(self):
        """Add a row for each month, region and company with visits."""
        return [*super()._queries(), self._select_visits()]

    def _select_visits(self):
        return SQL(
            """
            SELECT visit.company_id, month.first, NULL::int, NULL::int,
                   site.country_id, site.state_id, NULL, 0::float, 0::float, 0::float,
                   COUNT(*)::int
              FROM (%s) visit
              JOIN (%s) month ON month.company_id = visit.company_id
               AND visit.day >= month.first AND visit.day < month.first + month.days
              JOIN fsm_location location ON location.id = visit.location_id
              JOIN res_partner site ON site.id = location.partner_id
             GROUP BY 1, 2, 5, 6
            """,
            self.env["aftersales.parts.forecast"]._select_visits_planned(),
            self._select_months(),
        )
