# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestWhereVisitsCannotBePlaced(InspectionCase):
    """Each reason in its own words; the visits exist all the same."""

    def reasons(self, contract):
        self.assertEqual(len(contract.visit_ids), 4)
        return [self.visit_of(contract, n).aftersales_unplaced_reason for n in range(1, 5)]

    def test_nobody_at_all(self):
        self.technician.active = False
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(self.reasons(contract), ["There is no technician yet"] * 4)

    def test_nobody_in_the_territory(self):
        north = self.env["res.territory"].create({"name": "North"})
        self.env["fsm.location"].create(
            {
                "partner_id": self.customer.id,
                "owner_id": self.customer.id,
                "territory_id": north.id,
            }
        )
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(self.reasons(contract), ["No technician works in North"] * 4)

    def test_no_working_hours(self):
        self.technician.calendar_id = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [Command.clear()]}
        )
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(
            self.reasons(contract)[0], "Nobody has working time from 03/15/2026 to 06/14/2026"
        )

    def test_a_window_wholly_on_holidays(self):
        self.holiday("2026-06-15 00:00:00", "2026-09-15 00:00:00")
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(
            self.reasons(contract),
            [False, "Everybody is on leave or holiday from 06/15/2026 to 09/14/2026", False, False],
        )
        self.assertFalse(self.visit_of(contract, 2).person_id)

    def test_everybody_full(self):
        self.technician.visits_per_day = 1
        self.plan.write({"duration_months": 1, "visit_interval_months": 1, "visit_lead_days": 0})
        with freeze_time("2026-02-23 06:00:00"):
            location = self.env["fsm.location"].create({"name": "Elsewhere", "owner_id": 1})
            self.env["fsm.order"].create(
                [
                    {
                        "location_id": location.id,
                        "person_id": self.technician.id,
                        "scheduled_date_start": start,
                        "scheduled_date_end": start + timedelta(hours=1),
                    }
                    for start in (
                        datetime(2026, 2, 23, 16) + timedelta(days=day) for day in range(28)
                    )
                ]
            )
        contract = self.sell_on("2026-02-23 06:00:00")
        self.assertEqual(
            contract.visit_ids.aftersales_unplaced_reason,
            "Every technician is full from 02/23/2026 to 03/22/2026",
        )

    def test_a_visit_longer_than_half_a_day_goes_on_over_lunch(self):
        self.plan.visit_hours = 6
        visit = self.visit_of(self.sell_on("2026-03-15 06:00:00"), 1)
        self.assertRecordValues(
            visit,
            [
                {
                    "scheduled_date_start": datetime(2026, 6, 1, 8),  # 10 to 16 there
                    "scheduled_date_end": datetime(2026, 6, 1, 14),
                    "scheduled_duration": 6.0,
                    "aftersales_unplaced_reason": False,
                }
            ],
        )

    def test_a_visit_longer_than_anybody_works(self):
        self.plan.visit_hours = 10
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(
            self.reasons(contract)[0],
            "Nobody works long enough on one day for this visit from 03/15/2026 to 06/14/2026",
        )

    def test_a_site_without_address(self):
        self.customer.write({"street": False, "city": False})
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(self.reasons(contract), ["Casa Verde has no address"] * 4)

    def test_windows_that_are_over(self):
        contract = self.sell_on("2026-03-15 06:00:00", (self.goods, 1))
        with freeze_time("2026-10-01 06:00:00"):
            contract = self.env["aftersales.contract"].create(
                {
                    "plan_id": self.plan.id,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                }
            )
            contract._start(date(2026, 3, 15))
            missed = "Missed: the window was over before the contract was entered"
            self.assertEqual(self.reasons(contract), [missed, missed, False, False])
            self.assertEqual(
                contract.visit_ids.sorted("aftersales_visit_number").mapped("is_missed"),
                [True, True, False, False],
            )
            self.assertEqual(
                [self.visit_of(contract, n).scheduled_date_start for n in (3, 4)],
                [datetime(2026, 11, 30, 9), datetime(2027, 3, 1, 8)],
            )


