# SPDX-License-Identifier: AGPL-3.0-or-later
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestStockCheck(VisitCase):
    """Our own unsold goods are looked at on a cadence (requirement 40)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = cls.warehouse().lot_stock_id
        cls.home = cls.warehouse()
        cls.stored = cls.env["product.category"].create(
            {"name": "Stored", "aftersales_stock_check_months": 6}
        )
        cls.tile = cls.good("Tile", 1.0, categ_id=cls.stored.id)
        cls.receive(cls.tile, 40, "2026-01-10 09:00:00")

    @classmethod
    def receive(cls, product, quantity, moment, place=None, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, place or cls.shelves, quantity, lot_id=lot, in_date=moment
        )

    def run_daily(self, moment):
        """Run the daily job; return the visits of the warehouse."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_inspection.cron_stock_check").method_direct_trigger()
        self.env.invalidate_all()
        return self.visits()

    def visits(self):
        return self.env["fsm.order"].search(
            [("aftersales_warehouse_id", "=", self.home.id)], order="aftersales_window_start"
        )

    def done(self, visit, moment):
        with freeze_time(moment):
            visit.write({"outcome": "done", "conclusion": "remarks", "date_end": moment})
            visit.action_complete()

    def test_what_came_in_six_months_ago_is_due_this_month(self):
        self.assertFalse(self.run_daily("2026-06-30 12:00:00"))
        visit = self.run_daily("2026-07-01 12:00:00")
        self.assertRecordValues(
            visit,
            [
                {
                    "aftersales_kind": "stock",
                    "aftersales_contract_id": False,
                    "person_id": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(str(visit.aftersales_window_start), "2026-07-01")
        self.assertEqual(str(visit.aftersales_window_end), "2026-07-31")
        self.assertRecordValues(
            visit.stock_check_ids,
            [{"product_id": self.tile.id, "quantity": 40, "place_id": self.shelves.id}],
        )
        self.assertEqual(str(visit.stock_check_ids.date_due), "2026-07-10")
        self.assertEqual(visit.location_id.partner_id, self.home.partner_id)

    def test_planning_twice_lists_once(self):
        first = self.run_daily("2026-07-01 12:00:00")
        self.assertEqual(self.run_daily("2026-07-02 12:00:00"), first)
        self.assertEqual(len(first.stock_check_ids), 1)
        self.assertEqual(self.run_daily("2026-08-02 12:00:00"), first, "still open")

    def test_the_next_is_due_six_months_after_the_last(self):
        first = self.run_daily("2026-07-01 12:00:00")
        self.done(first, "2026-07-20 09:00:00")
        self.assertEqual(self.run_daily("2026-12-31 12:00:00"), first)
        second = self.run_daily("2027-01-01 12:00:00") - first
        self.assertEqual(str(second.stock_check_ids.date_due), "2027-01-20")

    def test_what_falls_due_when_the_visit_is_over_waits_for_the_next_month(self):
        first = self.run_daily("2026-07-01 12:00:00")
        self.done(first, "2026-07-02 09:00:00")
        late = self.good("Late", 1.0, categ_id=self.stored.id)
        self.receive(late, 5, "2026-01-20 09:00:00")
        self.assertEqual(self.run_daily("2026-07-03 12:00:00"), first)
        second = self.run_daily("2026-08-01 12:00:00") - first
        self.assertEqual(second.stock_check_ids.product_id, late)

    def test_more_that_falls_due_joins_the_open_visit(self):
        visit = self.run_daily("2026-07-01 12:00:00")
        self.receive(self.good("Late", 1.0, categ_id=self.stored.id), 5, "2026-01-20 09:00:00")
        self.assertEqual(self.run_daily("2026-07-03 12:00:00"), visit)
        self.assertEqual(len(visit.stock_check_ids), 2)

    def test_what_falls_due_while_somebody_is_there_waits_for_the_next_month(self):
        visit = self.run_daily("2026-07-01 12:00:00")
        visit.action_start()
        late = self.good("Late", 1.0, categ_id=self.stored.id)
        self.receive(late, 5, "2026-01-20 09:00:00")
        self.assertEqual(self.run_daily("2026-07-03 12:00:00"), visit)
        self.assertEqual(len(visit.stock_check_ids), 1)
        following = self.run_daily("2026-08-01 12:00:00") - visit
        self.assertEqual(following.stock_check_ids.product_id, late)

    def test_a_product_may_say_otherwise_and_none_is_none(self):
        self.tile.aftersales_stock_check_months = 3
        self.assertEqual(len(self.run_daily("2026-04-01 12:00:00")), 1)
        self.visits().unlink()
        self.tile.aftersales_stock_check_months = 0
        self.stored.aftersales_stock_check_months = 0
        self.assertFalse(self.run_daily("2030-04-01 12:00:00"))

    def test_lots_and_places_are_rows_and_vans_and_customers_are_not(self):
        pump, lot = self.tracked("lot", "B-1", 3)
        pump.categ_id = self.stored
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.shelves.id})
        self.receive(pump, 2, "2026-01-01 09:00:00", shelf, lot)
        self.receive(self.tile, 7, "2026-01-01 09:00:00", self.van)
        customers = self.env.ref("stock.stock_location_customers")
        self.receive(self.tile, 7, "2026-01-01 09:00:00", customers)
        rows = self.run_daily("2026-07-01 12:00:00").stock_check_ids
        self.assertEqual(
            sorted(
                (row.product_id.name, row.lot_id.name or "", row.place_id.name, row.quantity)
                for row in rows
            ),
            [("Pump", "B-1", "Shelf", 2), ("Pump", "B-1", "Stock", 3), ("Tile", "", "Stock", 40)],
        )

    def test_every_company_has_its_own_visit(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        there = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self.receive(self.tile, 3, "2026-01-10 09:00:00", there.lot_stock_id)
        self.run_daily("2026-07-01 12:00:00")
        visit = self.env["fsm.order"].search([("aftersales_warehouse_id", "=", there.id)])
        self.assertEqual((visit.company_id, visit.stock_check_ids.quantity), (company, 3))
        self.assertEqual(visit.team_id.company_id, company)

    def test_one_bad_product_stops_no_other(self):
        bad = self.good("Bad", 1.0, categ_id=self.stored.id)
        self.receive(bad, 1, "2026-01-10 09:00:00")
        rows = type(self.env["aftersales.stock.check"])
        create = rows.create

        def fail(records, vals_list):
            if any(vals["product_id"] == bad.id for vals in vals_list):
                raise ValueError("broken")
            return create(records, vals_list)

        with (
            patch.object(rows, "create", fail),
            mute_logger("odoo.addons.aftersales_plans.models.never_fail"),
        ):
            visit = self.run_daily("2026-07-01 12:00:00")
        self.assertEqual(visit.stock_check_ids.product_id, self.tile)
        self.run_daily("2026-07-02 12:00:00")
        self.assertEqual(visit.stock_check_ids.product_id, self.tile | bad)

    def finding(self, user=None, **values):
        row = self.run_daily("2026-07-01 12:00:00").stock_check_ids
        row.visit_id.person_id = self.technician
        action = row.with_user(user or self.user).action_report()
        Finding = self.env["aftersales.finding"].with_user(user or self.user)
        return Finding.with_context(**action["context"]).create({"quantity": 2, **values})

    def test_broken_goods_are_scrapped_by_who_has_no_right_on_stock(self):
        finding = self.finding()
        self.assertEqual((finding.product_id, finding.condition), (self.tile, "broken"))
        finding.action_scrap()
        self.assertEqual(finding.sudo().scrap_id.state, "done")
        self.assertEqual(self.held(self.tile, self.shelves), 38)
        self.assertEqual(finding.stock_check_id.result, "2 Broken (scrapped)")
        with self.assertRefused("scrapped already"):
            finding.action_scrap()

    def test_a_storekeeper_sees_the_scrap_first(self):
        keeper = new_test_user(
            self.env, "t-keeper", "fieldservice.group_fsm_dispatcher,stock.group_stock_user"
        )
        action = self.finding(keeper).with_user(keeper).action_scrap()
        scrap = self.env["stock.scrap"].browse(action["res_id"])
        self.assertRecordValues(
            scrap, [{"state": "draft", "scrap_qty": 2, "location_id": self.shelves.id}]
        )

    def test_goods_that_are_gone_are_not_scrapped(self):
        finding = self.finding()
        self.stock_up(self.tile, -39)
        with self.assertRefused("does not hold 2 Tile any more"):
            finding.action_scrap()

    def test_a_finding_in_own_stock_opens_no_claim(self):
        finding = self.finding(action="replace", cause_id=self.defect.id)
        visit = finding.visit_id
        self.done(visit, "2026-07-20 09:00:00")
        visit.sudo()._open_claim()
        self.assertFalse(visit.claim_ids)

    def test_findings_are_held_to_their_row(self):
        with self.assertRefused("there are only 40"):
            self.finding(quantity=41)
        with self.assertRefused("is not what the row says"):
            self.finding(product_id=self.seal.id)

    def test_nobody_makes_a_visit_inspect_a_warehouse_by_hand(self):
        with self.assertRefused("by hand"):
            self.visit.with_user(self.agent).aftersales_warehouse_id = self.home
