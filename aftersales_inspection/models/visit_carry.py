# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.aftersales_plans.calc.period import Period
from odoo.addons.aftersales_plans.calc.suspension import counted_day
from odoo.addons.aftersales_plans.models.linked_records import open_dialog

from ..calc.window import Window


class FsmOrder(models.Model):
    """A visit that came to nothing is carried over: the same order gets a longer window.

    The window keeps its first day, which says to which contract year the visit belongs. Its new
    last day is stored without suspended days, as all days of a contract are counted: what moves
    the days of the contract later moves it too, and amended terms do not take it back.
    """

    _inherit = "fsm.order"
    _guarded = frozenset({"aftersales_carried_until"})

    aftersales_carried_until = fields.Date(
        string="Carried Over until",
        readonly=True,
        copy=False,
        help="Last day of the window since it was carried over, suspended days not counted.",
    )
    can_carry_over = fields.Boolean(compute="_compute_can_carry_over")

    @api.depends_context("uid")
    @api.depends(
        "is_missed", "stage_id.is_closed", "date_start", "outcome", "scheduled_date_start",
        "aftersales_window_start",
    )  # fmt: skip
    def _compute_can_carry_over(self):
        may_plan, now = self._may_carry_over(), fields.Datetime.now()
        for visit in self:
            start = visit.scheduled_date_start
            visit.can_carry_over = bool(
                may_plan
                and not visit._why_not_carry_over()
                and (visit.is_missed or not start or start < now)
            )

    def _why_not_carry_over(self):
        """Return what keeps this visit from being carried over, in words; False if nothing."""
        self.ensure_one()
        begins = self.aftersales_window_start
        if not self._is_promised():
            return self.env._("%s was promised to nobody.", self.name)
        if self.stage_id.is_closed and not self._came_in_vain():
            return self.env._("%s is over. Reopen it first.", self.name)
        if self.date_start and not self.stage_id.is_closed:
            return self.env._("%s has been started.", self.name)
        if begins > self.company_id._aftersales_today():
            return self.env._(
                "%(visit)s: its window only begins on %(day)s.",
                visit=self.name,
                day=format_date(self.env, begins),
            )
        return False

    def _came_in_vain(self):
        """Tell whether somebody was there and could not do what was to be done."""
        self.ensure_one()
        return bool(self.stage_id.is_closed and self.outcome and self.outcome != "done")

    def action_carry_over(self):
        """Ask until when this visit is to be made."""
        self.ensure_one()
        title = self.env._("Carry Over %s", self.name)
        return open_dialog(title, "aftersales.visit.carry", default_visit_id=self.id)

    def _carry_over(self, until):
        """Let this visit be made until ``until``, last day or later, and find a slot soon.

        One that somebody made in vain is reopened by that.

        :raises UserError: it is over, running or ahead, or the day is past; naming the visit
        """
        planner = self.env["aftersales.visit.planner"]
        self._check_carry_over(until)
        visit = self.sudo()  # its window is nobody's to write by hand
        before = planner._remember(visit)
        if visit._came_in_vain():
            planner._take_up(visit)
        errand = visit._errand()
        visit.aftersales_carried_until = counted_day(until, errand._suspensions())
        window = visit._window()
        window = window._replace(last=max(window.last, until))  # no promise gets shorter
        visit.write(planner._prepare_window(errand, window))
        planner._place_by_company({visit: window})
        planner._tell(before, self.env._("The visit was carried over."), on_contract=False)

    @api.model
    def _may_carry_over(self):
        user = self.env.user
        return user.has_group("aftersales_plans.group_agent") or user.has_group(
            "fieldservice.group_fsm_dispatcher"
        )

    def _check_carry_over(self, until):
        self.check_access("write")
        if not self.env.su and not self._may_carry_over():
            raise AccessError(
                self.env._("Ask the service desk or a dispatcher to carry the visit over.")
            )
        reason = self._why_not_carry_over()
        if reason:
            raise UserError(reason)
        if until < self.company_id._aftersales_today():
            raise UserError(
                self.env._(
                    "%(visit)s cannot be made by %(day)s any more: choose a day from today on.",
                    visit=self.name,
                    day=format_date(self.env, until),
                )
            )

    def _promised_window(self, window):
        """Return the window of this visit now; None if it is promised no longer.

        :param window: what the terms say of its number now; None if they do not name it
        """
        self.ensure_one()
        carried = self.aftersales_carried_until
        if not carried:
            return window
        last = self.aftersales_contract_id._moved(Period(carried, carried)).last
        if not window:
            return Window(self.aftersales_visit_number, self.aftersales_window_start, last)
        return window._replace(last=max(window.last, last))
