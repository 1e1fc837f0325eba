# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_plan_offer import OfferCase


@tagged("post_install", "-at_install")
class TestCoverOfOrders(OfferCase):
    def test_a_reduced_quantity_that_completes_the_delivery_starts_the_contract(self):
        self.plan.start_policy = "full_delivery"
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        order.action_confirm()
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids, quantity=2)
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "draft")
        with freeze_time("2026-03-20 12:00:00"):
            order.order_line[0].product_uom_qty = 2
        self.assertEqual((contract.state, contract.date_start), ("active", date(2026, 3, 20)))

    def test_a_plan_taken_off_before_it_starts_is_cancelled_and_its_goods_are_free(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        first = order.aftersales_contract_ids
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(first.state, "cancelled")
        self.assertFalse(order.order_line[0].aftersales_plan_line_id)
        order.order_line[1].product_uom_qty = 1
        self.assertEqual((order.aftersales_contract_ids - first).state, "draft")
        self.deliver(order.picking_ids)
        self.assertEqual((order.aftersales_contract_ids - first).state, "active")

    def test_a_running_plan_is_neither_taken_off_nor_changed_nor_doubled(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        with self.assertRefused("is running"):
            contract.sale_line_id.product_uom_qty = 0
        with self.assertRefused("quantity to 1"):
            contract.sale_line_id.product_uom_qty = 2
        with self.assertRefused("was opened for this plan"):
            contract.sale_line_id.product_id = self.silver_product

    def test_a_plan_added_late_must_be_sound(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        with self.assertRefused("is covered by Gold"):
            order.order_line = [Command.create({"product_id": self.silver_product.id})]
        self.assertEqual(len(order.aftersales_contract_ids), 1)

    def test_adding_a_plan_late_does_not_bring_back_one_that_ended(self):
        order = self.quote((self.goods, 1), (self.pump, 1), (self.plan_product, 1))
        order.order_line[1].aftersales_plan_line_id = False
        order.action_confirm()
        first = order.aftersales_contract_ids
        first._close("cancelled")
        order.order_line[1].aftersales_uncovered = False
        order.order_line[1].aftersales_plan_line_id = False
        silver = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.silver_product.id,
             "aftersales_asset_ids": [Command.set(self.deliver_asset().ids)]}
        )  # fmt: skip
        self.assertEqual((order.aftersales_contract_ids - first).sale_line_id, silver)

    def test_two_plans_for_the_same_goods_are_refused_in_words(self):
        self.deliver_asset()
        order = self.quote((self.goods, 1), (self.plan_product, 1), (self.silver_product, 1))
        with self.assertRefused("Silver covers nothing: Boiler is covered by Gold"):
            order.action_confirm()

    def test_an_archived_plan_product_is_refused(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.plan_product.active = False
        with self.assertRefused("no longer sold"):
            order.action_confirm()

    def test_removing_a_plan_leaves_its_goods_to_the_other(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1), (self.silver_product, 1))
        order.order_line[1].unlink()
        goods, silver = order.order_line
        self.assertEqual(goods.aftersales_plan_line_id, silver)
        silver.unlink()
        self.assertFalse(goods.aftersales_plan_line_id)

    def test_goods_that_become_something_else_are_released(self):
        self.plan.category_ids = self.env["product.category"].create({"name": "Boilers"})
        self.goods.categ_id = self.plan.category_ids
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertTrue(order.order_line[0].aftersales_plan_line_id)
        order.order_line[0].product_id = self.pump
        self.assertFalse(order.order_line[0].aftersales_plan_line_id)

    def test_goods_moved_to_another_order_leave_their_plan(self):
        order = self.quote((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        other = self.quote((self.pump, 1), (self.silver_product, 1))
        moved = order.order_line[1]
        moved.order_id = other
        self.assertEqual(moved.aftersales_plan_line_id, other.order_line[1])
        self.assertEqual(len(order.order_line[-1]._aftersales_covered_lines()), 1)

    def test_a_duplicate_is_covered_like_its_original(self):
        asset = self.deliver_asset()
        order = self.quote(
            (self.goods, 1), (self.pump, 2), (self.pump, 3), (self.plan_product, 1),
            (self.silver_product, 1), (self.plan_product, 1),
        )  # fmt: skip
        goods, pump, free, _gold, silver, earlier = order.order_line
        earlier.aftersales_asset_ids = asset
        pump.aftersales_plan_line_id = silver
        free.aftersales_plan_line_id = False
        goods, pump, free, gold, silver, earlier = order.copy().order_line
        self.assertEqual(goods.aftersales_plan_line_id, gold)
        self.assertEqual(pump.aftersales_plan_line_id, silver)
        self.assertFalse(free.aftersales_plan_line_id)
        self.assertEqual(earlier.aftersales_asset_ids, asset)
