# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import InspectionCase

NOW = "2026-06-10 08:00:00"  # a Wednesday


@tagged("post_install", "-at_install")
class TestVisitDesk(InspectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.first, cls.second, cls.third, cls.fourth = cls.contract.visit_ids.sorted(
            "aftersales_visit_number"
        )

    def found(self, action, *filters, user=None):
        """Return what a list shows with the search filters of these names."""
        with freeze_time(NOW):
            action = self.env.ref(f"aftersales_inspection.aftersales_visit_action{action}")
            arch = self.env["fsm.order"].get_view(action.search_view_id.id, "search")["arch"]
            domain = safe_eval(action.domain, {"uid": (user or self.env.user).id})
            for name in filters:
                node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
                domain += safe_eval(node.get("domain"), {"uid": self.env.uid})
            return self.env["fsm.order"].with_user(user or self.env.user).search(domain)

    def place(self, visit, start):
        end = fields.Datetime.to_datetime(start) + timedelta(hours=2)
        visit.write({"scheduled_date_start": start, "scheduled_date_end": end})

    def test_due_this_month_is_what_is_planned_in_it_or_ends_in_it(self):
        self.assertEqual(str(self.first.aftersales_window_end), "2026-06-14")
        for start, expected in (
            ("2026-06-30 10:00:00", self.first),  # planned in the month
            ("2026-05-20 10:00:00", self.first),  # its window ends in the month
        ):
            self.place(self.first, start)
            self.assertEqual(self.found("_month", "due_this_month", "todo"), expected)
        self.place(self.second, "2026-06-25 10:00:00")
        self.assertEqual(self.found("_month", "due_this_month", "todo"), self.first | self.second)
        self.first.conclusion = "pass"
        self.first.action_complete()
        self.assertEqual(self.found("_month", "due_this_month", "todo"), self.second)

    def test_missed_windows_are_over_and_nobody_went(self):
        self.assertFalse(self.found("_missed"))
        self.first.sudo().aftersales_window_end = "2026-06-09"
        self.assertEqual(self.found("_missed"), self.first)
        self.first.sudo().aftersales_window_end = "2026-06-10"
        self.assertFalse(self.found("_missed"), "its last day is not over")
        self.first.sudo().aftersales_window_end = "2026-06-09"
        self.first.outcome = "no_access"
        self.first.action_complete()
        self.assertFalse(self.found("_missed"))

    def test_the_filters_of_the_day_and_the_week(self):
        self.env.user.tz = "UTC"
        self.place(self.first, "2026-06-10 23:00:00")
        self.place(self.second, "2026-06-13 10:00:00")
        self.place(self.third, "2026-06-30 10:00:00")
        self.assertEqual(self.found("", "today"), self.first)
        self.assertEqual(self.found("", "this_week"), self.first | self.second)
        self.assertEqual(self.found("", "this_month"), self.first | self.second | self.third)
        self.first.sudo().appointment_state = "confirmed"
        self.assertNotIn(self.first, self.found("", "unconfirmed"))
        self.assertIn(self.second, self.found("", "unconfirmed"))
        self.assertEqual(self.found("_first", "todo"), self.first)
        self.assertEqual(self.found("", "inspections"), self.contract.visit_ids)
        self.assertFalse(self.found("", "trainings"))

    def test_repairs_and_ordinary_orders_are_no_visits(self):
        repair = self.env.ref("aftersales_inspection.fsm_order_type_repair")
        values = {"location_id": self.first.location_id.id}
        orders = self.env["fsm.order"].create([dict(values, type=repair.id), values])
        self.assertFalse(orders & self.found(""))

    def test_a_technician_starts_with_the_own_visits_of_the_day(self):
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user", tz="UTC")
        other = self.env["fsm.person"].create({"name": "Otto"})
        self.first.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        (self.contract.visit_ids - self.first).person_id = other
        self.place(self.first, "2026-06-10 10:00:00")
        self.place(self.second, "2026-06-10 12:00:00")
        self.assertEqual(self.found("_mine", "today", user=user), self.first)
        self.assertEqual(self.found("_day", user=user), self.first)
        self.assertFalse(self.found("_tomorrow", user=user))
        Order = self.env["fsm.order"].with_user(user)
        self.assertEqual(Order.action_open_today()["views"][0][1], "kanban")
        dispatcher = new_test_user(self.env, "t-disp", "fieldservice.group_fsm_dispatcher")
        Order = self.env["fsm.order"].with_user(dispatcher)
        self.assertEqual(Order.action_open_today()["views"][0][1], "calendar")

    def test_a_card_of_the_day_says_what_a_technician_needs(self):
        user = new_test_user(self.env, "t-day", "fieldservice.group_fsm_user", tz="UTC")
        me = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        self.contract.visit_ids.person_id = me
        self.place(self.first, "2026-06-10 13:00:00")
        self.place(self.second, "2026-06-10 09:00:00")
        self.place(self.third, "2026-06-09 09:00:00")
        self.place(self.fourth, "2026-06-11 09:00:00")
        part = self.env["product.product"].create({"name": "Filter", "type": "consu"})
        self.env["aftersales.visit.part"].create(
            {"visit_id": self.first.id, "product_id": part.id, "quantity": 2}
        )
        with freeze_time(NOW):
            day = self.found("_day", user=user).sorted("scheduled_date_start")
            self.assertEqual(day, self.third | self.second | self.first)
            self.assertEqual(day.mapped("day_label"), ["Tue 9 Jun", "Today", "Today"])
            self.assertEqual(day.mapped("is_late_stop"), [True, False, False])
            self.assertEqual(self.found("_tomorrow", user=user), self.fourth)
            self.assertEqual(self.fourth.with_user(user).day_label, "Tomorrow")
            goods = self.contract.asset_ids.product_id.name
            self.assertIn(goods, day[2].goods_label)
            self.assertEqual(day[2].parts_label, "2 × Filter")
            Order = self.env["fsm.order"].with_user(user)
            self.assertEqual(Order.action_open_tomorrow()["path"], "my-tomorrow")
            self.assertEqual(Order.action_route_today()["type"], "ir.actions.act_url")
            self.assertEqual(str(self.contract.next_visit_date), "2026-06-09", "it was not made")
            opened = day[1].action_begin()
            self.assertTrue(self.second.is_started)
            self.assertEqual((opened["res_id"], opened["views"][0][1]), (self.second.id, "form"))
            (self.first | self.second).action_cancel()
            with self.assertRefused("You have no stop left on 06/10/2026"):
                Order.action_route_today()

    def test_a_card_names_the_first_goods_and_counts_the_others(self):
        parts = self.env["aftersales.visit.part"]
        for number in range(1, 6):
            product = self.env["product.product"].create(
                {"name": f"Part {number}", "type": "consu"}
            )
            parts |= parts.create(
                {"visit_id": self.first.id, "product_id": product.id, "quantity": number}
            )
        self.assertEqual(self.first._named(parts[:3]), "1 × Part 1, 2 × Part 2, 3 × Part 3")
        self.assertEqual(self.first._named(parts), "1 × Part 1, 2 × Part 2, 3 × Part 3 and 2 more")

    def test_the_tour_is_grouped_by_territory_where_there_is_one_else_by_town(self):
        self.env["fsm.location"].search([]).territory_id = False
        self.assertIn("search_default_group_city", self.first.action_open_due()["context"])
        self.first.location_id.territory_id = self.env["res.territory"].create({"name": "North"})
        seller = new_test_user(self.env, "t-sell", "sales_team.group_sale_salesman")
        action = self.env["fsm.order"].with_user(seller).action_open_due()
        self.assertIn("search_default_group_territory", action["context"])

    def stops(self, visits):
        action = visits.action_route()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "new"))
        query = parse_qs(urlsplit(action["url"]).query)
        between = query.get("waypoints", [""])[0].split("|")
        return [*query.get("origin", []), *filter(None, between), *query["destination"]]

    def test_a_route_takes_the_stops_in_the_order_of_their_time(self):
        sites = self.env["res.partner"].create(
            [{"name": name, "street": f"{name} Street", "city": "Linz"} for name in "BCD"]
        )
        for visit, site in zip((self.second, self.third, self.fourth), sites, strict=True):
            visit.location_id = self.env["fsm.location"].create(
                {"partner_id": site.id, "owner_id": self.customer.id}
            )
        self.place(self.third, "2026-06-10 08:00:00")
        self.place(self.second, "2026-06-10 13:00:00")
        self.place(self.first, "2026-06-10 10:00:00")
        self.fourth.write({"scheduled_date_start": False, "scheduled_date_end": False})
        sites[0].write({"partner_latitude": 48.3, "partner_longitude": 14.28})
        self.assertEqual(
            self.stops(self.contract.visit_ids),
            [
                "C Street, Linz",
                "1 Elm Street, Springfield",
                "48.300000,14.280000",
                "D Street, Linz",
            ],
        )
        self.assertIn("1+Elm+Street", self.first.map_url)

    def test_a_site_without_address_and_too_many_stops_are_refused_in_words(self):
        nowhere = self.env["res.partner"].create({"name": "Nowhere"})
        self.second.location_id = self.env["fsm.location"].create(
            {"partner_id": nowhere.id, "owner_id": self.customer.id}
        )
        self.assertFalse(self.second.map_url)
        with self.assertRefused("Nowhere has no address"):
            self.contract.visit_ids.action_route()
        sites = self.env["res.partner"].create(
            [{"name": f"S{number}", "street": f"{number} Road"} for number in range(12)]
        )
        locations = self.env["fsm.location"].create(
            [{"partner_id": site.id, "owner_id": self.customer.id} for site in sites]
        )
        visits = self.env["fsm.order"].create(
            [{"location_id": location.id} for location in locations]
        )
        with self.assertRefused("11 stops at most, and these are 12"):
            visits.action_route()
        self.assertEqual(len(self.stops(visits[:11])), 11)
