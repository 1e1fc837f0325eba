# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..calc.period import Period
from ..calc.suspension import moved_period, suspended_days
from .linked_records import open_dialog


class AftersalesContract(models.Model):
    """Contracts rest: the days of a suspension are added to the end (requirements 60, 61)."""

    _inherit = "aftersales.contract"

    suspension_ids = fields.One2many("aftersales.suspension", "contract_id", readonly=True)
    days_suspended = fields.Integer(compute="_compute_days_suspended")

    @api.depends("suspension_ids.date_start", "suspension_ids.date_end")
    def _compute_days_suspended(self):
        for contract in self:
            contract.days_suspended = sum(contract.suspension_ids.mapped("days"))

    def _suspensions(self):
        """Return the suspensions of one contract as periods."""
        self.ensure_one()
        return [Period(row.date_start, row.date_end) for row in self.suspension_ids]

    def _moved(self, period):
        """Return ``period``, counted without suspensions, where it lies with them."""
        return moved_period(period, self._suspensions())

    def _is_suspended_on(self, day):
        self.ensure_one()
        return any(day in suspension for suspension in self._suspensions())

    def action_suspend(self):
        """Ask from when to when the contract rests."""
        self.ensure_one()
        title = self.env._("Suspend %s", self.name)
        return open_dialog(title, "aftersales.contract.suspend", default_contract_id=self.id)

    def action_resume(self):
        """End the running suspension: cover goes on from today."""
        self.check_access("write")
        for contract in self:
            today = contract.company_id._aftersales_today()
            running = contract.suspension_ids.filtered(
                lambda row, day=today: row.date_start <= day <= row.date_end
            )
            if not running:
                raise UserError(self.env._("%s is not suspended today.", contract.name))
            contract._shorten_suspension(running, today - timedelta(days=1))

    def _suspend(self, first, last, reason=False):
        """Let the contract rest from ``first`` to ``last``, both inside, and move its end.

        :raises UserError: not running, not inside the term, days suspended or used already
        """
        self.ensure_one()
        self._check_suspension(first, last)
        rows = self.env["aftersales.suspension"].sudo()  # nobody's to write; callers check who may
        suspension = rows.create(
            {"contract_id": self.id, "date_start": first, "date_end": last, "reason": reason}
        )
        self._reschedule()
        self.message_post(
            body=self.env._(
                "Suspended from %(first)s to %(last)s, %(days)s days: %(reason)s. "
                "The contract now ends on %(end)s.",
                first=format_date(self.env, first),
                last=format_date(self.env, last),
                days=suspension.days,
                reason=reason or self.env._("no reason given"),
                end=format_date(self.env, self.date_end),
            )
        )
        self._follow_suspensions()
        return suspension

    def _check_suspension(self, first, last):
        """Raise where these days cannot be suspended."""
        if self.state not in ("active", "suspended"):
            raise UserError(self.env._("Only a running contract can rest; %s is not.", self.name))
        if last < first:
            raise UserError(self.env._("%s: a suspension cannot end before it starts.", self.name))
        if not self.date_start <= first <= self.date_end:
            raise UserError(
                self.env._(
                    "%(name)s runs from %(start)s to %(end)s: begin the suspension in between.",
                    name=self.name,
                    start=format_date(self.env, self.date_start),
                    end=format_date(self.env, self.date_end),
                )
            )
        if suspended_days(Period(first, last), self._suspensions()):
            raise UserError(self.env._("%s: some of these days are suspended already.", self.name))
        used = self._claims_covered(first, last)
        if used:
            raise UserError(
                self.env._(
                    "%(name)s was used in these days (%(claims)s). Choose other days.",
                    name=self.name,
                    claims=used.mapped("name"),
                )
            )

    def _shorten_suspension(self, suspension, last):
        """Let ``suspension`` end on ``last``; it never was if that is before its first day."""
        self.ensure_one()
        hidden = suspension.sudo()  # callers check who may
        if last < suspension.date_start:
            hidden.unlink()
        else:
            hidden.date_end = last
        self._reschedule()
        self.message_post(
            body=self.env._(
                "Resumed: the suspension ends on %(last)s. The contract now ends on %(end)s.",
                last=format_date(self.env, last),
                end=format_date(self.env, self.date_end),
            )
        )
        self._follow_suspensions()

    def _withdraw_suspension(self, suspension):
        """Take back a suspension that lies ahead."""
        self.ensure_one()
        if suspension.date_start <= self.company_id._aftersales_today():
            raise UserError(
                self.env._("%s: this suspension has begun. Resume the contract.", self.name)
            )
        suspension.sudo().unlink()  # action_withdraw checks who may
        self._reschedule()
        self.message_post(
            body=self.env._(
                "The planned suspension was taken back. The contract ends on %s.",
                format_date(self.env, self.date_end),
            )
        )

    def _follow_suspensions(self):
        """Suspend or resume by what today is; twice-safe."""
        for contract in self:
            resting = contract._is_suspended_on(contract.company_id._aftersales_today())
            if resting and contract.state == "active":
                contract._set_state("suspended")
                contract._on_contract_suspended()
            elif not resting and contract.state == "suspended":
                contract._set_state("active")
                contract._on_contract_resumed()

    # --- Hooks for siblings: called by _follow_suspensions, empty here; see _on_contract_activated

    def _on_contract_suspended(self):
        """Let a sibling act on a contract that rests from today on; the dates are moved already."""

    def _on_contract_resumed(self):
        """Let a sibling act on a contract whose cover goes on from today."""
