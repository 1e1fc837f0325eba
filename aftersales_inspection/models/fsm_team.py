# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models


class FsmTeam(models.Model):
    """Every company that plans visits has a team, which Field Service ships to one alone."""

    _inherit = "fsm.team"

    @api.model
    def _of_company(self, company):
        """Return the first team of ``company``, made when there is none."""
        team = self.search([("company_id", "=", company.id)], order="sequence, id", limit=1)
        return team or self.create(
            {"name": self.env._("Team of %s", company.name), "company_id": company.id}
        )
