# SPDX-License-Identifier: AGPL-3.0-or-later
from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models

from ..calc.agenda import DAY, Slot
from ..calc.workday import Visit, Workday
from ..calc.zone import local_day


class FsmPerson(models.Model):
    """A technician's days: working hours, leave, holidays and what is planned (requirement 82)."""

    _inherit = "fsm.person"

    visits_per_day = fields.Integer(
        string="Visits a Day",
        help="How many visits are planned for this worker on one day at most; 0: no limit.",
    )

    _visits_per_day_not_negative = models.Constraint(
        "CHECK(visits_per_day >= 0)", "A worker cannot make fewer than 0 visits a day."
    )

    @api.model
    def _search(self, domain, *args, active_test=True, **kwargs):
        """Find workers who left, too, when they are asked for by id.

        Field Service does not pass ``active_test`` on: without this nobody could read a visit
        whose worker was archived, nor what depends on it.
        """
        workers = self if active_test else self.with_context(active_test=False)
        return super(FsmPerson, workers)._search(domain, *args, active_test=active_test, **kwargs)

    def write(self, vals):
        """Take the visits ahead from technicians who leave; what was agreed stays agreed."""
        result = super().write(vals)
        if not vals.get("active", True):
            self._hand_back_visits()
        return result

    def _hand_back_visits(self):
        """Leave the visits these technicians did not start without one, and say why."""
        # sudo: whoever lets a technician go; the reason is nobody's to write by hand
        orders = self.env["fsm.order"].sudo()
        ahead = orders.search(
            [
                ("person_id", "in", self.ids),
                ("stage_id.is_closed", "=", False),
                ("date_start", "=", False),
            ]
        )._visits()
        for person, visits in ahead.grouped("person_id").items():
            reason = self.env._("%s left: send somebody else", person.name)
            visits.write({"person_id": False, "aftersales_unplaced_reason": reason})
            visits._message_log_batch(dict.fromkeys(visits.ids, reason))

    @api.model
    def _of_company(self, company):
        """Return the technicians who work for ``company``, or for every company."""
        return self.search([("company_id", "in", (company.id, False))], order="id")

    def _workdays(self, company, earliest, latest, without=None):
        """Return {id: {day: Workday}} of every day touched between two naive UTC moments.

        The number of queries does not grow with the technicians, only with their calendars.

        :param without: orders that are about to be placed anew and do not count as planned
        """
        span = (earliest - DAY, latest + DAY)  # whole days: visits are counted per day
        shifts = {
            calendar: self._shifts(calendar, company, *span)
            for calendar in set(self._calendars(company).values())
        }
        leaves = self._leaves(company, *span)
        planned = self._planned(company, *span, without or self.env["fsm.order"])
        return {
            person.id: {
                day: Workday(
                    shift,
                    leaves[person],
                    planned[person, day],
                    person.visits_per_day,
                )
                for day, shift in shifts[calendar].items()
            }
            for person, calendar in self._calendars(company).items()
        }

    def _calendars(self, company):
        return {person: person.calendar_id or company.resource_calendar_id for person in self}

    def _zone(self, company):
        """Return the time zone the days of one technician are counted in."""
        calendar = self.calendar_id or company.resource_calendar_id
        return company._visit_zone(calendar.tz)

    @api.model
    def _shifts(self, calendar, company, earliest, latest):
        """Return {day: [(start, end), …]}, the attendances of ``calendar`` in UTC.

        The leave of a calendar is not in it: it depends on the technician and the company.
        """
        if not calendar:
            return {}
        shifts = defaultdict(list)
        intervals = calendar._attendance_intervals_batch(
            pytz.utc.localize(earliest),
            pytz.utc.localize(latest),
            tz=company._visit_zone(calendar.tz),
        )[False]
        for start, end, _attendance in intervals:
            if start < end:
                shifts[start.date()].append((_to_utc(start), _to_utc(end)))
        return shifts

    def _leaves(self, company, earliest, latest):
        """Return {technician: [(start, end), …]}: their own leave and the public holidays.

        Own leave counts whichever calendar or company it was entered for: nobody is in two
        places. A holiday, which names nobody, counts for its calendar and company, or for all.
        """
        calendars = self._calendars(company)
        resources = self.env["resource.resource"].search(
            [("user_id", "in", self.partner_id.user_ids.ids)]
        )
        of_partner = resources.grouped(lambda resource: resource.user_id.partner_id)
        rows = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("time_type", "=", "leave"),
                ("date_from", "<", latest),
                ("date_to", ">", earliest),
                "|",
                ("resource_id", "in", resources.ids),
                "&",
                "&",
                ("resource_id", "=", False),
                ("company_id", "in", (company.id, False)),
                ("calendar_id", "in", [*(calendar.id for calendar in calendars.values()), False]),
            ],
            ["resource_id", "calendar_id", "date_from", "date_to"],
        )
        leaves = defaultdict(list)
        for person, calendar in calendars.items():
            own = of_partner.get(person.partner_id, resources.browse())
            leaves[person] = [
                (leave.date_from, leave.date_to)
                for leave in rows
                if (
                    leave.resource_id in own
                    if leave.resource_id
                    else not leave.calendar_id or leave.calendar_id == calendar
                )
            ]
        return leaves

    def _planned(self, company, earliest, latest, without):
        """Return {(technician, day): [Visit, …]} of all their open orders, in any company."""
        orders = self.env["fsm.order"].search(
            [
                ("id", "not in", without.ids),
                ("person_id", "in", self.ids),
                ("scheduled_date_start", "<", latest),
                "|",
                ("scheduled_date_end", ">", earliest),
                "&",
                ("scheduled_date_end", "=", False),
                ("scheduled_date_start", ">", earliest),
                ("stage_id.is_closed", "=", False),
            ]
        )
        zones = {person: person._zone(company) for person in self}
        planned = defaultdict(list)
        for order in orders:
            slot = order.person_id._slot(order, zones[order.person_id])
            visit = Visit(slot.start, slot.end, order.location_id.id)
            planned[order.person_id, slot.day].append(visit)
        return planned

    def _slot(self, order, zone):
        """Return the slot of ``order`` of this technician, whose days are those of ``zone``."""
        start = order.scheduled_date_start
        end = order.scheduled_date_end or start + timedelta(hours=order.scheduled_duration)
        return Slot(self.id, start, end, local_day(zone, start))


def _to_utc(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
