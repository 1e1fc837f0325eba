# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

WEEKS_BACK, WEEKS_AHEAD = 4, 26


class AftersalesTechnicianLoad(models.Model):
    """Hours of a technician on one day: those of one order, or the time nobody has planned yet.

    Working time is that of the technician's schedule, else of the company's, less the attendances
    that leave or a public holiday covers whole. It reaches from some weeks back to half a year
    ahead, and so do the orders. Rows of orders carry ``hours_planned``, rows of days
    ``hours_working``; ``hours`` adds up to the working time where nobody has too much to do.

    There is no table and no view. Row ids: order × 2, and technician and day × 2 + 1.
    """

    _name = "aftersales.technician.load"
    _description = "Technicians' Load"
    _auto = False
    _order = "date, person_id, id"
    _rec_name = "person_id"
    _depends = {
        "aftersales.plan": ["code"],
        "fsm.order": [
            "aftersales_contract_id", "aftersales_plan_id", "company_id", "person_id",
            "scheduled_date_end", "scheduled_date_start", "stage_id", "type",
        ],
        "fsm.order.type": ["aftersales_kind"],
        "fsm.person": ["active", "calendar_id", "partner_id"],
        "resource.calendar": ["tz"],
        "resource.calendar.attendance": [
            "calendar_id", "dayofweek", "display_type", "duration_hours", "hour_from", "hour_to",
            "week_type",
        ],
        "resource.calendar.leaves": [
            "calendar_id", "company_id", "date_from", "date_to", "resource_id",
        ],
        "resource.resource": ["user_id"],
        "res.company": ["partner_id", "resource_calendar_id"],
        "res.partner": ["company_id", "tz"],
        "res.users": ["partner_id"],
    }  # fmt: skip

    person_id = fields.Many2one("fsm.person", string="Technician", readonly=True)
    date = fields.Date(readonly=True)
    part = fields.Char(
        string="Plan or Kind", readonly=True, help="Plan of the visit, kind of order, or free time."
    )
    visit_id = fields.Many2one("fsm.order", string="Order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    hours = fields.Float(string="Planned and Free", readonly=True)
    hours_planned = fields.Float(string="Planned (hours)", readonly=True)
    hours_working = fields.Float(string="Working Time (hours)", readonly=True)
    load_percent = fields.Float(
        string="Load (%)", readonly=True, aggregator="avg", help="Planned / working time."
    )

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        monday = today - timedelta(days=today.weekday())
        return SQL(
            """
            WITH planned AS (%(planned)s), worked AS (%(worked)s)
            SELECT planned.id * 2 AS id, planned.person_id, planned.date, planned.part,
                   planned.id AS visit_id, planned.company_id,
                   planned.hours, planned.hours AS hours_planned, 0.0 AS hours_working,
                   NULL::float AS load_percent
              FROM planned
             UNION ALL
            SELECT (worked.person_id::bigint * 100000 + (worked.date - DATE '2000-01-01')) * 2 + 1,
                   worked.person_id, worked.date, %(free)s,
                   NULL, worked.company_id,
                   GREATEST(worked.hours - COALESCE(busy.hours, 0), 0), 0.0, worked.hours, NULL
              FROM worked
              LEFT JOIN (
                       SELECT person_id, date, SUM(hours) AS hours
                         FROM planned
                        GROUP BY person_id, date
                   ) AS busy ON busy.person_id = worked.person_id AND busy.date = worked.date
            """,
            planned=self._select_planned(
                monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(weeks=WEEKS_AHEAD)
            ),
            worked=self._select_worked(
                monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(weeks=WEEKS_AHEAD)
            ),
            free=self.env._("Working time left"),
        )

    @api.model
    def _select_planned(self, first, until):
        """Return the orders of all kinds that take time from ``first`` to before ``until``.

        Each stands on the day it starts where the company is.
        """
        return SQL(
            """
            SELECT visit.id, visit.person_id, visit.company_id,
                   (visit.scheduled_date_start AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS date,
                   COALESCE(plan.code, %(kind)s, %(other)s) AS part,
                   EXTRACT(EPOCH FROM visit.scheduled_date_end - visit.scheduled_date_start)
                        / 3600.0 AS hours
              FROM fsm_order visit
              JOIN res_company company ON company.id = visit.company_id
              JOIN res_partner place ON place.id = company.partner_id
              LEFT JOIN fsm_order_type kind ON kind.id = visit.type
              LEFT JOIN aftersales_plan plan ON plan.id = visit.aftersales_plan_id
             WHERE visit.person_id IS NOT NULL
               AND visit.stage_id != %(cancelled)s
               AND visit.scheduled_date_start >= %(first)s
               AND visit.scheduled_date_start < %(until)s
            """,
            kind=self._kind_in_words(),
            other=self.env._("Other"),
            cancelled=self.env.ref("fieldservice.fsm_stage_cancelled").id,
            first=first,
            until=until,
        )

    @api.model
    def _kind_in_words(self):
        """Return the kind of a visit as the reader's language has it; NULL for others' orders."""
        kinds = (
            self.env["fsm.order.type"]._fields["aftersales_kind"]._description_selection(self.env)
        )
        return SQL(
            "CASE kind.aftersales_kind %s END",
            SQL(" ").join(SQL("WHEN %s THEN %s", value, label) for value, label in kinds),
        )

    @api.model
    def _select_worked(self, first, until):
        """Return the working hours per technician and day from ``first`` to before ``until``."""
        return SQL(
            """
            SELECT person.id AS person_id, owner.company_id, day.date,
                   SUM(attendance.duration_hours) AS hours
              FROM fsm_person person
              JOIN res_partner owner ON owner.id = person.partner_id
              LEFT JOIN res_company company ON company.id = COALESCE(owner.company_id, %(company)s)
              JOIN resource_calendar calendar
                ON calendar.id = COALESCE(person.calendar_id, company.resource_calendar_id)
              JOIN resource_calendar_attendance attendance
                ON attendance.calendar_id = calendar.id
               AND attendance.display_type IS NULL
             CROSS JOIN LATERAL (
                       SELECT date::date
                         FROM generate_series(%(first)s::date, %(until)s::date - 1, '1 day') AS date
                   ) AS day
             WHERE person.active
               AND attendance.dayofweek::int = EXTRACT(ISODOW FROM day.date) - 1
               AND (attendance.week_type IS NULL
                    OR attendance.week_type::int = ((day.date - DATE '0001-01-01') / 7) %% 2)
               AND NOT EXISTS (
                       SELECT FROM resource_calendar_leaves leave
                         LEFT JOIN resource_resource resource ON resource.id = leave.resource_id
                         LEFT JOIN res_users employee ON employee.id = resource.user_id
                        WHERE (leave.calendar_id IS NULL OR leave.calendar_id = calendar.id
                               OR leave.resource_id IS NOT NULL)
                          AND (leave.resource_id IS NULL OR employee.partner_id = owner.id)
                          AND (leave.company_id IS NULL OR leave.company_id = company.id)
                          AND leave.date_from <= %(from_hour)s
                          AND leave.date_to >= %(to_hour)s
                   )
             GROUP BY person.id, owner.company_id, day.date
            """,
            company=self.env.company.id,
            first=first,
            until=until,
            from_hour=self._moment(SQL("attendance.hour_from")),
            to_hour=self._moment(SQL("attendance.hour_to - 0.02")),  # holidays end at 23:59:59
        )

    @api.model
    def _moment(self, hour):
        """Return the UTC moment of ``hour`` on a day of the working schedule."""
        return SQL(
            "((day.date + make_interval(secs => (%s) * 3600)) AT TIME ZONE calendar.tz"
            " AT TIME ZONE 'UTC')",
            hour,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Divide the sums of a group; the load of single rows means nothing."""
        if aggregate_spec != "load_percent:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "hours_planned", query),
            self._field_to_sql(self._table, "hours_working", query),
        )
