# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.work_off import work_off

from ..calc.zone import day_begins
from .visit_appointment import ANOTHER_DATE


class FsmOrder(models.Model):
    """Mails that go out by themselves: proposals some days ahead, reminders, cancellations (66)."""

    _inherit = "fsm.order"
    _guarded = frozenset({"appointment_reminded_for"})

    appointment_reminded_for = fields.Datetime(
        string="Reminded of", readonly=True, copy=False, help="Each date is reminded of once."
    )

    # --- Visits that are over ------------------------------------------------------------------

    def _on_cancelled(self):
        """Tell customers who expect us that their visit is off; taken up again, it starts anew."""
        result = super()._on_cancelled()
        now = fields.Datetime.now()
        off = self.sudo().filtered(  # told because the visit, which was writable, is off
            lambda visit: (
                not visit.date_start
                and visit.appointment_told_for
                and visit.appointment_told_for > now
            )
        )
        off._tell_customer("cancelled")
        off.write({"appointment_state": False, "appointment_told_for": False})
        return result

    def _on_closed(self):
        """Let nobody agree on a date any more."""
        result = super()._on_closed()
        self.sudo().activity_unlink([ANOTHER_DATE])  # as above
        return result

    # --- Cron ----------------------------------------------------------------------------------

    @api.model
    def _cron_appointments(self):
        """Propose and remind of visits as each company has set; resumable, twice-safe."""
        work_off(
            self.env,
            [
                (visit, method)
                for company in self.env["res.company"].search([])
                for visits, method in self._appointments_due(company)
                for visit in visits
            ],
            owner=type(self)._appointment_owner,
        )

    @api.model
    def _appointments_due(self, company):
        """Return what is to be written to customers of ``company``: [(visits, method), …]."""
        return [
            (self._search_to_propose(company), "_propose"),
            (self._search_to_remind(company), "_remind"),
        ]

    def _search_ahead(self, company, days, states):
        """Return the visits of ``company`` that start within ``days`` and wait to be made."""
        if days < 1:
            return self.browse()
        after = company._aftersales_today() + timedelta(days=days + 1)
        midnight = day_begins(company._aftersales_tz(), after)
        return self.search(
            [
                ("company_id", "=", company.id),
                ("scheduled_date_start", ">", fields.Datetime.now()),
                ("scheduled_date_start", "<", midnight),
                ("stage_id.is_closed", "=", False),
                ("date_start", "=", False),
                ("appointment_state", "in", states),
            ],
            order="scheduled_date_start, id",
        )

    def _search_to_propose(self, company):
        """Return what nobody proposed yet, can be proposed and is not held."""
        ahead = self._search_ahead(company, company.aftersales_propose_days, [False])
        return ahead.filtered(
            lambda visit: (
                visit.aftersales_contract_id.state in (False, "active", "expired")
                and visit._is_promised()
                and not visit.appointment_obstacle
                and not visit._is_held()
            )
        )

    def _search_to_remind(self, company):
        """Return what the customers know of and is not held; not on the day they were told."""
        told = ["proposed", "confirmed"]
        today = company._aftersales_today()
        return self._search_ahead(company, company.aftersales_remind_days, told).filtered(
            lambda visit: (
                visit.appointment_reminded_for != visit.scheduled_date_start
                and not visit.appointment_changed
                and not visit._is_held()
                and not (
                    visit.appointment_proposed_on
                    and company._aftersales_day_of(visit.appointment_proposed_on) == today
                )
            )
        )

    def _remind(self):
        """Remind the customer of the date, once; the history says so where that is impossible."""
        self.ensure_one()
        start = self.scheduled_date_start
        if self.appointment_reminded_for == start:
            return
        obstacle = self._obstacle_to_write()
        if obstacle:
            self._message_log(body=self.env._("No reminder was sent. %s", obstacle))
        else:
            self._write_to_customer("reminder")
        self.appointment_reminded_for = start
