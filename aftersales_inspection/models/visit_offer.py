# SPDX-License-Identifier: AGPL-3.0-or-later
from dataclasses import replace
from datetime import datetime, time, timedelta

from odoo import fields, models

from ..calc.level import level
from ..calc.offer import nearest_days
from ..calc.zone import day_begins, local_day, to_utc

OFFERED = 6  # other dates a customer may choose from
LOOKED_AT = 40  # days around the planned one, weekends and holidays included
HOURS = (time(9), time(14))  # one day the morning, the next the afternoon, where the site is
NOTICE = timedelta(days=1)  # a technician learns of a new date the day before


class FsmOrder(models.Model):
    """When else a visit could be made: free time of its technicians inside its window (66)."""

    _inherit = "fsm.order"

    def _other_slots(self):
        """Return when else this visit could be made: [start, …], naive UTC, the earliest first.

        One slot on each of the days nearest the planned one; empty without a window.
        """
        self.ensure_one()
        request = self._prepare_slot_request()
        if not request:
            return []
        requests = self._prepare_day_requests(request)
        plan = self._level(requests)
        starts = [plan[day.key].start for day in requests if plan[day.key]]
        others = [start for start in starts if start != self.scheduled_date_start]
        return sorted(others[:OFFERED])

    def _slot_at(self, start):
        """Return the slot that begins at ``start`` if a technician is free then, else nothing."""
        self.ensure_one()
        request = self._prepare_slot_request()
        if not request or not request.earliest <= start <= request.latest - request.duration:
            return None
        exact = replace(request, earliest=start, latest=start + request.duration, target=start)
        return self._level([exact])[exact.key]

    def _level(self, requests):
        """Return where this visit could be placed instead: {key of a request: slot or None}."""
        planner = self._slot_planner()
        workdays = planner._workdays({request.key: request for request in requests}, self)
        return level(requests, workdays, planner._travel())

    def _slot_planner(self):
        return self.env["aftersales.visit.planner"].with_company(self.company_id)

    def _prepare_slot_request(self):
        """Return what is to be placed, as the planner asks for it; nothing without a window."""
        if not self._is_promised():
            return None
        everybody = self.env["fsm.person"]._of_company(self.company_id)
        preferred, others = self.location_id._technicians(everybody)
        first = self.person_id.filtered("active") | preferred
        planner = self._slot_planner()
        request = planner._prepare_request(
            planner._key(self), self._window(), self.location_id, first, others - first, self
        )
        return replace(request, earliest=max(request.earliest, fields.Datetime.now() + NOTICE))

    def _prepare_day_requests(self, request):
        """Return one request per day, that of the day nearest the planned one first."""
        zone = self._site_zone()
        first, last, planned = (
            local_day(zone, moment)
            for moment in (
                request.earliest,
                request.latest - timedelta(seconds=1),
                self.scheduled_date_start or request.target,
            )
        )
        requests = []
        for rank, day in enumerate(nearest_days(first, last, planned, LOOKED_AT)):
            midnight, target, next_midnight = (
                day_begins(zone, day),
                to_utc(zone, datetime.combine(day, HOURS[day.toordinal() % len(HOURS)])),
                day_begins(zone, day + timedelta(days=1)),
            )
            requests.append(
                replace(
                    request,
                    key=(*request.key, rank),
                    earliest=max(request.earliest, midnight),
                    latest=min(request.latest, next_midnight),
                    target=target,
                    day=day,
                )
            )
        return requests
