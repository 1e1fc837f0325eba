# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models

from odoo.addons.aftersales_plans.calc.period import Period

from ..calc.window import Window, windows


class AftersalesContract(models.Model):
    """Plans the visits of a contract and counts them (design §4)."""

    _inherit = "aftersales.contract"

    visit_ids = fields.One2many(
        "fsm.order", "aftersales_contract_id", string="Visits", readonly=True
    )
    opening_visits_used = fields.Integer(
        string="Visits Made Before",
        copy=False,
        help="Visits of the running contract year that were made before it was entered here.",
    )
    visit_count = fields.Integer(compute="_compute_visit_count")
    next_visit_date = fields.Date(string="Next Visit", compute="_compute_next_visit_date")

    @api.depends_context("tz")
    @api.depends("visit_ids.scheduled_date_start", "visit_ids.outcome", "visit_ids.stage_id")
    def _compute_next_visit_date(self):
        """Tell when somebody comes next, or should have come."""
        dates = dict(
            self.env["fsm.order"]
            .sudo()  # a day on a contract that the reader may read
            ._read_group(
                [
                    ("aftersales_contract_id", "in", self.ids),
                    ("outcome", "=", False),
                    ("stage_id.is_closed", "=", False),
                ],
                ["aftersales_contract_id"],
                ["scheduled_date_start:min"],
            )
        )
        for contract in self:
            start = dates.get(contract.sudo())
            contract.next_visit_date = (
                start and fields.Datetime.context_timestamp(contract, start).date()
            )

    def _compute_visit_count(self):
        counts = dict(
            self.env["fsm.order"]
            .sudo()  # a number on a contract that the reader may read
            ._read_group(
                [("aftersales_contract_id", "in", self.ids)],
                ["aftersales_contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.visit_count = counts.get(contract, 0)

    def _windows(self):
        """Return the windows of the whole term as they lie in the calendar (design §4)."""
        self.ensure_one()
        return [
            Window(window.number, *self._moved(Period(window.first, window.last)))
            for window in windows(self.date_start, self.duration_months, self.visit_interval_months)
        ]

    def _promised_windows(self, visits):
        """Return {visit: its window now} of ``visits`` of this contract.

        None for a visit the terms promise no longer.
        """
        self.ensure_one()
        windows = {window.number: window for window in self._before_notice(self._windows())}
        return {
            visit: visit._promised_window(windows.get(visit.aftersales_visit_number))
            for visit in visits
        }

    def _visit_windows(self, year):
        """Return the windows that start in contract year ``year``."""
        self.ensure_one()
        return [window for window in self._windows() if window.first in year]

    def _prepare_entitlements(self, year):
        """Append as many visits as windows start in the year."""
        vals_list = super()._prepare_entitlements(year)
        count = len(self._visit_windows(year))
        if count or self.entitlement_ids.filtered(lambda row: row.kind == "visit"):
            vals_list.append(
                {
                    "contract_id": self.id,
                    "kind": "visit",
                    "date_start": year.first,
                    "date_end": year.last,
                    "included": count,
                }
            )
        return vals_list

    @api.model
    def _opening_fields(self):
        """Add the visits made before."""
        return super()._opening_fields() | {"opening_visits_used"}

    def _guarded_fields(self):
        """Add the visits made before: stated once, when the contract is entered."""
        return super()._guarded_fields() | {"opening_visits_used"}

    def _opening_used(self):
        """Add the visits made before."""
        return {**super()._opening_used(), "visit": self.opening_visits_used}

    def _windows_to_plan(self, years):
        """Return the windows of ``years`` that get a visit.

        A contract that was entered while it ran gets none for past years, nor for the first
        visits of the running one that were made before.
        """
        self.ensure_one()
        planned = []
        if self.sale_line_id:
            planned = [window for year in years for window in self._visit_windows(year)]
            return self._before_notice(planned)
        today = self.company_id._aftersales_today()
        for year in years:
            if year.last >= today:
                made = self.opening_visits_used if today in year else 0
                planned += self._visit_windows(year)[made:]
        return self._before_notice(planned)

    def _before_notice(self, windows):
        """Return ``windows`` as far as they lie before an early end that is agreed."""
        last = self.notice_day
        if not last:
            return windows
        return [
            window._replace(last=min(window.last, last))
            for window in windows
            if window.first <= last
        ]

    def _on_period_opened(self, years_by_contract):
        """Plan the visits of the years that opened, all contracts in one batch."""
        result = super()._on_period_opened(years_by_contract)
        self.env["aftersales.visit.planner"]._plan(
            {
                contract: contract._windows_to_plan(years)
                for contract, years in years_by_contract.items()
            }
        )
        return result

    @api.model
    def _terms_fields_of_schedule(self):
        """Add how often somebody comes."""
        return super()._terms_fields_of_schedule() | {"visit_interval_months"}

    def _on_schedule_changed(self):
        """Move the visits with the days of the contract."""
        result = super()._on_schedule_changed()
        self.env["aftersales.visit.planner"]._follow(self)
        return result

    def _on_contract_notice(self):
        """Take back the visits after the last day, or plan them again; none before the start."""
        result = super()._on_contract_notice()
        self.env["aftersales.visit.planner"]._follow(self.filtered("date_start"))
        return result

    def _on_contract_moved(self):
        """Let the visits follow to the new place and customer."""
        result = super()._on_contract_moved()
        self.env["aftersales.visit.planner"]._relocate(self)
        return result

    def _on_contract_closed(self):
        """Cancel the visits nobody has started; a contract that ran out keeps its record."""
        result = super()._on_contract_closed()
        ended_early = self.filtered(lambda contract: contract.state == "cancelled")
        self.env["aftersales.visit.planner"]._cancel_open(ended_early)
        return result

    def _used_value(self):
        """Add the visits that were made, each at the price the contract names for one."""
        visits = self.sudo().visit_ids  # how often somebody came is the reader's to know
        made = visits._completed_visits().filtered(
            lambda visit: visit.outcome == "done" and visit._is_in_price()
        )
        return super()._used_value() + len(made) * self.visit_rate

    def action_open_visits(self):
        """Open the visits of this contract."""
        self.ensure_one()
        return self.env["fsm.order"]._open_list([("aftersales_contract_id", "=", self.id)])
