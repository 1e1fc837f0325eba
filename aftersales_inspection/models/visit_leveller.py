# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.aftersales_plans.models.turn import take_turn

from ..calc.agenda import Request
from ..calc.level import level, level_again, why_not
from ..calc.window import open_part, target_day
from ..calc.zone import to_utc

TARGET_TIME = time(9)  # visits aim at nine o'clock where the site is


class AftersalesVisitPlanner(models.AbstractModel):
    """Finds slots for visits, all of a company in one go, and says why there is none (82)."""

    _inherit = "aftersales.visit.planner"

    def _place(self, wanted, locations, visits=None):
        """Find a slot for each of ``wanted``, {(contract, number): window}, of one company.

        :param locations: {key: location}
        :param visits: those of ``wanted`` that exist; they give up the slots they have
        :return: {key: values of the slot, or why there is none}
        """
        requests, reasons = self._prepare_requests(wanted, locations, visits)
        workdays = self._workdays(requests, visits)
        plan = level(list(requests.values()), workdays, self._travel())
        self._take_turns({slot.technician for slot in plan.values() if slot})
        return self._prepare_slots(wanted, requests, reasons, plan, workdays)

    def _place_again(self, windows_by_visit):
        """Give visits of one company new slots."""
        visits = self.env["fsm.order"].union(*windows_by_visit).sudo()  # callers checked who may
        wanted = {self._key(visit): windows_by_visit[visit] for visit in visits}
        locations = {self._key(visit): visit.location_id for visit in visits}
        slots = self._place(wanted, locations, visits)
        for visit in visits.with_context(tracking_disable=True):  # visit_log says it instead
            visit.write(slots[self._key(visit)])

    def _level_again(self, visits):
        """Move visits of one company where that makes something better (82).

        :param visits: nobody has started them, and their windows are not over
        :return: {visit: whether it was moved}
        """
        wanted = {self._key(visit): visit._window() for visit in visits}
        locations = {self._key(visit): visit.location_id for visit in visits}
        requests, reasons = self._prepare_requests(wanted, locations, visits)
        workdays = self._workdays(requests, visits)
        current = {
            self._id(self._key(visit)): visit.person_id._slot(
                visit, visit.person_id._zone(self.env.company)
            )
            for visit in visits
            if visit.person_id and visit.scheduled_date_start
        }
        plan = level_again(list(requests.values()), current, workdays, self._travel())
        self._take_turns({slot.technician for slot in plan.values() if slot})
        slots = self._prepare_slots(wanted, requests, reasons, plan, workdays)
        moved = {}
        for visit in visits.with_context(tracking_disable=True):  # visit_log says it instead
            key = self._key(visit)
            moved[visit] = key in requests and plan[self._id(key)] != current.get(self._id(key))
            if moved[visit]:
                visit.write(slots[key])
            elif not visit.scheduled_date_start:
                visit.aftersales_unplaced_reason = slots[key]["aftersales_unplaced_reason"]
        return moved

    # --- What is asked ------------------------------------------------------------------------

    def _prepare_requests(self, wanted, locations, visits=None):
        """Return {key: Request} of what can be tried, {key: reason} of what cannot."""
        everybody = self.env["fsm.person"]._of_company(self.env.company)
        known = {self._key(visit): visit for visit in visits or ()}
        requests, reasons = {}, {}
        technicians = {
            location: location._technicians(everybody) for location in set(locations.values())
        }
        for key, window in wanted.items():
            location = locations[key]
            reason = self._reason_not_to_plan(key[0], window, location, *technicians[location])
            if reason:
                reasons[key] = reason
            else:
                requests[key] = self._prepare_request(
                    key, window, location, *technicians[location], known.get(key)
                )
        return requests, reasons

    @api.model
    def _reason_not_to_plan(self, errand, window, location, preferred, others):
        """Return why a visit cannot be placed, in words; False if it can be tried."""
        if window.last < errand.company_id._aftersales_today():
            return self.env._("Missed: the window was over before the contract was entered")
        if not (errand.site_id.street or errand.site_id.city):
            return self.env._("%s has no address", errand.site_id.display_name)
        if not preferred and not others and location.territory_id:
            return self.env._("No technician works in %s", location.territory_id.display_name)
        if not preferred and not others:
            return self.env._("There is no technician yet")
        return False

    @api.model
    def _prepare_request(self, key, window, location, preferred, others, visit=None):
        errand, _number = key
        target = target_day(window, errand.visit_lead_days)
        if visit and visit.aftersales_carried_until:  # late already: as soon as can be, not today
            tomorrow = errand.company_id._aftersales_today() + timedelta(days=1)
            target = min(tomorrow, window.last)
        hours = visit and visit._planned_hours()
        window, target = open_part(window, target, errand._suspensions())
        earliest, latest = self._window_in_utc(errand, window)
        soonest = fields.Datetime.now().replace(minute=0, second=0) + timedelta(hours=1)
        return Request(
            self._id(key),
            max(earliest, soonest),
            latest,
            to_utc(self._zone(errand), datetime.combine(target, TARGET_TIME)),
            target,
            timedelta(hours=hours or errand.visit_hours),
            (*preferred.ids, *others.ids),
            len(preferred),
            location.id,
        )

    @api.model
    def _id(self, key):
        """Return what visits are told apart, and sorted, by; contracts come before order lines."""
        errand, number = key
        return errand._name, errand.id, number

    def _travel(self):
        return timedelta(minutes=self.env.company.aftersales_travel_minutes)

    def _workdays(self, requests, visits=None):
        """Return the days of all technicians ``requests`` ask for."""
        if not requests:
            return {}
        persons = {who for request in requests.values() for who in request.technicians}
        return (
            self.env["fsm.person"]
            .browse(sorted(persons))
            ._workdays(
                self.env.company,
                min(request.earliest for request in requests.values()),
                max(request.latest for request in requests.values()),
                visits,
            )
        )

    # --- What is answered ---------------------------------------------------------------------

    def _prepare_slots(self, wanted, requests, reasons, plan, workdays):
        """Return {key: values of its slot, or why there is none}."""
        values = {}
        for key in wanted:
            slot = plan.get(self._id(key))
            reason = reasons.get(key) or (
                not slot and self._say_why_not(key[0], requests[key], workdays)
            )
            values[key] = self._prepare_slot(slot, reason)
        return values

    @api.model
    def _prepare_slot(self, slot, reason):
        return {
            "aftersales_unplaced_reason": reason or False,
            "person_id": slot and slot.technician,
            "scheduled_date_start": slot and slot.start,
            "scheduled_date_end": slot and slot.end,
        }

    @api.model
    def _say_why_not(self, errand, request, workdays):
        days = {
            "first": format_date(self.env, self._local_day(errand, request.earliest)),
            "last": format_date(
                self.env, self._local_day(errand, request.latest - timedelta(seconds=1))
            ),
        }
        match why_not(request, workdays):
            case "no_hours":
                return self.env._("Nobody has working time from %(first)s to %(last)s", **days)
            case "leave":
                return self.env._(
                    "Everybody is on leave or holiday from %(first)s to %(last)s", **days
                )
            case "too_long":
                return self.env._(
                    "Nobody works long enough on one day for this visit from %(first)s to %(last)s",
                    **days,
                )
        return self.env._("Every technician is full from %(first)s to %(last)s", **days)

    @api.model
    def _take_turns(self, technicians):
        """Let two that plan the same technicians at once meet here; neither sees the other's plan.

        :param technicians: ids
        """
        take_turn(self.env["fsm.person"].browse(technicians))