@tagged("post_install", "-at_install")
class TestVisitLeveller(InspectionCase):
    """Slots with exact UTC values."""

    def planned(self, contract):
        return contract.visit_ids.sorted("aftersales_visit_number").mapped("scheduled_date_start")

    def test_an_interval_longer_than_the_term_is_one_visit_until_its_end(self):
        self.plan.write({"duration_months": 6, "visit_interval_months": 12})
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertRecordValues(
            contract.visit_ids,
            [
                {
                    "aftersales_window_start": date(2026, 3, 15),
                    "aftersales_window_end": date(2026, 9, 14),
                    "scheduled_date_start": datetime(2026, 8, 31, 9),
                }
            ],
        )

    def test_travel_lies_between_visits_at_two_sites_and_none_between_two_at_one(self):
        self.technician.calendar_id = self.all_day()
        first = self.sell_on("2026-03-17 06:00:00")  # aims at Tuesday 2 June, nine o'clock
        same = self.sell_on("2026-03-17 06:00:00")
        self.customer = self.env["res.partner"].create({"name": "Villa Rosa", "city": "X"})
        other = self.sell_on("2026-03-17 06:00:00", partner_id=self.customer.id)
        self.assertEqual(self.planned(first)[0], datetime(2026, 6, 2, 9))
        self.assertEqual(self.planned(same)[0], datetime(2026, 6, 2, 11))
        self.assertEqual(self.planned(other)[0], datetime(2026, 6, 2, 13, 30))

    def test_travel_is_the_companys_setting(self):
        self.company.aftersales_travel_minutes = 0
        self.technician.calendar_id = self.all_day()
        villa = self.env["res.partner"].create({"name": "Villa Rosa", "city": "X"})
        first = self.sell_on("2026-03-17 06:00:00")
        second = self.sell_on("2026-03-17 06:00:00", partner_id=villa.id)
        self.assertEqual(self.planned(first)[0], datetime(2026, 6, 2, 9))
        self.assertEqual(self.planned(second)[0], datetime(2026, 6, 2, 11))
        self.company.aftersales_travel_minutes = 45
        attic = self.env["res.partner"].create({"name": "Attic", "city": "X"})
        third = self.sell_on("2026-03-17 06:00:00", partner_id=attic.id)
        self.assertEqual(self.planned(third)[0], datetime(2026, 6, 2, 13, 45))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.aftersales_travel_minutes = -1
            self.env.flush_all()

    def all_day(self, tz="UTC", **values):
        """Return a calendar with work from eight to five every weekday, without a break."""
        return self.env["resource.calendar"].create(
            {
                "name": "All day",
                "tz": tz,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 17,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
                **values,
            }
        )

    def test_no_technician_makes_more_visits_a_day_than_he_may(self):
        self.technician.visits_per_day = 1
        contracts = [self.sell_on("2026-03-17 06:00:00") for _number in range(3)]
        self.assertEqual(
            [self.planned(contract)[0] for contract in contracts],
            [
                datetime(2026, 6, 2, 9),
                datetime(2026, 6, 1, 15),  # eighteen hours before; the next morning is 23 away
                datetime(2026, 6, 3, 8),
            ],
        )

    def test_days_are_those_of_the_technician_where_midnight_is_noon_of_utc(self):
        self.customer.tz = "Pacific/Auckland"
        self.technician.write(
            {"visits_per_day": 1, "calendar_id": self.all_day("Pacific/Auckland").id}
        )
        first, second = (self.sell_on("2026-03-16 18:00:00") for _ in range(2))
        # Monday 1 June, 9:00 in Auckland (UTC+12), is Sunday 21:00 UTC. A second visit on that
        # Monday would be too many, though Monday 21:00 UTC is Tuesday there.
        self.assertEqual(self.visit_of(first, 1).aftersales_window_end, date(2026, 6, 15))
        self.assertEqual(self.planned(first)[0], datetime(2026, 5, 31, 21))
        self.assertEqual(self.planned(second)[0], datetime(2026, 6, 1, 20))

    def test_windows_with_a_clock_change_inside_begin_and_end_at_midnight_there(self):
        self.customer.tz = "America/New_York"
        self.technician.calendar_id = self.all_day("America/New_York")
        contract = self.sell_on("2026-02-20 12:00:00")
        self.assertEqual(
            [
                (visit.request_early, visit.request_late, visit.scheduled_date_start)
                for visit in contract.visit_ids.sorted("aftersales_visit_number")
            ],
            [
                # Winter until 8 March (UTC-5), summer until 1 November (UTC-4).
                (
                    datetime(2026, 2, 20, 5),
                    datetime(2026, 5, 20, 4),
                    datetime(2026, 5, 5, 13),
                ),
                (
                    datetime(2026, 5, 20, 4),
                    datetime(2026, 8, 20, 4),
                    datetime(2026, 8, 5, 13),
                ),
                (
                    datetime(2026, 8, 20, 4),
                    datetime(2026, 11, 20, 5),
                    datetime(2026, 11, 5, 14),
                ),
                (
                    datetime(2026, 11, 20, 5),
                    datetime(2027, 2, 20, 5),
                    datetime(2027, 2, 5, 14),
                ),
            ],
        )

    def test_a_site_without_time_zone_lies_in_the_companys(self):
        self.customer.tz = False
        self.company.partner_id.tz = "America/New_York"
        self.technician.calendar_id = self.all_day("America/New_York")
        first = self.visit_of(self.sell_on("2026-02-20 12:00:00"), 1)
        self.assertEqual(first.request_early, datetime(2026, 2, 20, 5))
        self.assertEqual(first.scheduled_date_start, datetime(2026, 5, 5, 13))

    def test_a_time_zone_that_was_dropped_is_the_companys(self):
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET tz = 'US/Pacific-New' WHERE id = %s", [self.customer.id]
        )
        self.cr.execute(
            "UPDATE resource_calendar SET tz = 'US/Pacific-New' WHERE id = %s",
            [self.company.resource_calendar_id.id],
        )
        self.env.invalidate_all()
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(self.planned(contract)[0], datetime(2026, 6, 1, 8))

    def test_starts_on_the_last_days_of_a_month_keep_their_day(self):
        self.plan.write({"duration_months": 4, "visit_interval_months": 1})
        ends = {
            "2027-01-29": ["2027-02-27", "2027-03-28", "2027-04-28", "2027-05-28"],
            "2027-01-30": ["2027-02-27", "2027-03-29", "2027-04-29", "2027-05-29"],
            "2027-01-31": ["2027-02-27", "2027-03-30", "2027-04-29", "2027-05-30"],
            "2028-01-31": ["2028-02-28", "2028-03-30", "2028-04-29", "2028-05-30"],
            "2028-02-29": ["2028-03-28", "2028-04-28", "2028-05-28", "2028-06-28"],
        }
        for start, expected in ends.items():
            contract = self.sell_on(f"{start} 06:00:00")
            visits = contract.visit_ids.sorted("aftersales_visit_number")
            self.assertEqual(
                [str(visit.aftersales_window_end) for visit in visits], expected, start
            )
            for visit in visits:
                day = visit.scheduled_date_start.date()
                self.assertTrue(
                    visit.aftersales_window_start <= day <= visit.aftersales_window_end, start
                )

    def test_odd_calendars_are_worked_with(self):
        two_weeks = self.all_day()
        two_weeks.switch_calendar_type()
        self.assertTrue(two_weeks.two_weeks_calendar)
        flexible = self.env["resource.calendar"].create(
            {"name": "Flexible", "schedule_type": "flexible", "tz": "UTC", "hours_per_day": 8}
        )
        flexible.full_time_required_hours = 40
        for calendar in (two_weeks, flexible):
            self.technician.calendar_id = calendar
            contract = self.sell_on("2026-03-17 06:00:00")
            self.assertTrue(all(self.planned(contract)), calendar.name)
            contract._close("cancelled")


