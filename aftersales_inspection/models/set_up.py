# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.set_up import Problem
from odoo.addons.aftersales_plans.models.set_up_proposal import Proposal

TECHNICIANS = "fieldservice.action_fsm_person"
FIELD = "fieldservice.group_fsm_user_own"
OFFICE = "fieldservice.group_fsm_dispatcher"


class ResCompany(models.Model):
    """What a company still has to set up before visits find a technician with time."""

    _inherit = "res.company"

    def _aftersales_set_up_checks(self):
        """Look at the technicians too."""
        return [
            *super()._aftersales_set_up_checks(),
            ("technicians", self._aftersales_check_technicians),
        ]

    def _aftersales_check_technicians(self):
        """Find out whether somebody makes visits, and when; one without hours is named."""
        technicians = self.env["fsm.person"]._of_company(self)
        if not technicians:
            sentence = self.env._(
                "Nobody makes visits yet: enter the technicians and their working schedule."
            )
            return [Problem(sentence, TECHNICIANS)]
        calendars = technicians._calendars(self)
        idle = technicians.filtered(lambda person: not calendars[person].attendance_ids)
        if not idle:
            return []
        sentence = self.env._(
            "No working hours, so no visits are planned for: %s. Choose a working schedule.",
            idle.mapped("name"),
        )
        return [Problem(sentence, TECHNICIANS, (("id", "in", idle.ids),))]

    # --- Proposal ------------------------------------------------------------------------------

    def _aftersales_proposals(self):
        """Propose the users of Field Service as technicians who are none yet."""
        proposals = super()._aftersales_proposals()
        users = self._aftersales_likely_technicians()
        if users:
            label = self.env._("Create Technicians")
            names = self.env._("Users of Field Service: %s", users.mapped("name"))
            proposals["technicians"] = [Proposal(label, self._aftersales_take_technicians, names)]
        return proposals

    def _aftersales_likely_technicians(self):
        """Return who uses Field Service, plans for nobody and is no technician, archived or not."""
        technicians = self.env["fsm.person"].with_context(active_test=False)
        if not technicians.has_access("create"):
            return self.env["res.users"]
        users = self._aftersales_people(FIELD)
        known = technicians.search([("partner_id", "in", users.partner_id.ids)]).partner_id
        # not by search: there "not in" finds who has any other group
        return users.filtered(
            lambda user: not user.has_group(OFFICE) and user.partner_id not in known
        )

    def _aftersales_take_technicians(self):
        """Make a technician of each, with the working schedule of the company."""
        users = self._aftersales_likely_technicians()
        self.env["fsm.person"].create(
            [
                {"partner_id": user.partner_id.id, "calendar_id": self.resource_calendar_id.id}
                for user in users
            ]
        )
