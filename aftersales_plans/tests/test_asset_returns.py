# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestAssetReturns(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.villa = cls.env["res.partner"].create({"name": "Villa Rosa"})

    def assets(self, product=None):
        return self.env["aftersales.asset"].search(
            [("product_id", "=", (product or self.goods).id)], order="id"
        )

    def statuses(self, product=None):
        """Return (status, quantity) of every asset of the product, oldest first."""
        return [(asset.status, asset.quantity) for asset in self.assets(product)]

    def receive(self, product, lot, quantity, partner):
        """Take goods in from a customer without naming the delivery."""
        picking = self.env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": self.warehouse().in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.move_line_ids = [
            Command.clear(),
            Command.create({"product_id": product.id, "lot_id": lot.id, "quantity": quantity}),
        ]
        picking.button_validate()
        return picking

    def test_part_of_a_delivery_that_comes_back_splits_off(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 5), (self.plan_product, 1))
        with freeze_time("2026-03-20 12:00:00"):
            back = self.send_back(contract.sale_order_id.picking_ids, 2)
        asset, child = self.assets()
        self.assertRecordValues(
            asset | child,
            [
                {"quantity": 3.0, "status": "in_use", "date_out": False, "return_move_id": False},
                {
                    "quantity": 2.0,
                    "status": "returned",
                    "date_out": date(2026, 3, 20),
                    "return_move_id": back.move_ids.id,
                },
            ],
        )
        self.assertEqual(child.origin_asset_id, asset)
        self.assertEqual((contract.asset_ids, contract.state), (asset, "active"))
        self.assertEqual((child.contract_id.id, child.left_contract_id), (False, contract))

    def test_with_the_last_goods_the_contract_closes(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        picking = contract.sale_order_id.picking_ids
        self.send_back(picking, 2)
        self.assertEqual(contract.state, "active")
        self.send_back(picking, 3)
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(self.statuses(), [("returned", 3.0), ("returned", 2.0)])

    def test_a_contract_waits_for_goods_that_are_still_to_come(self):
        order = self.quote((self.goods, 5), (self.plan_product, 1))
        order.action_confirm()
        self.deliver(order.picking_ids, 2)
        shipped = order.picking_ids.filtered(lambda picking: picking.state == "done")
        contract = order.aftersales_contract_ids
        self.send_back(shipped, 2)
        self.assertFalse(contract.asset_ids)
        self.assertEqual(contract.state, "active")
        self.deliver(order.picking_ids)
        self.assertEqual(contract.asset_ids.mapped("quantity"), [3.0])

    def test_the_return_of_a_return_brings_goods_back_under_their_plan(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        back = self.send_back(contract.sale_order_id.picking_ids, 3)
        self.send_back(back, 1)
        self.assertEqual(
            sorted(self.statuses()), [("in_use", 1.0), ("in_use", 2.0), ("returned", 2.0)]
        )
        in_use = self.assets().filtered(lambda asset: asset.status == "in_use")
        self.assertEqual(contract.asset_ids, in_use)
        self.assertFalse(any(in_use.mapped("date_out")) or in_use.return_move_id)

    def test_goods_that_return_to_a_customer_whose_contract_closed_are_in_use_without_it(self):
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        back = self.send_back(contract.sale_order_id.picking_ids, 2)
        self.send_back(back, 2)
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(self.statuses(), [("in_use", 2.0)])
        self.assertFalse(self.assets().contract_ids)

    def test_goods_go_to_and_fro_as_often_as_the_customer_likes(self):
        self.sell((self.goods, 2))
        picking = self.assets().picking_id
        for status in ("returned", "in_use", "returned", "in_use"):
            picking = self.send_back(picking, 2)
            self.assertEqual(self.statuses(), [(status, 2.0)])

    def test_a_return_in_another_unit_is_converted(self):
        pack = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_uom_id": self.goods.uom_id.id, "relative_factor": 6}
        )
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": self.warehouse().out_type_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": 2,
                            "product_uom": pack.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.deliver(picking)
        self.send_back(picking, 1)
        self.assertEqual(self.statuses(), [("in_use", 6.0), ("returned", 6.0)])

    def test_a_serial_number_that_was_returned_is_sold_again_as_a_new_asset(self):
        pump, lot = self.tracked("serial", "P-1", 1)
        self.sell((pump, 1))
        self.send_back(self.assets(pump).picking_id, 1)
        self.sell((pump, 1), partner_id=self.villa.id)
        first, second = self.assets(pump)
        self.assertEqual((first.status, second.status), ("returned", "in_use"))
        self.assertEqual((first.lot_id, second.lot_id), (lot, lot))
        self.assertEqual((first.partner_id, second.partner_id), (self.customer, self.villa))

    def test_a_serial_number_received_without_its_delivery_is_found(self):
        pump, lot = self.tracked("serial", "P-1", 1)
        contract = self.sell((pump, 1), (self.plan_product, 1))
        self.receive(pump, lot, 1, self.villa)
        self.assertEqual(self.statuses(pump), [("returned", 1.0)])
        self.assertEqual(contract.state, "cancelled")

    def test_a_lot_at_two_customers_is_taken_from_the_one_who_sent_it(self):
        sealant, lot = self.tracked("lot", "L-1", 20)
        self.sell((sealant, 4))
        self.sell((sealant, 4))
        self.sell((sealant, 3), partner_id=self.villa.id)
        self.receive(sealant, lot, 5, self.customer)
        held = {self.customer: 0.0, self.villa: 0.0}
        for asset in self.assets(sealant).filtered(lambda asset: asset.status == "in_use"):
            held[asset.partner_id] += asset.quantity
        self.assertEqual(held, {self.customer: 3.0, self.villa: 3.0})
        self.receive(sealant, lot, 1, self.agent.partner_id)
        self.assertEqual(sum(q for status, q in self.statuses(sealant) if status == "in_use"), 6.0)

    def test_untracked_goods_received_without_their_delivery_change_nothing(self):
        self.sell((self.goods, 2))
        self.receive(self.goods, self.env["stock.lot"], 1, self.customer)
        self.assertEqual(self.statuses(), [("in_use", 2.0)])

    def test_a_return_includes_what_replaced_parts_of_the_delivery(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        picking = contract.sale_order_id.picking_ids
        claim = self.claim(contract.asset_ids, 2)
        claim.action_approve()
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual(
            sorted(self.statuses()), [("in_use", 2.0), ("in_use", 3.0), ("replaced", 2.0)]
        )
        self.send_back(picking, 5)
        self.assertEqual(
            sorted(self.statuses()), [("replaced", 2.0), ("returned", 2.0), ("returned", 3.0)]
        )
        self.assertEqual(contract.state, "cancelled")

    def test_a_claims_own_shipments_take_nothing_out_when_they_come_back(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        claim = self.claim(contract.asset_ids)
        claim.action_approve()
        self.deliver(claim.sudo().picking_ids)
        replaced, new = self.assets()
        self.assertEqual((replaced.status, new.status), ("replaced", "in_use"))
        self.assertEqual(replaced.date_out, new.date_delivered)
        self.send_back(claim.sudo().picking_ids, 1)
        self.assertEqual((new.status, contract.state), ("in_use", "active"))

    def test_a_return_that_the_register_does_not_know_stops_nobody(self):
        self.sell((self.goods, 2))
        asset = self.assets()
        picking = asset.picking_id
        asset.unlink()
        self.assertEqual(self.send_back(picking, 2).state, "done")

    def test_goods_that_go_back_and_are_not_registered_stop_nobody(self):
        self.sell((self.goods, 2))
        asset = self.assets()
        back = self.send_back(asset.picking_id, 2)
        asset.unlink()
        backfill = type(self.env["aftersales.backfill"])
        with patch.object(backfill, "_on_unregistered_return") as noted:
            self.assertEqual(self.send_back(back, 2).state, "done")
        noted.assert_called_once_with(self.company)
        self.assertFalse(self.assets())

    def test_a_warehouse_worker_without_rights_takes_goods_back(self):
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        worker = new_test_user(self.env, "t-stock", "stock.group_stock_user")
        back = self.send_back(contract.sale_order_id.picking_ids, 1)
        self.assertEqual(self.statuses(), [("in_use", 1.0), ("returned", 1.0)])
        wizard = (
            self.env["stock.return.picking"]
            .with_user(worker)
            .with_context(active_id=back.id, active_ids=back.ids)
            .create({"picking_id": back.id})
        )
        wizard.product_return_moves.quantity = 1
        self.deliver(wizard._create_return())
        self.assertEqual(self.statuses(), [("in_use", 1.0), ("in_use", 1.0)])

    def test_a_return_of_many_goods_costs_hardly_more_queries_than_one_of_few(self):
        def queries(count):
            contract = self.sell(*[(self.goods, 2)] * count, (self.plan_product, 1))
            picking = contract.sale_order_id.picking_ids
            wizard = (
                self.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_ids=picking.ids)
                .create({"picking_id": picking.id})
            )
            wizard.product_return_moves.quantity = 2
            moves = wizard._create_return().move_ids
            moves.picked = True
            self.env.flush_all()
            self.env.invalidate_all()
            assets = self.env["aftersales.asset"].sudo()
            with patch.object(type(assets), "_take_back"):  # what Odoo does by itself
                moves._action_done()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            assets._take_back(moves)
            self.env.flush_all()
            self.assertEqual((len(moves), contract.state), (count, "cancelled"))
            return self.env.cr.sql_log_count - before

        queries(2)  # warms up what is cached for good
        few, many = queries(5), queries(20)
        self.assertLess((many - few) / 15, 4)

    def test_two_returns_in_one_go_take_different_goods_of_one_delivery(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        picking = contract.sale_order_id.picking_ids
        backs = self.env["stock.picking"]
        for quantity in (2, 3):
            wizard = (
                self.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_ids=picking.ids)
                .create({"picking_id": picking.id})
            )
            wizard.product_return_moves.quantity = quantity
            backs |= wizard._create_return()
        for move in backs.move_ids:
            move.quantity = move.product_uom_qty
        backs.move_ids.picked = True
        backs.move_ids._action_done()
        self.assertEqual(sorted(self.statuses()), [("returned", 2.0), ("returned", 3.0)])
        self.assertEqual(self.assets().return_move_id, backs.move_ids)
        self.assertEqual(contract.state, "cancelled")
