# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .test_visit_charge import ChargeCase


@tagged("post_install", "-at_install")
class TestFittedSale(ChargeCase):
    """What was fitted before it was sold goes out once, and is valued once."""

    def customers(self):
        return self.env.ref("stock.stock_location_customers")

    def service(self):
        return self.company.aftersales_replacement_location_id

    def places(self, product):
        """Return how much is in the van, on the shelves, with service and with customers."""
        shelves = self.warehouse().lot_stock_id
        places = (self.van, shelves, self.service(), self.customers())
        return tuple(self.held(product, place) for place in places)

    def balance(self, account):
        """Return what was booked on ``account`` in all."""
        items = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(items.mapped("balance"))

    def invoice(self, order):
        with freeze_time("2026-06-02 10:00:00"):
            invoice = order._create_invoices()
            invoice.action_post()
        return invoice

    def check_sold_once(self, policy):
        self.seal.invoice_policy = policy
        accounts = self.seal._get_product_accounts()
        cost, stock = self.company.aftersales_service_cost_account_id, accounts["stock_valuation"]
        before = {account: self.balance(account) for account in (cost, stock)}
        order = self.make((self.seal, 2))
        self.assertEqual(self.places(self.seal), (8, 0, 2, 0))
        self.assertEqual(self.balance(cost) - before[cost], 8.0)
        fitted = order.order_line.filtered("aftersales_visit_part_id")
        self.assertFalse(fitted.display_qty_widget)
        self.assertTrue(fitted.copy({"order_id": order.copy().id}).display_qty_widget)
        self.confirm(order)
        line = order.order_line.filtered("aftersales_visit_part_id")
        self.assertEqual(self.places(self.seal), (8, 0, 0, 2))
        self.assertEqual((line.qty_delivered, line.qty_to_invoice), (2.0, 2.0))
        self.assertEqual(
            (order.picking_ids.mapped("state"), order.delivery_status), (["done"], "full")
        )
        self.assertEqual(self.balance(cost) - before[cost], 0.0)
        invoice = self.invoice(order)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (137.5, 165.0))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(self.balance(cost) - before[cost], 0.0)
        self.assertEqual(self.balance(stock) - before[stock], -8.0)

    def test_invoiced_by_order_one_unit_goes_out_and_is_valued_once(self):
        self.check_sold_once("order")

    def test_invoiced_by_delivery_one_unit_goes_out_and_is_valued_once(self):
        self.check_sold_once("delivery")

    def test_what_is_sold_beyond_is_shipped_and_what_is_not_sold_stays_service(self):
        self.stock_up(self.seal, 5)
        order = self.make((self.seal, 2))
        order.order_line.filtered("aftersales_visit_part_id").product_uom_qty = 3
        self.confirm(order)
        waiting = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual(waiting.move_ids.product_uom_qty, 1.0)
        self.deliver(waiting)
        self.assertEqual(self.places(self.seal), (8, 4, 0, 3))

    def test_less_sold_than_fitted_leaves_the_rest_with_service(self):
        order = self.make((self.seal, 2))
        order.order_line.filtered("aftersales_visit_part_id").product_uom_qty = 1
        self.confirm(order)
        self.assertEqual(self.places(self.seal), (8, 0, 1, 1))

    def test_confirming_anew_hands_nothing_over_twice(self):
        order = self.make((self.seal, 2))
        self.confirm(order)
        order._action_cancel()
        order.action_draft()
        self.confirm(order)
        self.assertEqual(self.places(self.seal), (8, 0, 0, 2))
        self.assertEqual(order.picking_ids.mapped("state"), ["done"] * 3)  # out, back, out

    def test_a_cancelled_order_leaves_what_was_fitted_as_service_cost(self):
        cost = self.company.aftersales_service_cost_account_id
        order = self.make((self.seal, 2))
        self.confirm(order)
        self.assertEqual(self.balance(cost) - self.cost_before, 0.0)
        order.with_user(self.seller)._action_cancel()
        self.assertEqual(self.places(self.seal), (8, 0, 2, 0))
        self.assertEqual(self.balance(cost) - self.cost_before, 8.0)
        order._action_cancel()
        self.assertEqual(self.places(self.seal), (8, 0, 2, 0))
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual(costs["visit_parts"], 8.0)

    def test_a_cancelled_order_leaves_what_was_invoiced_sold(self):
        order = self.make((self.seal, 2))
        self.confirm(order)
        self.invoice(order)
        order._action_cancel()
        self.assertEqual(self.places(self.seal), (8, 0, 0, 2))

    def test_serial_numbers_are_those_that_were_fitted(self):
        pump, lot = self.tracked("serial", "S-1", 1)
        pump.write({"categ_id": self.valued.id, "list_price": 100.0})
        self.stock_up(pump, -1, lot)
        self.load(pump, 1, lot)
        self.start()
        self.use(pump, 1, lot_id=lot.id)
        self.complete()
        order = self.visit.sudo().aftersales_quotation_id
        self.confirm(order)
        self.assertEqual(self.held(pump, self.customers(), lot), 1)
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, lot)
        order._action_cancel()
        self.assertEqual(self.held(pump, self.customers(), lot), 0)
        self.assertEqual(self.held(pump, self.service(), lot), 1)

    def test_another_order_cannot_claim_what_was_fitted(self):
        self.make((self.seal, 2))
        other = self.quote((self.seal, 2))
        other.order_line.aftersales_visit_part_id = self.visit.part_ids
        self.confirm(other)
        self.assertEqual(self.places(self.seal), (8, 0, 2, 0))

    def test_units_other_than_the_products_own(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self.load(self.seal, 14)
        self.start()
        self.use(self.seal, 1, uom_id=dozen.id, note="A whole box")
        self.complete()
        order = self.visit.sudo().aftersales_quotation_id
        self.confirm(order)
        self.assertEqual(self.places(self.seal), (12, 0, 0, 12))
        self.assertEqual(order.order_line.filtered("aftersales_visit_part_id").qty_delivered, 1.0)

    def test_a_claim_left_to_the_office_and_charged_ships_nothing_again(self):
        self.contract.contract_kind = "full_service"
        self.load(self.goods, 3)
        wear = self.env.ref("aftersales_plans.cause_wear")
        with freeze_time("2026-06-01 09:00:00"):
            self.env["aftersales.finding"].with_user(self.user).create(
                {
                    "visit_id": self.visit.id,
                    "asset_id": self.asset.id,
                    "condition": "broken",
                    "cause_id": wear.id,
                    "action": "replace",
                    "supply": "van",
                    "quantity": 1,
                }
            )
            self.contract.excluded_cause_ids = wear
        self.complete()
        claim = self.visit.claim_ids
        self.assertEqual((claim.state, self.held(self.goods)), ("submitted", 2))
        with freeze_time("2026-06-01 11:00:00"):
            claim.with_user(self.manager).action_approve()
        order = claim.sudo().sale_order_id
        self.assertEqual(order.order_line.price_unit, 500.0)
        shelves = self.held(self.goods, self.warehouse().lot_stock_id)
        sold = self.held(self.goods, self.customers())
        self.confirm(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self.held(self.goods, self.warehouse().lot_stock_id), shelves)
        self.assertEqual(self.held(self.goods, self.customers()), sold + 1)
        self.assertEqual((self.held(self.goods), self.held(self.goods, self.service())), (2, 0))
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self.assertEqual(claim.state, "done")
        cost = self.company.aftersales_service_cost_account_id
        self.assertEqual(self.balance(cost), self.cost_before)
        registered = self.env["aftersales.asset"].search_count([("product_id", "=", self.goods.id)])
        order._action_cancel()
        self.assertEqual(self.held(self.goods, self.service()), 1)
        self.assertGreater(self.balance(cost), self.cost_before)
        order.action_draft()
        self.confirm(order)
        self.assertEqual(self.held(self.goods, self.service()), 0)
        again = self.env["aftersales.asset"].search_count([("product_id", "=", self.goods.id)])
        self.assertEqual(again, registered)

    def find_broken(self):
        """Enter, as the technician, that one of the goods is broken and is fitted from the van."""
        self.load(self.goods, 3)
        with freeze_time("2026-06-01 09:00:00"):
            return (
                self.env["aftersales.finding"]
                .with_user(self.user)
                .create(
                    {
                        "visit_id": self.visit.id,
                        "asset_id": self.asset.id,
                        "condition": "broken",
                        "cause_id": self.env.ref("aftersales_plans.cause_wear").id,
                        "action": "replace",
                        "supply": "van",
                        "quantity": 1,
                    }
                )
            )

    def check_fitted_and_charged(self, *services):
        """Complete; check stock, register, invoice and profit, and that ``services`` are quoted."""
        finding = self.find_broken()
        self.assertIn("list price", finding.cover_label)
        sold_before = self.held(self.goods, self.customers())
        self.start()
        self.complete()
        claim = self.visit.claim_ids
        self.assertRecordValues(
            claim.line_ids, [{"billing_type": "billable", "is_fitted": True, "price_unit": 500.0}]
        )
        self.assertEqual((claim.state, self.held(self.goods)), ("approved", 2))
        self.assertEqual(claim.line_ids.replacement_asset_ids.status, "in_use")
        self.assertIn(claim.line_ids.replacement_asset_ids, self.contract.asset_ids)
        order = claim.sudo().sale_order_id
        self.assertEqual(self.rows(order), [(self.goods, 1.0, 500.0, 500.0)])
        visits_own = self.visit.sudo().aftersales_quotation_id
        self.assertEqual([row[0] for row in self.rows(visits_own)], [*services])
        self.confirm(order)
        self.assertEqual(self.held(self.goods, self.customers()), sold_before + 1)
        self.assertEqual((self.held(self.goods), self.held(self.goods, self.service())), (2, 0))
        invoice = self.invoice(order)
        self.assertEqual((invoice.amount_untaxed, claim.state), (500.0, "done"))
        costs = self.contract._contract_costs()[self.contract]
        self.assertFalse({kind: cost for kind, cost in costs.items() if cost})
        cost = self.company.aftersales_service_cost_account_id
        self.assertEqual(self.balance(cost), self.cost_before)

    def test_a_broken_part_is_fitted_and_charged_by_time_and_materials(self):
        self.check_fitted_and_charged(self.call, self.work)

    def test_a_broken_part_is_fitted_and_charged_at_a_fixed_price(self):
        self.contract.contract_kind = "fixed_price"
        self.check_fitted_and_charged()

    def test_a_broken_part_is_fitted_and_charged_at_an_ordered_visit(self):
        with freeze_time("2026-05-20 09:00:00"):
            self.contract.with_user(self.agent).action_order_visit()
        self.visit = self.contract.visit_ids.filtered(lambda visit: visit._is_extra())
        self.visit.person_id = self.technician
        self.check_fitted_and_charged(self.call, self.work)

    def test_reopening_keeps_what_was_fitted_and_charged_once(self):
        self.find_broken()
        self.start()
        self.complete()
        self.reopen()
        self.complete()
        self.assertEqual((len(self.visit.claim_ids), self.held(self.goods)), (1, 2))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account = cls.company.aftersales_service_cost_account_id
        items = cls.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        cls.cost_before = sum(items.mapped("balance"))
