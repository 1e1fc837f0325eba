import pytz

from odoo import models

from ..calc.level import subtract


class FsmPerson(models.Model):
    """A technician's free time: working hours less leave, holidays and other visits."""

    _inherit = "fsm.person"

    def _free_time(self, company, earliest, latest):
        """Return {id: [(start, end), …]} between two naive UTC moments."""
        free = {}
        busy = self._busy_time(earliest, latest)
        for person in self:
            intervals = person._working_time(company, earliest, latest)
            for interval in busy.get(person, ()):
                intervals = subtract(intervals, interval)
            free[person.id] = intervals
        return free

    def _working_time(self, company, earliest, latest):
        self.ensure_one()
        calendar = self.calendar_id or company.resource_calendar_id
        if not calendar:
            return []
        resource = self.env["resource.resource"].search(
            [("user_id", "in", self.partner_id.user_ids.ids), ("company_id", "=", company.id)],
            limit=1,
        )
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(earliest), pytz.utc.localize(latest), resources=resource
        )[resource.id]
        return [
            (
                start.astimezone(pytz.utc).replace(tzinfo=None),
                end.astimezone(pytz.utc).replace(tzinfo=None),
            )
            for start, end, _meta in intervals
        ]

    def _busy_time(self, earliest, latest):
        orders = self.env["fsm.order"].search(
            [
                ("person_id", "in", self.ids),
                ("scheduled_date_start", "<", latest),
                ("scheduled_date_end", ">", earliest),
                ("stage_id.is_closed", "=", False),
            ]
        )
        busy = {}
        for order in orders:
            busy.setdefault(order.person_id, []).append(
                (order.scheduled_date_start, order.scheduled_date_end)
            )
        return busy
