# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, models

from odoo.addons.aftersales_plans.models.mail_mail import WAITS

URGENT_DAYS = 2  # before the visit: then it is proposed in the silence all the same


class FsmOrder(models.Model):
    """Visits are proposed by themselves after the silence that follows a delivery (51).

    A visit is part of what the customer ordered: the customer's wish for no calls and mails does
    not stop it, and neither silence nor night stops what would come too late.
    """

    _inherit = "fsm.order"

    @api.model
    def _appointments_due(self, company):
        """Propose with the hours of the customer's day in mind."""
        return [
            (visits, "_propose_by_itself" if method == "_propose" else method)
            for visits, method in super()._appointments_due(company)
        ]

    def _search_to_propose(self, company):
        """Leave out whom we leave in peace for some days; the next runs find them again."""
        visits = super()._search_to_propose(company)
        silent_until = visits.aftersales_partner_id._aftersales_silent_until(company)
        today = company._aftersales_today()

        def may_be_told(visit):
            first_day = silent_until.get(visit.aftersales_partner_id.commercial_partner_id.id)
            visit_day = company._aftersales_day_of(visit.scheduled_date_start)
            urgent = first_day and visit_day <= first_day + timedelta(days=URGENT_DAYS)
            return not first_day or first_day <= today or urgent

        return visits.filtered(may_be_told)

    def _propose_by_itself(self):
        """Propose the date; the mail leaves within the hours for contacts, where there is time."""
        company = self.company_id
        moment = self.appointment_partner_id._aftersales_contact_moment(company)
        waits = bool(moment) and moment < self.scheduled_date_start - timedelta(days=1)
        self.with_context(**{WAITS: waits and company.id})._propose()
