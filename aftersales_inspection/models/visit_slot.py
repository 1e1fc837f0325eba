# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

from .fsm_order_type import CHECKED_KINDS

SLOT = {"scheduled_date_start", "scheduled_date_end", "scheduled_duration"}


class FsmOrder(models.Model):
    """Where a visit is planned, against the window in which it was promised (requirement 66)."""

    _inherit = "fsm.order"

    is_missed = fields.Boolean(
        string="Window Missed",
        compute="_compute_is_missed",
        search="_search_is_missed",
        help="The days in which the visit was promised are over, and it is still open.",
    )
    is_outside_window = fields.Boolean(
        string="Outside its Window",
        compute="_compute_is_outside_window",
        search="_search_is_outside_window",
        help="Planned on a day on which it was not promised.",
    )

    @api.depends("aftersales_window_end", "stage_id.is_closed", "company_id")
    def _compute_is_missed(self):
        today = {company: company._aftersales_today() for company in self.company_id}
        for visit in self:
            window_end = visit.aftersales_window_end
            visit.is_missed = bool(
                window_end and not visit.stage_id.is_closed and window_end < today[visit.company_id]
            )

    @api.model
    def _search_is_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = (
            self.env["res.company"].sudo().search_fetch([], ["partner_id"])  # what day it is there
        )
        over = Domain.OR(
            Domain("company_id", "in", there.ids) & Domain("aftersales_window_end", "<", today)
            for today, there in companies.grouped(lambda c: c._aftersales_today()).items()
        )
        missed = over & Domain("stage_id.is_closed", "=", False)
        return missed if True in value else ~missed

    @api.depends("scheduled_date_start", "aftersales_window_end", "request_early", "request_late")
    def _compute_is_outside_window(self):
        for visit in self:
            start = visit.scheduled_date_start
            visit.is_outside_window = bool(
                start
                and visit.aftersales_window_end
                and visit.request_early
                and visit.request_late
                and not visit.request_early <= start < visit.request_late
            )

    @api.model
    def _search_is_outside_window(self, operator, value):
        if operator != "in":
            return NotImplemented
        query = self.with_context(active_test=False)._search(
            [("aftersales_window_end", "!=", False), ("scheduled_date_start", "!=", False)]
        )
        start, early, late = (
            self._field_to_sql(query.table, name, query)
            for name in ("scheduled_date_start", "request_early", "request_late")
        )
        query.add_where(SQL("(%s < %s OR %s >= %s)", start, early, start, late))
        return Domain("id", "in" if True in value else "not in", query)

    # --- When somebody moves it ----------------------------------------------------------------

    def write(self, vals):
        """Take back what was said of another date; note a broken window."""
        self._forget_why_not(vals)
        if SLOT.isdisjoint(vals):
            return super().write(vals)
        if self._loses_length(vals):
            for order in self:
                order.write({**vals, "scheduled_date_end": order._end_from(vals)})
            return True
        before = {visit.id: visit.scheduled_date_start for visit in self}
        ends = {visit.id: visit.scheduled_date_end for visit in self}
        answered = "appointment_state" in vals
        result = super().write(vals)
        moved = self.filtered(lambda visit: visit.scheduled_date_start != before[visit.id])
        longer = (self - moved).filtered(lambda visit: visit._lasts_longer_than(ends[visit.id]))
        if not answered:
            asked = (moved | longer).filtered("appointment_state")
            asked.sudo().appointment_state = False  # follows from the new date
        moved.filtered("is_outside_window")._note_broken_window()
        return result

    def _forget_why_not(self, vals):
        """Drop the reason why visits are not placed: they get a date, or who was missing."""
        dated = vals.get("scheduled_date_start")
        if not dated and not vals.get("person_id"):
            return
        unplaced = self.filtered(
            lambda visit: visit.aftersales_unplaced_reason and (dated or visit.scheduled_date_start)
        )
        unplaced.sudo().aftersales_unplaced_reason = False  # follows from date or technician

    def _lasts_longer_than(self, end):
        """Tell whether the visit now ends later than at ``end``, which its customer may know of."""
        self.ensure_one()
        return bool(end and self.scheduled_date_end and self.scheduled_date_end > end)

    def _loses_length(self, vals):
        """Tell whether only a start is given, which Field Service takes for the end as well."""
        start_alone = vals.get("scheduled_date_start") and "scheduled_date_end" not in vals
        return bool(start_alone and self.filtered("aftersales_kind"))

    def _end_from(self, vals):
        self.ensure_one()
        start = fields.Datetime.to_datetime(vals["scheduled_date_start"])
        hours = vals.get("scheduled_duration", self._planned_hours() or self.scheduled_duration)
        return start + timedelta(hours=hours)

    def _note_broken_window(self):
        self._message_log_batch({visit.id: visit._say_broken_window() for visit in self})

    def _say_broken_window(self):
        """Return the sentence that warns of a date outside the window."""
        self.ensure_one()
        return self.env._(
            "Planned for %(start)s, outside the window promised to the customer: "
            "%(first)s to %(last)s.",
            start=format_datetime(
                self.env,
                self.scheduled_date_start,
                tz=self._site_zone().zone,
                dt_format="short",
            ),
            first=format_date(self.env, self.aftersales_window_start),
            last=format_date(self.env, self.aftersales_window_end),
        )

    @api.onchange("scheduled_date_start")
    def _onchange_outside_window(self):
        """Warn whoever types a date on which the visit was not promised."""
        if self.is_outside_window:
            return {
                "warning": {
                    "title": self.env._("Outside the Window"),
                    "message": self._say_broken_window(),
                }
            }
        return None

    @api.onchange("scheduled_date_end")
    def onchange_scheduled_date_end(self):
        """Plan a visit without starting it: Field Service enters the plan as the actual start."""
        if self.aftersales_kind in CHECKED_KINDS:
            return None
        return super().onchange_scheduled_date_end()

    def _planned_hours(self):
        """Return how long the visit is planned to take; 0 when nobody has said."""
        self.ensure_one()
        start, end = self.scheduled_date_start, self.scheduled_date_end
        return (end - start) / timedelta(hours=1) if start and end else 0.0