@tagged("post_install", "-at_install")
class TestWorkdays(InspectionCase):
    """Leave and holidays of technicians, in one query for all of them."""

    JUNE = datetime(2026, 6, 1), datetime(2026, 6, 6)  # Monday to Friday

    def hours(self, person=None, company=None):
        """Return {day of June: hours} of a technician."""
        company = company or self.company
        person = person or self.technician
        days = person.sudo().with_company(company)._workdays(company, *self.JUNE)[person.id]
        return {
            day.day: sum((end - start).seconds / 3600 for start, end in workday.hours)
            for day, workday in days.items()
            if day.month == 6 and 1 <= day.day <= 5
        }

    def employ(self, person, company=None, name="t-tess"):
        user = self.env["res.users"].create(
            {"name": person.name, "login": name, "partner_id": person.partner_id.id}
        )
        return self.env["resource.resource"].create(
            {"name": name, "user_id": user.id, "company_id": (company or self.company).id}
        )

    def test_a_leave_of_some_hours_takes_these_hours_alone(self):
        resource = self.employ(self.technician)
        self.holiday("2026-06-02 10:00:00", "2026-06-03 14:00:00", resource_id=resource.id)
        self.assertEqual(self.hours(), {1: 8, 2: 2, 3: 3, 4: 8, 5: 8})

    def test_anothers_leave_is_nobody_elses(self):
        other = self.env["fsm.person"].create({"name": "Otto"})
        self.holiday(
            "2026-06-01 00:00:00",
            "2026-06-05 23:59:59",
            resource_id=self.employ(other).id,
        )
        self.assertEqual(set(self.hours().values()), {8})
        self.assertEqual(set(self.hours(other).values()), {0})

    def test_holidays_count_for_their_calendar_and_company_or_for_all(self):
        branch = self.env["res.company"].create({"name": "South Branch"})
        self.holiday("2026-06-01 00:00:00", "2026-06-01 23:59:59", calendar_id=False)
        self.holiday("2026-06-02 00:00:00", "2026-06-02 23:59:59")
        self.env["resource.calendar.leaves"].with_company(branch).create(
            {
                "name": "Branch",
                "calendar_id": branch.resource_calendar_id.id,
                "date_from": "2026-06-03 00:00:00",
                "date_to": "2026-06-03 23:59:59",
            }
        )
        self.assertEqual(self.hours(), {1: 0, 2: 0, 3: 8, 4: 8, 5: 8})
        branch.resource_calendar_id.tz = "UTC"
        self.assertEqual(self.hours(company=branch), {1: 8, 2: 8, 3: 0, 4: 8, 5: 8})

    def test_work_that_is_no_time_off_is_worked(self):
        self.holiday("2026-06-01 00:00:00", "2026-06-01 23:59:59", time_type="other")
        self.assertEqual(self.hours()[1], 8)

    def test_orders_of_another_company_take_a_technicians_time(self):
        branch = self.env["res.company"].create({"name": "South Branch"})
        first = self.sell_on("2026-03-17 06:00:00")
        self.visit_of(first, 1).company_id = branch
        second = self.sell_on("2026-03-17 06:00:00")
        self.assertNotEqual(
            self.visit_of(first, 1).scheduled_date_start,
            self.visit_of(second, 1).scheduled_date_start,
        )

    def test_an_order_without_end_takes_its_duration(self):
        with freeze_time("2026-05-01 06:00:00"):
            location = self.env["fsm.location"].create({"name": "Elsewhere", "owner_id": 1})
            order = self.env["fsm.order"].create(
                {"location_id": location.id, "person_id": self.technician.id}
            )
            order.write({"scheduled_date_start": "2026-06-02 09:00", "scheduled_duration": 3})
        days = self.technician._workdays(self.company, *self.JUNE)[self.technician.id]
        visit = days[date(2026, 6, 2)].visits[0]
        self.assertEqual(visit.end, datetime(2026, 6, 2, 12))

    def test_the_number_of_queries_does_not_grow_with_the_technicians(self):
        def queries(count):
            persons = self.env["fsm.person"].create(
                [{"name": f"T {count} {n}"} for n in range(count)]
            )
            for number, person in enumerate(persons):
                resource = self.employ(person, name=f"t-{count}-{number}")
                self.holiday("2026-06-01 00:00:00", "2026-06-02 00:00:00", resource_id=resource.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            persons._workdays(self.company, *self.JUNE)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(3), queries(12))
