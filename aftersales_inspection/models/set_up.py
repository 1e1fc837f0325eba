from odoo import models

from odoo.addons.aftersales_plans.models.set_up import Problem

TECHNICIANS = "fieldservice.action_fsm_person"


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
