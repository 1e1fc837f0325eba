# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common import InspectionCase

NOW = "2026-06-10 08:00:00"  # a Wednesday
WEEK = [("date", ">=", "2026-06-08"), ("date", "<=", "2026-06-14")]


@tagged("post_install", "-at_install")
class TestTechnicianLoad(InspectionCase):
    """Tess works 8 to 12 and 13 to 17 from Monday to Friday, where the company is (UTC)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schedule = cls.env["resource.calendar"].create({"name": "40 hours", "tz": "UTC"})
        cls.technician.calendar_id = cls.schedule
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.visit = cls.contract.visit_ids.sorted("aftersales_visit_number")[0]
        (cls.contract.visit_ids - cls.visit).person_id = False

    def book(self, start, end, visit=None):
        (visit or self.visit).write({"scheduled_date_start": start, "scheduled_date_end": end})

    def load(self, *groupby, domain=WEEK):
        domain = [("person_id", "=", self.technician.id), *domain]
        measures = ["hours:sum", "hours_planned:sum", "hours_working:sum", "load_percent:avg"]
        with freeze_time(NOW):
            rows = self.env["aftersales.technician.load"]._read_group(domain, groupby, measures)
        found = {row[:-4]: row[-4:] for row in rows}
        return found if groupby else found[()]

    def test_a_week_is_as_high_as_the_working_time(self):
        self.book("2026-06-10 08:00:00", "2026-06-10 12:00:00")
        self.assertEqual(self.load(), (40.0, 4.0, 40.0, 10.0))
        self.assertEqual(
            self.load("part"),
            {
                ("T-GOLD",): (4.0, 4.0, 0.0, False),
                ("Working time left",): (36.0, 0.0, 40.0, 0.0),
            },
        )

    def test_too_much_on_a_day_shows_above_the_working_time(self):
        self.book("2026-06-10 08:00:00", "2026-06-10 18:00:00")
        self.assertEqual(self.load(), (42.0, 10.0, 40.0, 25.0))
        day = [("date", "=", "2026-06-10")]
        self.assertEqual(self.load(domain=day), (10.0, 10.0, 8.0, 125.0))

    def test_cancelled_and_unassigned_visits_take_no_time(self):
        self.book("2026-06-10 08:00:00", "2026-06-10 12:00:00")
        self.visit.action_cancel()
        self.assertEqual(self.load()[1], 0.0)

    def test_leave_and_public_holidays_are_no_working_time(self):
        Leaves = self.env["resource.calendar.leaves"]
        Leaves.create(
            {
                "name": "Holiday",
                "date_from": "2026-06-08 00:00:00",
                "date_to": "2026-06-08 23:59:59",
            }
        )
        self.assertEqual(self.load()[2], 32.0)
        user = self.env["res.users"].create(
            {"login": "t-tess", "partner_id": self.technician.partner_id.id}
        )
        resource = self.env["resource.resource"].create(
            {"name": "Tess", "user_id": user.id, "calendar_id": self.schedule.id}
        )
        Leaves.create(
            {
                "name": "Morning off",
                "resource_id": resource.id,
                "date_from": "2026-06-09 08:00:00",
                "date_to": "2026-06-09 12:00:00",
            }
        )
        self.assertEqual(self.load()[2], 28.0)
        self.assert_as_planned()

    def assert_as_planned(self):
        """Compare with what the planner takes for working time, in the whole week."""
        first, last = datetime(2026, 6, 8), datetime(2026, 6, 14)
        days = self.technician._workdays(self.company, first, last)[self.technician.id]
        hours = sum(
            (end - start).total_seconds() / 3600
            for day, workday in days.items()
            for start, end in workday.hours
            if first.date() <= day <= last.date()
        )
        self.assertEqual(self.load()[2], hours)

    def test_a_schedule_in_another_zone_and_of_two_weeks_is_as_the_planner_has_it(self):
        self.schedule.tz = "Asia/Tokyo"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday in Tokyo",
                "date_from": "2026-06-08 15:00:00",
                "date_to": "2026-06-09 14:59:59",
            }
        )
        self.assertEqual(self.load()[2], 32.0)
        self.assert_as_planned()
        self.schedule.switch_calendar_type()
        week = self.schedule.attendance_ids.get_week_type(date(2026, 6, 10))
        self.schedule.attendance_ids.filtered(
            lambda line: line.week_type == str(week) and line.dayofweek == "4"
        ).unlink()
        self.assertEqual(self.load()[2], 24.0)
        self.assert_as_planned()

    def test_archived_technicians_do_not_work(self):
        self.technician.active = False
        self.assertEqual(self.load()[2] or 0, 0)

    def test_rows_keep_their_ids(self):
        self.book("2026-06-10 08:00:00", "2026-06-10 12:00:00")
        with freeze_time(NOW):
            Load = self.env["aftersales.technician.load"]
            rows = Load.search([("person_id", "=", self.technician.id), *WEEK])
            self.assertEqual(len(rows), len(set(rows.ids)))
            row = rows.filtered("visit_id")
            self.assertEqual((row.id, row.visit_id), (self.visit.id * 2, self.visit))
            self.assertEqual(Load.browse(row.id).hours, 4.0)
