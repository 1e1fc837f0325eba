# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """What day it is where a company is, and when people work there (design §2)."""

    _inherit = "res.company"

    def _aftersales_tz(self):
        self.ensure_one()
        # a time zone is no secret; company addresses may be hidden
        return pytz.timezone(self.sudo().partner_id.tz or "UTC")

    def _aftersales_today(self):
        """Return today's date where the company is (design §2)."""
        return self._aftersales_day_of(fields.Datetime.now())

    def _aftersales_day_of(self, moment):
        """Return the company's calendar day of a UTC datetime."""
        return pytz.utc.localize(moment).astimezone(self._aftersales_tz()).date()

    def _aftersales_start_of(self, day):
        """Return the UTC moment at which ``day`` begins where the company is."""
        midnight = self._aftersales_tz().localize(datetime.combine(day, time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def _aftersales_is_open(self, moment):
        """Tell whether a UTC ``moment`` lies in the company's working hours."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return True
        start = pytz.utc.localize(moment)
        return bool(calendar._work_intervals_batch(start, start + timedelta(seconds=1))[False])

    def _aftersales_after(self, moment, hours):
        """Return when ``hours`` of working time have passed since a UTC ``moment``.

        Public holidays do not count. Without a working calendar every hour counts.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        planned = calendar and calendar.plan_hours(hours, moment, compute_leaves=True)
        return planned or moment + timedelta(hours=hours)

    def _aftersales_hours_between(self, start, end):
        """Return the hours of working time between two UTC moments."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if calendar:
            return calendar.get_work_hours_count(start, end)
        return (end - start).total_seconds() / 3600

    def _aftersales_working_day(self, first, latest):
        """Return the first day from ``first`` on that somebody works, ``latest`` at the latest.

        Public holidays do not count. Without a working calendar every day does.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return first
        tz = self._aftersales_tz()
        start = tz.localize(datetime.combine(first, time()))
        end = tz.localize(datetime.combine(latest + timedelta(days=1), time()))
        intervals = calendar._work_intervals_batch(start, end)[False]
        return min(
            (begin.astimezone(tz).date() for begin, _end, _meta in intervals), default=latest
        )
