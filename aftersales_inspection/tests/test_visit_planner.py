# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..calc.window import windows
from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitPlanner(InspectionCase):
    def test_a_year_has_four_visits_in_their_windows_with_a_technician(self):
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertRecordValues(
            contract.visit_ids.sorted("aftersales_visit_number"),
            [
                {
                    "aftersales_visit_number": number,
                    "aftersales_window_start": first,
                    "aftersales_window_end": last,
                    "scheduled_date_start": start,
                    "scheduled_date_end": start + timedelta(hours=2),
                    "person_id": self.technician.id,
                }
                for number, first, last, start in (
                    # Aimed at 14 days before the end, 9:00; a Sunday moves to Monday morning,
                    # a Saturday to Friday afternoon.
                    (1, date(2026, 3, 15), date(2026, 6, 14), datetime(2026, 6, 1, 8)),
                    (2, date(2026, 6, 15), date(2026, 9, 14), datetime(2026, 8, 31, 9)),
                    (3, date(2026, 9, 15), date(2026, 12, 14), datetime(2026, 11, 30, 9)),
                    (4, date(2026, 12, 15), date(2027, 3, 14), datetime(2027, 3, 1, 8)),
                )
            ],
        )
        entitlement = contract.entitlement_ids.filtered(lambda e: e.kind == "visit")
        self.assertEqual((entitlement.included, entitlement.used), (4, 0))

    def test_planning_again_makes_nothing_new(self):
        contract = self.sell_on("2026-03-15 06:00:00")
        again = self.env["aftersales.visit.planner"]._plan(
            {contract: windows(contract.date_start, 12, 3)}
        )
        self.assertFalse(again)
        self.assertEqual(len(contract.visit_ids), 4)

    def test_visits_are_planned_in_the_time_of_the_site(self):
        self.customer.tz = "America/Los_Angeles"
        self.technician.calendar_id = self.env["resource.calendar"].create(
            {"name": "West", "tz": "America/Los_Angeles"}
        )
        contract = self.sell_on("2026-03-20 06:00:00")
        second = contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 2)
        # Saturday 5 September moves to Friday 15:00 in Los Angeles, which is 22:00 UTC.
        self.assertEqual(second.scheduled_date_start, datetime(2026, 9, 4, 22))

    def test_two_contracts_never_share_a_technicians_hour(self):
        first = self.sell_on("2026-03-17 06:00:00")
        second = self.sell_on("2026-03-17 06:00:00")
        slots = sorted(
            (visit.scheduled_date_start, visit.scheduled_date_end)
            for visit in first.visit_ids | second.visit_ids
        )
        self.assertEqual(len(slots), 8)
        for (_start, end), (following, _end) in zip(slots, slots[1:], strict=False):
            self.assertLessEqual(end, following)

    def test_public_holidays_and_the_technicians_leave_are_kept_free(self):
        user = self.env["res.users"].create(
            {"name": "Tess", "login": "t-tess", "partner_id": self.technician.partner_id.id}
        )
        resource = self.env["resource.resource"].create(
            {"name": "Tess", "user_id": user.id, "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Public holiday",
                    "calendar_id": self.company.resource_calendar_id.id,
                    "date_from": "2026-08-31 00:00:00",
                    "date_to": "2026-08-31 23:59:59",
                },
                {
                    "name": "Leave",
                    "resource_id": resource.id,
                    "calendar_id": self.company.resource_calendar_id.id,
                    "date_from": "2026-09-01 00:00:00",
                    "date_to": "2026-09-01 23:59:59",
                },
            ]
        )
        contract = self.sell_on("2026-03-15 06:00:00")
        second = contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 2)
        self.assertNotIn(second.scheduled_date_start.date(), (date(2026, 8, 31), date(2026, 9, 1)))
        self.assertTrue(
            date(2026, 6, 15) <= second.scheduled_date_start.date() <= date(2026, 9, 14)
        )

    def test_what_cannot_be_placed_exists_and_says_why(self):
        self.technician.active = False
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(len(contract.visit_ids), 4)
        self.assertFalse(any(contract.visit_ids.mapped("scheduled_date_start")))
        self.assertEqual(
            set(contract.visit_ids.mapped("aftersales_unplaced_reason")),
            {"There is no technician yet"},
        )
        contract.visit_ids[0].write(
            {"scheduled_date_start": "2026-06-01 08:00", "scheduled_date_end": "2026-06-01 10:00"}
        )
        self.assertFalse(contract.visit_ids[0].aftersales_unplaced_reason)

    def test_a_site_without_address_is_said_and_loses_nothing(self):
        self.customer.write({"street": False, "city": False})
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(contract.state, "active")
        self.assertIn("has no address", contract.visit_ids[0].aftersales_unplaced_reason)

    def test_nobody_in_the_territory_is_said(self):
        territory = self.env["res.territory"].create({"name": "North"})
        location = self.env["fsm.location"].create(
            {"partner_id": self.customer.id, "owner_id": self.customer.id}
        )
        location.territory_id = territory
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertIn("North", contract.visit_ids[0].aftersales_unplaced_reason)
        self.technician.territory_ids = territory
        other = self.sell_on("2026-03-16 06:00:00")
        self.assertEqual(other.visit_ids.person_id, self.technician)

    def test_the_preferred_technician_goes(self):
        favourite = self.env["fsm.person"].create({"name": "Fay"})
        location = self.env["fsm.location"].create(
            {"partner_id": self.customer.id, "owner_id": self.customer.id}
        )
        location.person_ids = [Command.create({"person_id": favourite.id})]
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(contract.visit_ids.person_id, favourite)

    def test_one_location_per_address_which_stays_a_delivery_address(self):
        site = self.env["res.partner"].create(
            {
                "name": "Warehouse of Casa Verde",
                "type": "delivery",
                "parent_id": self.customer.id,
                "city": "Springfield",
            }
        )
        first = self.sell_on("2026-03-15 06:00:00", partner_shipping_id=site.id)
        second = self.sell_on("2026-03-16 06:00:00", partner_shipping_id=site.id)
        location = (first | second).visit_ids.location_id
        self.assertEqual((len(location), location.partner_id), (1, site))
        self.assertEqual((site.type, location.owner_id), ("delivery", self.customer))

    def test_a_company_without_working_hours_still_delivers(self):
        self.company.resource_calendar_id = False
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(contract.state, "active")
        self.assertIn("working time", contract.visit_ids[0].aftersales_unplaced_reason)

    def test_a_duplicate_of_a_visit_is_an_ordinary_order(self):
        contract = self.sell_on("2026-03-15 06:00:00")
        copy = contract.visit_ids[0].copy()
        self.assertFalse(copy.aftersales_contract_id)
        self.assertEqual(len(contract.visit_ids), 4)

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        def queries(count):
            contracts = self.env["aftersales.contract"].create(
                [
                    {
                        "plan_id": self.plan.id,
                        "partner_id": self.customer.id,
                        "site_id": site.id,
                        "date_start": "2026-03-15",
                        "date_end": "2027-03-14",
                        "state": "active",
                    }
                    for site in self.env["res.partner"].create(
                        [{"name": f"Site {count} {n}", "city": "X"} for n in range(count)]
                    )
                ]
            )
            wanted = {contract: windows(contract.date_start, 12, 3) for contract in contracts}
            self.env["fsm.location"]._of_sites(contracts)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2026-03-15 06:00:00"):
                self.env["aftersales.visit.planner"]._plan(wanted)
                self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)  # warm the caches
        few, many = queries(4), queries(24)
        self.assertLessEqual(many - few, 5, (few, many))

    def test_a_plan_without_interval_has_no_visits(self):
        self.plan.visit_interval_months = 0
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertFalse(contract.visit_ids)
        self.assertNotIn("visit", contract.entitlement_ids.mapped("kind"))

    def test_cancelling_the_contract_cancels_what_nobody_started(self):
        contract = self.sell_on("2026-03-15 06:00:00")
        contract._close("cancelled")
        cancelled = self.env.ref("fieldservice.fsm_stage_cancelled")
        self.assertEqual(contract.visit_ids.stage_id, cancelled)

    def test_a_second_company_plans_its_own(self):
        company = self.env["res.company"].create({"name": "South Branch"})
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        contract = env["aftersales.contract"].create(
            {
                "plan_id": env["aftersales.plan"]
                .create({"name": "VIP", "code": "T-SOUTH", "visit_interval_months": 6})
                .id,
                "visit_interval_months": 6,
                "partner_id": self.customer.id,
                "site_id": self.customer.id,
                "company_id": company.id,
            }
        )
        place = self.env["fsm.location"]._of_sites(contract)[self.customer]
        place.team_id = self.env["fsm.team"].create(
            {"name": "North", "company_id": self.company.id}
        )
        contract._start(date(2026, 3, 15))
        self.assertEqual(contract.visit_ids.company_id, company)
        self.assertEqual(len(contract.visit_ids), 2)
        self.assertEqual(contract.visit_ids.location_id, place, "both companies serve it")
        self.assertEqual(contract.visit_ids.team_id.company_id, company)
        ours = self.sell_on("2026-03-15 06:00:00")
        self.assertEqual(ours.visit_ids.team_id, place.team_id)

    def test_one_broken_contract_does_not_stop_the_calendar_of_the_others(self):
        self.plan.duration_months = 24
        first, second, third = (self.sell_on("2026-03-15 06:00:00") for _number in range(3))
        self.env.flush_all()
        self.cr.execute(  # as a faulty import may leave it
            "UPDATE aftersales_contract SET visit_hours = 'NaN' WHERE id = %s", [second.id]
        )
        self.env.invalidate_all()
        with (
            freeze_time("2027-03-16 06:00:00"),
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.aftersales_plans.models.work_off"),
        ):
            self.env.ref("aftersales_plans.cron_follow_calendar").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual([len(c.visit_ids) for c in (first, second, third)], [8, 4, 8])
        self.assertIn("NaN", second.activity_ids.note)
        self.assertEqual(len(second.entitlement_ids), 2, "the whole year waits to be mended")

    def test_a_contract_entered_while_it_runs_gets_the_visits_that_are_left(self):
        with freeze_time("2026-11-20 06:00:00"):
            contract = self.env["aftersales.contract"].create(
                {
                    "plan_id": self.plan.id,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "date_start": "2026-03-15",
                    "opening_visits_used": 2,
                }
            )
        entitlement = contract.entitlement_ids.filtered(lambda e: e.kind == "visit")
        self.assertEqual((entitlement.included, entitlement.used), (4, 2))
        self.assertEqual(sorted(contract.visit_ids.mapped("aftersales_visit_number")), [3, 4])
