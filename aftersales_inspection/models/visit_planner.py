# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, models

from odoo.addons.aftersales_plans.models.turn import take_turn

from ..calc.zone import day_begins, local_day

SILENT_CREATION = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
}


class AftersalesVisitPlanner(models.AbstractModel):
    """Makes the visits of contracts, all in one batch (design §4).

    Idempotent: a visit number of a contract is made once. What cannot be placed exists with its
    window, without date and technician, and says why. ``visit_leveller`` finds the slots,
    ``visit_follow`` moves visits with their contracts, ``visit_log`` says so; ``visit_sale``,
    ``claim_specialist`` and ``stock_check_plan`` enter the visits that no contract promises.

    An *errand* is why somebody goes: a contract, or what answers as one (:class:`.errand.Errand`).
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
        take_turn(contracts)
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
                planner = self.sudo().with_company(company)
                visits |= planner._create_visits(of_company, planner._prepare_visit)
        return visits

    def _create_visits(self, wanted, prepare):
        """Create visits of one company.

        :param wanted: {(errand, number): window}
        :param prepare: makes the values of one from its key, window and location
        """
        of_sites = self.env["fsm.location"]._of_sites(errand for errand, _number in wanted)
        locations = {key: of_sites[key[0].site_id] for key in wanted}
        slots, defaults = self._place(wanted, locations), self._defaults()
        Order = self.env["fsm.order"].with_context(**SILENT_CREATION)
        return Order.create(
            [
                {**defaults, **prepare(key, window, locations[key]), **slots[key]}
                for key, window in wanted.items()
            ]
        )

    def _defaults(self):
        """Return what all our orders of this company start with; its first team is made here."""
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
        local = self.with_context(lang=contract.partner_id.lang)  # customers name it when they call
        return {
            "name": local.env._(
                "%(plan)s visit %(number)s · %(customer)s",
                plan=contract.plan_id.code,
                number=number,
                customer=contract.partner_id.name,
            ),
            **self._prepare_place(contract, location),
            "aftersales_contract_id": contract.id,
            "aftersales_visit_number": number,
            **self._prepare_window(contract, window),
        }

    @api.model
    def _prepare_place(self, errand, location):
        """Return where it is and, unless it belongs to another company, the team of that place."""
        team = location.team_id
        fits = team and team.company_id in (errand.company_id, team.company_id.browse())
        return {"location_id": location.id, **({"team_id": team.id} if fits else {})}

    @api.model
    def _prepare_window(self, errand, window):
        earliest, latest = self._window_in_utc(errand, window)
        return {
            "aftersales_window_start": window.first,
            "aftersales_window_end": window.last,
            "request_early": earliest,
            "request_late": latest,
        }

    # --- Visits, windows and the time where the site is ----------------------------------------

    @api.model
    def _key(self, visit):
        return visit._errand(), visit.aftersales_visit_number

    @api.model
    def _window_in_utc(self, errand, window):
        """Return both ends of the window, whole days where the site is, as naive UTC."""
        zone = self._zone(errand)
        return (
            day_begins(zone, window.first),
            day_begins(zone, window.last + timedelta(days=1)),
        )

    @api.model
    def _zone(self, errand):
        return errand.company_id._visit_zone(errand.site_id.tz)

    @api.model
    def _local_day(self, errand, moment):
        return local_day(self._zone(errand), moment)
