# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models


class AftersalesVisitPlanner(models.AbstractModel):
    """Moves and cancels the visits nobody has started when their contracts change (design §4)."""

    _inherit = "aftersales.visit.planner"

    @api.model
    def _follow(self, contracts):
        """Move visits to where the windows of ``contracts`` are now.

        A visit keeps its slot while that lies inside its window and outside suspensions; else it
        gets a new one. A visit the terms promise no longer is cancelled; new ones are made.
        """
        contracts = contracts.sudo()  # callers checked the contract; visits follow from it
        visits = contracts.visit_ids.filtered(self._is_ahead)
        before = self._remember(visits)
        windows = {}
        for contract, of_contract in visits.grouped("aftersales_contract_id").items():
            windows |= contract._promised_windows(of_contract)
        self._drop(visits.filtered(lambda v: not windows[v] and v.aftersales_window_end))
        promised = visits.filtered(windows.get)
        taken_up = promised.filtered(lambda visit: not visit.aftersales_window_end)
        self._take_up(taken_up)
        for visit in promised:
            visit.write(self._prepare_window(visit.aftersales_contract_id, windows[visit]))
        displaced = taken_up | promised.filtered(lambda visit: not self._keeps_slot(visit))
        self._place_by_company({visit: windows[visit] for visit in displaced})
        made = self._plan(
            {contract: contract._windows_to_plan(contract._begun_years()) for contract in contracts}
        )
        self._tell(before | dict.fromkeys(made), self.env._("The days of the contract changed."))

    @api.model
    def _relocate(self, contracts):
        """Bring visits to where their ``contracts`` are now.

        Those still ahead get slots of technicians who work there; what is late goes along as it is.
        Their dates are agreed anew: the place or the customer is another.
        """
        visits = contracts.sudo().visit_ids.filtered(self._is_open)  # as in _follow
        visits._start_anew()
        before, displaced = self._remember(visits), {}
        for company, of_company in visits.grouped("company_id").items():
            planner = self.sudo().with_company(company)
            locations = planner.env["fsm.location"]._of_sites(of_company.aftersales_contract_id)
            for visit in of_company:
                window, old = visit._window(), visit.location_id
                location = locations[visit.aftersales_contract_id.site_id]
                visit.write(planner._prepare_visit(self._key(visit), window, location))
                if old != location and self._is_ahead(visit):
                    displaced[visit] = window
        self._place_by_company(displaced)
        self._tell(before, self.env._("The contract moved."))

    @api.model
    def _follow_orders(self, moved, postponed):
        """Bring what orders sold by itself to where and when they deliver now.

        A visit keeps its slot while that lies in its window; at another place its date is agreed
        anew. One that was carried over keeps the days it got.

        :param moved: orders with another delivery address
        :param postponed: orders with another delivery date
        """
        # sudo: whoever may change an order; its visits follow from it alone
        visits = (moved | postponed).sudo().order_line.aftersales_visit_ids.filtered(self._is_open)
        before, displaced = self._remember(visits), {}
        for company, of_company in visits.grouped("company_id").items():
            planner = self.sudo().with_company(company)
            errands = {visit: visit._errand() for visit in of_company}
            locations = planner.env["fsm.location"]._of_sites(errands.values())
            for visit, errand in errands.items():
                window, location = visit._window(), locations[errand.site_id]
                if errand.line.order_id in postponed and not visit.aftersales_carried_until:
                    window = planner._window_sold(errand.line, visit.aftersales_visit_number)
                elsewhere = visit.location_id != location
                if elsewhere:
                    visit._start_anew()
                visit.write(
                    {
                        **planner._prepare_place(errand, location),
                        **planner._prepare_window(errand, window),
                    }
                )
                if elsewhere or not self._keeps_slot(visit):
                    displaced[visit] = window
        self._place_by_company(displaced)
        self._tell(before, self.env._("The order changed."), on_contract=False)

    @api.model
    def _cancel_open(self, contracts):
        """Cancel the visits of ``contracts`` that ended early."""
        visits = contracts.sudo().visit_ids.filtered(lambda v: v._is_unstarted())  # as in _follow
        before = self._remember(visits)
        if visits:
            visits.with_context(tracking_disable=True).action_cancel()  # _tell says it instead
        self._tell(before, self.env._("The contract ended early."))

    def _place_by_company(self, windows_by_visit):
        visits = self.env["fsm.order"].union(*windows_by_visit).sudo()  # as in _follow
        for company, of_company in visits.grouped("company_id").items():
            planner = self.sudo().with_company(company)
            planner._place_again({visit: windows_by_visit[visit] for visit in of_company})

    @api.model
    def _is_open(self, visit):
        """Tell whether ``visit`` is promised and nobody has started it."""
        return visit.aftersales_window_end and visit._is_unstarted()

    @api.model
    def _is_ahead(self, visit):
        """Tell whether nobody has started ``visit`` and its window, if it has one, is not over."""
        if not visit.aftersales_window_end:
            return True  # dropped before; see _drop
        return self._is_open(visit) and not visit.is_missed

    @api.model
    def _drop(self, visits):
        """Cancel visits the terms promise no longer; without a window they may be taken up again.

        The customer's answer goes with the promise.
        """
        if visits:
            visits.with_context(tracking_disable=True).action_cancel()  # _tell says it instead
            visits.write(
                {
                    "aftersales_window_start": False,
                    "aftersales_window_end": False,
                    "appointment_state": False,
                }
            )

    @api.model
    def _take_up(self, visits):
        """Bring dropped visits back: the terms promise them again."""
        for company, of_company in visits.grouped("company_id").items():
            stage = of_company.with_company(company)._default_stage_id()
            of_company.with_context(tracking_disable=True).stage_id = stage

    @api.model
    def _keeps_slot(self, visit):
        """Tell whether the planned date still lies inside the window and outside suspensions."""
        start, contract = visit.scheduled_date_start, visit.aftersales_contract_id
        if not start or visit.is_outside_window:
            return False
        return not (contract and contract._is_suspended_on(self._local_day(contract, start)))
