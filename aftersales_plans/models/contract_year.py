# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..calc import decision, period
from .turn import take_turn


class AftersalesContract(models.Model):
    """The years of a contract and what may be used in each (requirements 2-4; design §3)."""

    _inherit = "aftersales.contract"

    def _years(self):
        """Return the contract years as they lie in the calendar, suspended days included."""
        self.ensure_one()
        return [
            self._moved(year)
            for year in period.contract_years(self.date_start, self.duration_months)
        ]

    def _begun_years(self):
        """Return the contract years that have begun."""
        today = self.company_id._aftersales_today()
        return [year for year in self._years() if year.first <= today]

    def _open_periods(self):
        """Create the entitlements of every contract year that has begun and has none."""
        take_turn(self)  # two at once would make the same rows, and a UNIQUE stop the later one
        existing = {
            (entitlement.contract_id.id, entitlement.date_start)
            for entitlement in self.entitlement_ids
        }
        vals_list, opened = [], {}
        for contract in self:
            for year in contract._begun_years():
                if (contract.id, year.first) in existing:
                    continue
                vals_list += contract._prepare_entitlements(year)
                opened.setdefault(contract, []).append(year)
        self.env["aftersales.entitlement"].sudo().create(vals_list)  # rows are nobody's to create
        if opened:
            self._on_period_opened(opened)

    def _on_period_opened(self, years_by_contract):
        """Let a sibling act on contract years that opened; empty here.

        Called by :meth:`_open_periods` inside its transaction, once for each year. An override
        writes its own tables only.

        :param years_by_contract: {contract: [Period, …]}
        """

    def _prepare_entitlements(self, year):
        """Return the entitlements of one contract year as values.

        A sibling overrides it, calls ``super()`` and appends its kind; it must not create rows.

        :param year: :class:`~..calc.period.Period`
        """
        self.ensure_one()
        return [
            {
                "contract_id": self.id,
                "kind": "replacement",
                "date_start": year.first,
                "date_end": year.last,
                "included": self.replacements_included,
                "unlimited": self.replacements_unlimited,
            }
        ]

    def _entitlement(self, kind, day):
        """Return the entitlement of ``kind`` for the contract year ``day`` lies in."""
        self.ensure_one()
        return self.entitlement_ids.filtered(
            lambda e: e.kind == kind and e.date_start <= day <= e.date_end
        )

    def _covers_day(self, day):
        """Tell whether an incident on ``day`` is covered: inside the term, not suspended.

        What happened before a contract ended early is covered, unless it is as if never sold.
        """
        self.ensure_one()
        if not self.date_start or not self.date_start <= day <= self.date_end:
            return False
        if self.state == "cancelled":
            kept = self.close_reason_id and not self.close_reason_id.void
            return bool(kept and day <= self.date_closed and not self._is_suspended_on(day))
        return self.state != "draft" and not self._is_suspended_on(day)

    def _claims_covered(self, first, last):
        """Return the claims in which this contract gave something for ``first`` to ``last``."""
        return self.sudo().claim_ids.filtered(  # whoever took them
            lambda claim: (
                claim.state in ("approved", "done")
                and first <= claim.date_occurred <= last
                and decision.CONTRACT in claim.line_ids.mapped("billing_type")
            )
        )

    # --- When dates or terms change ------------------------------------------------------------

    @api.model
    def _terms_fields_of_schedule(self):
        """Return the terms that decide how long the contract runs and what a year includes."""
        return {"duration_months", "replacements_included", "replacements_unlimited"}

    def _reschedule(self):
        """Let the end and the entitlements follow start, terms and suspensions; twice-safe."""
        started = self.filtered(lambda contract: contract.date_start and contract.date_end)
        for contract in started:
            years = contract._years()
            contract._check_end(years[-1].last)
            contract.sudo().date_end = years[-1].last  # callers check who may move it
            contract._follow_years(years)
        started._on_schedule_changed()

    def _on_schedule_changed(self):
        """Let a sibling move what hangs on the days of the contract; empty here.

        Called by :meth:`_reschedule` when end and years are written. An override writes its own
        tables only, and is twice-safe: it may be called where nothing changed.
        """

    def _check_end(self, last_day):
        today = self.company_id._aftersales_today()
        if self.state in ("active", "suspended") and last_day < today <= self.date_end:
            raise UserError(
                self.env._(
                    "%(name)s would have ended on %(end)s already. End the contract instead.",
                    name=self.name,
                    end=format_date(self.env, last_day),
                )
            )

    def _follow_years(self, years):
        """Move the entitlements that exist to ``years`` and to what the terms include now."""
        begun = sorted(set(self.entitlement_ids.mapped("date_start")))
        rows = {(row.date_start, row.kind): row for row in self.entitlement_ids}
        today = self.company_id._aftersales_today()
        Entitlement = self.env["aftersales.entitlement"].sudo()  # rows are nobody's to write
        # The last one first: no row meets the start of another that has yet to move.
        for start, year in reversed(list(zip(begun, years, strict=False))):
            for vals in self._prepare_entitlements(year):
                row = rows.get((start, vals["kind"]))
                if not row:
                    Entitlement.create(vals)
                elif row.date_end >= today:
                    row.sudo()._amend(vals)
                else:
                    row.sudo().write({name: vals[name] for name in ("date_start", "date_end")})
