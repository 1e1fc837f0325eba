# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestVisitPart(VisitCase):
    def transfers(self):
        return self.env["stock.picking"].search(
            [("move_ids.aftersales_visit_id", "=", self.visit.id)], order="id"
        )

    def test_parts_leave_the_van_when_the_technician_completes_the_visit(self):
        other = self.good("Filter", 7.0)
        self.load(other, 3)
        seal, filters = self.use(self.seal, 2), self.use(other, 1)
        self.assertEqual(self.held(self.seal), 10)
        self.complete()
        self.assertEqual((self.held(self.seal), self.held(other)), (8, 2))
        picking = self.transfers()
        self.assertRecordValues(
            picking,
            [
                {
                    "state": "done",
                    "location_id": self.van.id,
                    "location_dest_id": self.company.aftersales_replacement_location_id.id,
                    "partner_id": self.contract.site_id.id,
                    "sale_id": False,
                    "origin": self.visit.name,
                }
            ],
        )
        cost = self.company.aftersales_service_cost_account_id
        stock = self.seal._get_product_accounts()["stock_valuation"]
        self.assertEqual(self.booked(picking.move_ids), {cost: 15.0, stock: -15.0})
        self.assertEqual((seal.sudo()._quantity_out(), filters.sudo()._quantity_out()), (2, 1))
        self.assertEqual(self.contract._contract_costs()[self.contract]["visit_parts"], 15.0)

    def test_parts_carry_the_analytic_account_of_the_contract(self):
        plan = self.env["account.analytic.plan"].create({"name": "Sites"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Elm Street", "plan_id": plan.id}
        )
        distribution = {str(analytic.id): 100.0}
        self.contract.sale_line_id.analytic_distribution = distribution
        self.use(self.seal, 2)
        self.complete()
        self.reopen()
        cost = self.company.aftersales_service_cost_account_id
        items = self.transfers().move_ids.account_move_id.line_ids.filtered(
            lambda item: item.account_id == cost
        )
        self.assertRecordValues(
            items.sorted("balance", reverse=True),
            [
                {"balance": 8.0, "analytic_distribution": distribution},
                {"balance": -8.0, "analytic_distribution": distribution},
            ],
        )

    def test_reopening_brings_parts_back_and_completing_again_takes_what_was_used(self):
        part = self.use(self.seal, 2)
        self.complete()
        self.reopen()
        self.assertEqual(self.held(self.seal), 10)
        self.assertEqual(part.sudo()._quantity_out(), 0)
        self.assertEqual(self.contract._contract_costs()[self.contract]["visit_parts"], 0.0)
        part.quantity = 1
        self.complete()
        self.assertEqual(self.held(self.seal), 9)
        self.assertEqual(self.transfers().mapped("state"), ["done"] * 3)
        cost = self.company.aftersales_service_cost_account_id
        self.assertEqual(self.booked(self.transfers().move_ids)[cost], 4.0)
        self.assertEqual(self.contract._contract_costs()[self.contract]["visit_parts"], 4.0)
        self.assertFalse(self.env["aftersales.asset"].search([("product_id", "=", self.seal.id)]))

    def test_what_the_warehouse_sent_back_is_not_brought_back_again(self):
        self.use(self.seal, 2)
        self.complete()
        self.send_back(self.transfers(), 1)
        self.assertEqual(self.contract._contract_costs()[self.contract]["visit_parts"], 4.0)
        self.reopen()
        shelves = self.warehouse().lot_stock_id
        self.assertEqual((self.held(self.seal), self.held(self.seal, shelves)), (9, 1))

    def test_completing_twice_takes_parts_once(self):
        self.use(self.seal, 2)
        self.complete()
        self.visit.with_user(self.user).action_complete()
        self.visit.sudo()._issue_parts()
        self.assertEqual(self.held(self.seal), 8)

    def test_more_than_usual_is_warned_of_needs_a_note_and_is_reported(self):
        with self.assertRefused("takes 2 at most"):
            self.use(self.seal, 3)
        part = self.use(self.seal, 3, note="Both sides leaked")
        self.assertEqual((part.above_usual, part.lacking, part.is_excess), (1, 0, True))
        self.assertEqual(part.excess_reason, "1 more than the usual 2")
        with self.assertRefused("takes 2 at most"):
            part.note = False
        self.complete()
        self.assertEqual(self.held(self.seal), 7)
        excess = self.env["aftersales.visit.part"]._read_group(
            [("is_excess", "=", True)], ["person_id", "product_id"], ["above_usual:sum"]
        )
        self.assertEqual(excess, [(self.technician, self.seal, 1.0)])
        self.assertEqual(part.action_open_visit()["res_id"], self.visit.id)

    def test_the_warning_is_on_the_screen_before_anything_is_saved(self):
        self.env.invalidate_all()
        with Form(self.visit.with_user(self.user)) as form:
            with form.part_ids.new() as line:
                line.product_id = self.seal
                line.quantity = 12
                self.assertEqual(
                    line.excess_reason,
                    f"10 more than the usual 2 · 2 not in {self.van.display_name}",
                )
                line.note = "Both sides leaked"
            with form.part_ids.new() as line:
                line.product_id = self.seal
                line.note = "One more"
                self.assertIn("1 more than the usual 2", line.excess_reason)
        self.assertEqual(self.visit.part_ids.mapped("above_usual"), [10, 1])
        self.assertEqual(self.visit.part_ids.mapped("lacking"), [2, 1])

    def test_another_company_takes_parts_from_its_own_shelves_to_its_own_costs(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        shelves = self.env["stock.warehouse"].search([("company_id", "=", company.id)]).lot_stock_id
        self.visit = (
            self.env["fsm.order"]
            .with_company(company)
            .create(
                {
                    "name": "Installation",
                    "type": self.env.ref("aftersales_inspection.fsm_order_type_installation").id,
                    "company_id": company.id,
                    "team_id": self.env["fsm.team"]._of_company(company).id,
                    "location_id": self.visit.location_id.id,
                    "person_id": self.technician.id,
                }
            )
        )
        self.env["stock.quant"]._update_available_quantity(self.seal, shelves, 5)
        self.use(self.seal, 2, user=self.env.user)
        self.visit.sudo()._issue_parts()
        self.assertRecordValues(
            self.transfers(),
            [
                {
                    "company_id": company.id,
                    "state": "done",
                    "location_id": shelves.id,
                    "location_dest_id": company.aftersales_replacement_location_id.id,
                }
            ],
        )
        self.assertEqual((self.held(self.seal, shelves), self.held(self.seal)), (3, 10))
        elsewhere = new_test_user(
            self.env, "t-here", "aftersales_plans.group_agent", company_id=self.company.id
        )
        with self.assertRaises(AccessError):
            self.visit.part_ids.with_user(elsewhere).read(["quantity"])

    def test_lines_of_the_same_goods_are_added_up(self):
        first = self.use(self.seal, 2)
        with self.assertRefused("takes 2 at most"):
            self.use(self.seal, 1)
        second = self.use(self.seal, 1, note="One broke")
        self.assertEqual((first.above_usual, second.above_usual), (0, 1))

    def test_other_units_are_counted_in_the_products_own(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        with self.assertRefused("is counted in Units"):
            self.use(self.good("Nut", 1.0), 1, uom_id=self.env.ref("uom.product_uom_kgm").id)
        part = self.use(self.seal, 1, uom_id=dozen.id, note="A whole box")
        self.assertEqual((part.above_usual, part.lacking), (10, 2))
        self.complete()
        self.assertEqual(self.held(self.seal), -2)

    def test_no_limit_where_the_product_names_none(self):
        self.seal.aftersales_visit_quantity = 0
        self.assertFalse(self.use(self.seal, 10).is_excess)

    def test_more_than_the_van_holds_goes_below_zero_and_the_warehouse_is_told(self):
        self.seal.aftersales_visit_quantity = 0
        part = self.use(self.seal, 12)
        self.assertEqual((part.lacking, part.excess_reason[:8]), (2, "2 not in"))
        self.complete()
        self.assertEqual(self.held(self.seal), -2)
        self.assertIn("2 Units Seal", self.transfers().message_ids[0].body)
        cost = self.company.aftersales_service_cost_account_id
        self.assertEqual(self.booked(self.transfers().move_ids)[cost], 48.0)

    def test_what_left_the_van_meanwhile_is_reported_at_completion(self):
        part = self.use(self.seal, 2)
        self.assertEqual(part.lacking, 0)
        self.load(self.seal, -9)
        self.complete()
        self.assertEqual((part.lacking, part.is_excess, self.held(self.seal)), (1, True, -1))
        self.load(self.seal, 20)
        self.seal.aftersales_visit_quantity = 1
        self.assertEqual((part.lacking, part.above_usual), (1, 0), "told as it was then")

    def test_without_a_van_parts_come_from_the_shelves(self):
        self.technician.van_location_id = False
        self.stock_up(self.seal, 5)
        self.use(self.seal, 2)
        self.complete()
        self.assertEqual(self.held(self.seal, self.warehouse().lot_stock_id), 3)
        self.assertEqual(self.held(self.seal), 10)

    def test_a_shelf_below_the_stock_is_emptied_first(self):
        self.technician.van_location_id = False
        stock = self.warehouse().lot_stock_id
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": stock.id})
        self.env["stock.quant"]._update_available_quantity(self.seal, shelf, 1)
        self.use(self.seal, 2)
        self.complete()
        self.assertEqual((self.held(self.seal, shelf), self.held(self.seal, stock)), (0, -1))

    def test_tracked_goods_ask_for_their_lot_and_take_it(self):
        for tracking in ("lot", "serial"):
            pump, lot = self.tracked(tracking, f"B-{tracking}", 1)
            other = self.env["stock.lot"].create({"name": "Other", "product_id": pump.id})
            self.load(pump, 1, other)
            part = self.use(pump, 1)
            with self.assertRefused("enter the lot or serial number of Pump"):
                self.complete()
            part.lot_id = lot
            self.assertEqual(part.lacking, 1, "it is on the shelf, not in the van")
            self.complete()
            self.assertEqual((self.held(pump, lot=lot), self.held(pump, lot=other)), (-1, 1))
            self.reopen()
            self.assertEqual(self.held(pump, lot=lot), 0)
            self.visit.part_ids.unlink()
        with self.assertRefused("a line for each unit"):
            self.use(pump, 2)
        with self.assertRefused("is no lot of"):
            self.use(self.seal, 1, lot_id=lot.id)

    def test_goods_without_stock_keeping_lack_nothing(self):
        grease = self.env["product.product"].create({"name": "Grease", "type": "consu"})
        self.assertFalse(self.use(grease, 50).is_excess)
        self.complete()
        self.assertEqual(self.transfers().state, "done")

    def test_services_are_no_parts(self):
        with self.assertRefused("is no goods"):
            self.use(self.plan_product, 1)

    def test_parts_of_a_visit_that_is_over_stay_as_they_are(self):
        part = self.use(self.seal, 2)
        self.complete()
        for change in (
            lambda: self.use(self.seal, 1),
            lambda: part.write({"quantity": 1}),
            part.unlink,
        ):
            with self.assertRefused("is over"):
                change()

    def test_nobody_talks_an_excess_or_a_gift_away(self):
        part = self.use(self.seal, 3, note="x")
        for values in ({"is_excess": False}, {"above_usual": 0}, {"is_gift": True}):
            with self.assertRefused("by hand"):
                part.write(values)
        with self.assertRefused("when their visit is completed"):
            self.env["stock.move"].with_user(
                new_test_user(self.env, "t-stock", "stock.group_stock_user")
            ).create({"product_id": self.seal.id, "aftersales_visit_id": self.visit.id})

    def test_another_technician_neither_reads_nor_enters_parts(self):
        part = self.use(self.seal, 1)
        other = new_test_user(self.env, "t-other", "fieldservice.group_fsm_user")
        with self.assertRaises(AccessError):
            part.with_user(other).read(["quantity"])
        with self.assertRaises(AccessError):
            self.use(self.seal, 1, user=other)
        self.assertTrue(self.use(self.seal, 1, user=self.agent))
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        self.assertTrue(part.with_user(seller).quantity)
        with self.assertRaises(AccessError):
            part.with_user(seller).quantity = 5

    def test_a_van_of_another_company_is_not_used(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.technician.partner_id.company_id = False
        place = self.env["stock.warehouse"].search([("company_id", "=", company.id)]).lot_stock_id
        self.technician.van_location_id = place
        self.assertEqual(self.visit._goods_source(), self.warehouse().lot_stock_id)
        self.stock_up(self.seal, 5)
        self.use(self.seal, 2)
        self.complete()
        self.assertEqual(self.held(self.seal, self.warehouse().lot_stock_id), 3)

    def test_a_van_is_an_internal_place_of_the_technicians_company(self):
        with self.assertRefused("internal location"):
            self.technician.van_location_id = self.env.ref("stock.stock_location_customers")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        place = self.env["stock.warehouse"].search([("company_id", "=", company.id)]).lot_stock_id
        self.technician.partner_id.company_id = self.company
        with self.assertRefused("belongs to Elsewhere"):
            self.technician.van_location_id = place
        self.assertEqual(self.van.name, f"Van {self.technician.name}")
        self.assertEqual(self.van.location_id, self.warehouse().view_location_id)

    def test_the_cost_of_many_contracts_takes_as_many_queries_as_of_one(self):
        self.use(self.seal, 2)
        self.complete()
        contracts = self.contract
        for _number in range(3):
            self.contract = self.sell_on("2026-03-15 06:00:00")
            self.visit = self.contract.visit_ids.sorted("aftersales_visit_number")[0]
            self.visit.person_id = self.technician
            self.use(self.seal, 2)
            self.complete()
            contracts |= self.contract

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            parts = self.env["aftersales.visit.part"].search([("contract_id", "in", records.ids)])
            self.assertEqual(sum(parts._costs().values()), 8.0 * len(records))
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(contracts), queries(contracts[0]))
