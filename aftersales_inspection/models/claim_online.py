# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models


class AftersalesClaim(models.Model):
    """What a customer reads online of who takes care of a claim (requirement 47)."""

    _inherit = "aftersales.claim"

    def _contact_online(self):
        """Return the first name alone of a technician, as on the pages of visits."""
        name = super()._contact_online()
        # sudo: only whether it is one, and one who left by now, too
        workers = self.env["fsm.person"].sudo().with_context(active_test=False)
        is_worker = workers.search_count([("partner_id", "=", self.user_id.partner_id.id)], limit=1)
        return name.split(" ")[0] if is_worker else name
