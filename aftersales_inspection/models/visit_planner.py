from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from ..calc.level import Request, level
from ..calc.window import Window, open_part, target_day

TARGET_TIME = time(9)  # visits aim at nine o'clock where the site is
SILENT_CREATION = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
}


class AftersalesVisitPlanner(models.AbstractModel):
    """Makes the visits of contracts, all in one batch, and finds their slots (design §4).

    Idempotent: a visit number of a contract is made once. What cannot be placed exists with its
    window, without date and technician, and says why.
    """

    _name = "aftersales.visit.planner"
    _description = "Visit Planner"

    @api.model
    def _plan(self, windows_by_contract):
        """Create the missing visits.

        :param windows_by_contract: {contract: [calc.window.Window, …]}
        :return: the new visits
        """
        contracts = self.env["aftersales.contract"].union(*windows_by_contract)
        existing = {
            (visit.aftersales_contract_id.id, visit.aftersales_visit_number)
            for visit in self.env["fsm.order"]
            .sudo()  # whoever delivers or confirms, visits follow from the contract alone
            .search([("aftersales_contract_id", "in", contracts.ids)])
        }
        wanted = {
            (contract, window.number): window
            for contract, windows in windows_by_contract.items()
            for window in windows
            if (contract.id, window.number) not in existing
        }
        visits = self.env["fsm.order"].sudo()
        for company, keys in contracts.sudo().grouped("company_id").items():
            of_company = {key: window for key, window in wanted.items() if key[0] in keys}
            if of_company:
                visits |= self.sudo().with_company(company)._create_visits(of_company)
        return visits

    def _create_visits(self, wanted):
        """Create the visits of one company."""
        locations, slots = self._place(wanted)
        Order = self.env["fsm.order"].with_context(**SILENT_CREATION)
        defaults = self._prepare_defaults()
        return Order.create(
            [
                {
                    **defaults,
                    **self._prepare_visit(key, window, locations[key[0].site_id]),
                    **slots[key],
                }
                for key, window in wanted.items()
            ]
        )

    def _place(self, wanted):
        """Find a slot for each of ``wanted``, {(contract, number): window}, of one company.

        :return: {site: location}, {key: values of the slot, or why there is none}
        """
        contracts = self.env["aftersales.contract"].union(*(contract for contract, _n in wanted))
        locations = self.env["fsm.location"]._of_sites(contracts)
        everybody = self.env["fsm.person"].search(
            [("company_id", "in", (self.env.company.id, False))], order="id"
        )
        technicians = {
            location: location._technicians(everybody) for location in locations.values()
        }
        requests, reasons = {}, {}
        for key, window in wanted.items():
            location = locations[key[0].site_id]
            reason = self._reason_not_to_plan(key[0], window, location, technicians[location])
            if reason:
                reasons[key] = reason
            else:
                requests[key] = self._prepare_request(key, window, technicians[location])
        slots = self._find_slots(requests)
        return locations, {
            key: self._prepare_slot(slots.get(key), reasons.get(key)) for key in wanted
        }

    def _prepare_defaults(self):
        Order = self.env["fsm.order"]
        return {
            "company_id": self.env.company.id,
            "stage_id": Order._default_stage_id().id,
            "team_id": self.env["fsm.team"]._of_company(self.env.company).id,
            "type": self.env.ref("aftersales_inspection.fsm_order_type_inspection").id,
            "priority": "0",
        }

    @api.model
    def _prepare_visit(self, key, window, location):
        contract, number = key
        vals = {
            "name": self.env._(
                "%(plan)s visit %(number)s · %(customer)s",
                plan=contract.plan_id.code,
                number=number,
                customer=contract.partner_id.name,
            ),
            "location_id": location.id,
            "aftersales_contract_id": contract.id,
            "aftersales_visit_number": number,
            **self._prepare_window(contract, window),
        }
        return dict(vals, team_id=location.team_id.id) if location.team_id else vals

    @api.model
    def _prepare_window(self, contract, window):
        earliest, latest = self._window_in_utc(contract, window)
        return {
            "aftersales_window_start": window.first,
            "aftersales_window_end": window.last,
            "request_early": earliest,
            "request_late": latest,
        }

    def _prepare_slot(self, slot, reason):
        if slot:
            return {
                "aftersales_unplaced_reason": False,
                "person_id": slot.technician,
                "scheduled_date_start": slot.start,
                "scheduled_date_end": slot.end,
            }
        return {
            "person_id": False,
            "scheduled_date_start": False,
            "scheduled_date_end": False,
            "aftersales_unplaced_reason": reason
            or self.env._("No technician has working time left inside the window"),
        }

    def _reason_not_to_plan(self, contract, window, location, technicians):
        """Return why a visit cannot be placed, in words; False if it can be tried."""
        if window.last < contract.company_id._aftersales_today():
            return self.env._("Missed: the window was over before the contract was entered")
        if not (contract.site_id.street or contract.site_id.city):
            return self.env._("%s has no address", contract.site_id.display_name)
        if not technicians and location.territory_id:
            return self.env._("No technician works in %s", location.territory_id.display_name)
        if not technicians:
            return self.env._("There is no technician yet")
        return False

    def _find_slots(self, requests):
        """Level ``requests`` over the working time of their technicians."""
        if not requests:
            return {}
        persons = self.env["fsm.person"].browse(
            {technician for request in requests.values() for technician in request.technicians}
        )
        free = persons._free_time(
            self.env.company,
            min(request.earliest for request in requests.values()),
            max(request.latest for request in requests.values()),
        )
        placed = level(list(requests.values()), free)
        return {key: placed[request.key] for key, request in requests.items()}

    def _prepare_request(self, key, window, technicians):
        contract, number = key
        target = target_day(window, contract.visit_lead_days)
        window, target = open_part(window, target, contract._suspensions())
        earliest, latest = self._window_in_utc(contract, window)
        soonest = fields.Datetime.now().replace(minute=0, second=0) + timedelta(hours=1)
        return Request(
            (contract.id, number),
            max(earliest, soonest),
            latest,
            self._local_to_utc(contract, datetime.combine(target, TARGET_TIME)),
            timedelta(hours=contract.visit_hours),
            tuple(technicians.ids),
        )

    @api.model
    def _window_in_utc(self, contract, window):
        """Return both ends of the window, whole days where the site is, as naive UTC."""
        return (
            self._local_to_utc(contract, datetime.combine(window.first, time.min)),
            self._local_to_utc(
                contract, datetime.combine(window.last + timedelta(days=1), time.min)
            ),
        )

    @api.model
    def _zone(self, contract):
        return pytz.timezone(contract.site_id.tz or contract.company_id._aftersales_tz().zone)

    @api.model
    def _local_day(self, contract, moment):
        return pytz.utc.localize(moment).astimezone(self._zone(contract)).date()

    @api.model
    def _local_to_utc(self, contract, moment):
        return self._zone(contract).localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    # --- When the days of contracts move -------------------------------------------------------

    @api.model
    def _follow(self, contracts):
        """Move the visits nobody has started to where the windows of ``contracts`` are now.

        A visit keeps its slot while that lies inside its window and outside suspensions; else it
        gets a new one. A visit the terms promise no longer is cancelled; new ones are made.
        """
        self._plan(
            {contract: contract._windows_to_plan(contract._begun_years()) for contract in contracts}
        )
        displaced = {}
        for contract in contracts.sudo():  # callers checked the contract; visits follow from it
            windows = {window.number: window for window in contract._windows()}
            for visit in contract.visit_ids.filtered(self._is_ahead):
                window = windows.get(visit.aftersales_visit_number)
                if not window:
                    self._drop(visit)
                    continue
                self._take_up(visit)
                visit.write(self._prepare_window(contract, window))
                if not self._keeps_slot(visit):
                    displaced[visit] = window
        visits = self.env["fsm.order"].union(*displaced).sudo()
        for company, of_company in visits.grouped("company_id").items():
            self.sudo().with_company(company)._place_again({v: displaced[v] for v in of_company})

    @api.model
    def _relocate(self, contracts):
        """Bring the visits nobody has started to where their ``contracts`` are now.

        Those still ahead get slots of technicians who work there; what is late goes along as it is.
        """
        moved = {}
        for contract in contracts.sudo():  # callers checked the contract; visits follow from it
            planner = self.sudo().with_company(contract.company_id)
            location = planner.env["fsm.location"]._of_sites(contract)[contract.site_id]
            for visit in contract.visit_ids.filtered(self._is_open):
                window = Window(
                    visit.aftersales_visit_number,
                    visit.aftersales_window_start,
                    visit.aftersales_window_end,
                )
                stays = visit.location_id == location
                key = (contract, visit.aftersales_visit_number)
                visit.write(planner._prepare_visit(key, window, location))
                if not stays and self._is_ahead(visit):
                    moved[visit] = window
        visits = self.env["fsm.order"].union(*moved).sudo()
        for company, of_company in visits.grouped("company_id").items():
            self.sudo().with_company(company)._place_again({v: moved[v] for v in of_company})

    @api.model
    def _is_open(self, visit):
        """Tell whether ``visit`` is promised and nobody has started it."""
        return visit.aftersales_window_end and not visit.is_closed and not visit.date_start

    @api.model
    def _is_ahead(self, visit):
        """Tell whether nobody has started ``visit`` and its window, if it has one, is not over."""
        window_end = visit.aftersales_window_end
        if not window_end:
            return True  # dropped before; see _drop
        today = visit.company_id._aftersales_today()
        return not visit.is_closed and not visit.date_start and window_end >= today

    @api.model
    def _drop(self, visit):
        """Cancel a visit the terms promise no longer; without a window it may be taken up again."""
        if visit.aftersales_window_end:
            visit.action_cancel()
            visit.write({"aftersales_window_start": False, "aftersales_window_end": False})

    @api.model
    def _take_up(self, visit):
        """Bring a dropped visit back: the terms promise it again."""
        if not visit.aftersales_window_end:
            visit.stage_id = visit._default_stage_id()

    def _keeps_slot(self, visit):
        """Tell whether the planned date still lies inside the window and outside suspensions."""
        start, contract = visit.scheduled_date_start, visit.aftersales_contract_id
        if not start:
            return False
        day = self._local_day(contract, start)
        inside = visit.aftersales_window_start <= day <= visit.aftersales_window_end
        return inside and not contract._is_suspended_on(day)

    def _place_again(self, windows_by_visit):
        """Give visits of one company new slots."""
        visits = self.env["fsm.order"].union(*windows_by_visit).sudo()  # see _follow
        visits.write({"scheduled_date_start": False, "scheduled_date_end": False})
        keys = {(v.aftersales_contract_id, v.aftersales_visit_number): v for v in visits}
        _locations, slots = self._place({key: windows_by_visit[v] for key, v in keys.items()})
        for key, visit in keys.items():
            visit.write(slots[key])
