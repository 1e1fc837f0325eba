# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimParts(AfterSalesCase):
    """Ten boilers under a plan from 1 March 2026; what claims move in the warehouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.entitlement = cls.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement")
        cls.storekeeper = new_test_user(cls.env, "t-store", "stock.group_stock_user")
        cls.vendor = cls.env["res.partner"].create({"name": "Boiler Works"})

    def approve(self, asset=None, *args, at="2026-04-06 10:00:00", **values):
        with freeze_time(at):
            claim = self.claim(asset or self.asset, *args, **values)
            claim.action_approve()
        return claim

    def on_hand(self, location, product=None):
        quants = self.env["stock.quant"]._gather(product or self.goods, location)
        return sum(quants.mapped("quantity"))

    def transfer(self, claim, step):
        return claim.sudo().move_ids.filtered(lambda move: move.aftersales_step == step).picking_id

    def come_back(self, quantity=1):
        """Replace a defective boiler and receive the broken one; return the claim."""
        claim = self.approve(quantity=quantity, cause=self.defect)
        with freeze_time("2026-04-08 10:00:00"):
            self.deliver(claim.sudo().picking_ids)
        return claim

    def settle(self, claim, outcome, user=None, **values):
        wizard = (
            self.env["aftersales.part.settle"]
            .with_user(user or self.agent)
            .create({"line_ids": claim.line_ids.ids, "outcome": outcome, **values})
        )
        with freeze_time("2026-04-09 10:00:00"):
            wizard.action_apply()
        return self.transfer(claim, outcome)

    # --- The broken part comes back ---

    def test_a_defective_part_is_expected_back_a_broken_one_is_not(self):
        defect = self.approve(cause=self.defect)
        self.assertEqual(defect.line_ids.part_state, "expected")
        back = self.transfer(defect, "return").move_ids
        self.assertRecordValues(
            back,
            [
                {
                    "product_id": self.goods.id,
                    "product_uom_qty": 1.0,
                    "location_id": self.env.ref("stock.stock_location_customers").id,
                    "location_dest_id": self.company.aftersales_returned_location_id.id,
                    "aftersales_claim_id": defect.id,
                    "aftersales_claim_line_id": defect.line_ids.id,
                }
            ],
        )
        self.assertEqual(back.picking_id.picking_type_code, "incoming")
        accident = self.approve()
        self.assertFalse(accident.line_ids.part_state or self.transfer(accident, "return"))

    def test_who_takes_the_call_may_say_otherwise(self):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.asset, cause=self.defect)
            self.assertTrue(claim.line_ids.part_returns)
            claim.line_ids.part_returns = False
            claim.action_approve()
        self.assertFalse(self.transfer(claim, "return"))
        with self.assertRefused("Make a new claim"):
            claim.line_ids.part_returns = True

    def test_nothing_is_expected_back_for_what_the_customer_pays(self):
        misuse = self.env.ref("aftersales_plans.cause_misuse")
        misuse.part_returns = True
        claim = self.approve(cause=misuse)
        self.assertEqual(claim.line_ids.billing_type, "billable")
        self.assertFalse(claim.move_ids)

    def test_the_claim_is_done_when_the_part_is_back_too(self):
        claim = self.approve(cause=self.defect)
        self.deliver(claim.sudo()._shipping_moves().picking_id)
        self.assertEqual(claim.state, "approved")
        self.deliver(self.transfer(claim, "return"))
        self.assertEqual((claim.state, claim.line_ids.part_state), ("done", "received"))

    def test_a_part_that_never_comes_is_given_up_by_cancelling_its_transfer(self):
        claim = self.approve(cause=self.defect)
        self.deliver(claim.sudo()._shipping_moves().picking_id)
        self.transfer(claim, "return").action_cancel()
        self.assertEqual((claim.state, claim.line_ids.part_state), ("done", False))

    def test_the_part_alone_is_no_delivery_and_changes_no_asset(self):
        claim = self.approve(cause=self.defect)
        before = self.env["aftersales.asset"].search_count([])
        self.deliver(self.transfer(claim, "return"))
        self.assertEqual(claim.state, "approved")
        self.assertFalse(claim.sudo()._delivered_moves())
        self.assertEqual(self.env["aftersales.asset"].search_count([]), before)
        self.assertEqual((self.asset.status, self.asset.quantity), ("in_use", 10.0))
        claim.sudo()._shipping_moves().picking_id.action_cancel()
        self.assertEqual(claim.state, "cancelled")

    def test_a_replaced_part_goes_out_once(self):
        claim = self.come_back()
        broken = self.asset.child_ids.filtered(lambda asset: asset.condition == "broken")
        self.assertEqual((broken.quantity, broken.status), (1.0, "replaced"))
        self.assertEqual(self.asset.quantity, 9.0)
        self.assertEqual(claim.line_ids.replacement_asset_ids.quantity, 1.0)
        in_use = self.env["aftersales.asset"].search(
            [("product_id", "=", self.goods.id), ("status", "=", "in_use")]
        )
        self.assertEqual(sum(in_use.mapped("quantity")), 10.0)

    def test_cancelling_the_claim_expects_nothing_any_more(self):
        claim = self.approve(cause=self.defect)
        claim.action_cancel()
        self.assertEqual(set(claim.sudo().move_ids.mapped("state")), {"cancel"})
        self.assertFalse(claim.line_ids.part_state)

    # --- What becomes of it ---

    def test_a_part_is_scrapped(self):
        claim = self.come_back()
        picking = self.settle(claim, "scrapped")
        self.assertEqual(claim.line_ids.part_state, "scrapped")
        self.deliver(picking)
        self.assertEqual(self.on_hand(self.company.aftersales_returned_location_id), 0.0)
        self.assertEqual(picking.location_dest_id.usage, "inventory")
        self.assertNotEqual(picking.location_dest_id, self.company.aftersales_returned_location_id)

    def test_a_part_becomes_second_grade(self):
        claim = self.come_back(quantity=2)
        self.deliver(self.settle(claim, "second_grade"))
        self.assertEqual(claim.line_ids.part_state, "second_grade")
        self.assertEqual(self.on_hand(self.company.aftersales_second_grade_location_id), 2.0)
        self.assertEqual(self.on_hand(self.company.aftersales_returned_location_id), 0.0)

    def test_second_grade_is_not_offered_for_sale(self):
        before = self.goods.qty_available
        claim = self.come_back()
        self.deliver(self.settle(claim, "second_grade"))
        self.assertEqual(self.goods.qty_available, before - 1)  # the replacement that was sent

    def test_a_part_is_claimed_from_its_supplier(self):
        self.goods.seller_ids = [(0, 0, {"partner_id": self.vendor.id})]
        claim = self.come_back()
        picking = self.settle(claim, "supplier", reference="RMA-77")
        self.assertRecordValues(
            picking,
            [
                {
                    "partner_id": self.vendor.id,
                    "picking_type_code": "outgoing",
                    "location_dest_id": self.vendor.property_stock_supplier.id,
                    "origin": f"{claim.name} · RMA-77",
                }
            ],
        )
        line = claim.line_ids
        self.assertEqual((line.supplier_id, line.supplier_reference), (self.vendor, "RMA-77"))
        unanswered = [("part_state", "=", "supplier"), ("supplier_answer", "=", False)]
        self.assertIn(line, line.search(unanswered))
        line.supplier_answer = "credited"
        self.assertNotIn(line, line.search(unanswered))

    def test_a_supplier_must_be_chosen(self):
        claim = self.come_back()
        with self.assertRefused("Choose the supplier"):
            self.settle(claim, "supplier")

    def test_cancelling_the_transfer_undoes_the_settlement(self):
        claim = self.come_back()
        for outcome in ("scrapped", "second_grade", "supplier"):
            picking = self.settle(claim, outcome, supplier_id=self.vendor.id)
            self.assertEqual(claim.line_ids.part_state, outcome)
            picking.with_user(self.storekeeper).action_cancel()
            self.assertEqual(
                (claim.line_ids.part_state, claim.line_ids.part_quantity), ("received", 1.0)
            )

    def test_sending_a_settled_part_back_undoes_the_settlement(self):
        claim = self.come_back()
        picking = self.settle(claim, "second_grade")
        self.deliver(picking)
        self.send_back(picking, 1)
        self.assertEqual(
            (claim.line_ids.part_state, claim.line_ids.part_quantity), ("received", 1.0)
        )

    def test_a_part_is_settled_once(self):
        claim = self.come_back()
        self.settle(claim, "scrapped")
        with self.assertRefused("no part is waiting"):
            self.settle(claim, "second_grade")

    def test_parts_that_come_back_in_two_goes_are_settled_as_they_come(self):
        claim = self.approve(quantity=5, cause=self.defect)
        self.deliver(claim.sudo()._shipping_moves().picking_id)
        self.deliver(self.transfer(claim, "return"), quantity=3)
        line = claim.line_ids
        self.assertEqual((line.part_state, line.part_quantity), ("received", 3.0))
        self.settle(claim, "scrapped")
        self.assertEqual((line.part_state, claim.state), ("expected", "approved"))
        self.deliver(self.transfer(claim, "return"))
        self.assertEqual((line.part_quantity, claim.state), (2.0, "done"))
        self.settle(claim, "second_grade")
        self.assertEqual(line.part_state, "second_grade")

    def test_nobody_writes_the_state_of_a_part_by_hand(self):
        claim = self.come_back()
        for values in (
            {"part_state": "scrapped"},
            {"part_quantity": 0.0},
            {"supplier_id": self.vendor.id},
            {"supplier_reference": "x"},
        ):
            with self.assertRefused("by hand|Make a new claim"):
                claim.line_ids.write(values)

    def test_who_only_reads_cannot_settle(self):
        reader = new_test_user(self.env, "t-reader", "aftersales_plans.group_accountant")
        claim = self.come_back()
        with self.assertRefused("not allowed"):
            claim.line_ids.with_user(reader)._settle("scrapped")

    def test_the_warehouse_does_it_all_without_rights_on_claims(self):
        claim = self.approve(cause=self.defect)
        for picking in claim.sudo().picking_ids.with_user(self.storekeeper).sudo(False):
            picking.action_assign()
            picking.button_validate()
        self.assertEqual((claim.state, claim.line_ids.part_state), ("done", "received"))
        picking = self.settle(claim, "second_grade").with_user(self.storekeeper).sudo(False)
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    # --- Lots ---

    def tiles(self):
        """Sell 10 tiles of batch A; put batch B, then more of A, on the shelf."""
        product, batch = self.tracked("lot", "A", 10)
        with freeze_time("2026-03-02 12:00:00"):
            contract = self.sell((product, 10), (self.plan_product, 1))
            other = self.env["stock.lot"].create({"name": "B", "product_id": product.id})
            self.stock_up(product, 20, other)
        with freeze_time("2026-03-03 12:00:00"):
            self.stock_up(product, 3, batch)
        return contract.asset_ids, batch, other

    def test_the_same_batch_is_sent_first(self):
        asset, batch, other = self.tiles()
        claim = self.approve(asset, quantity=2)
        self.assertEqual(claim.sudo().move_ids.move_line_ids.lot_id, batch)
        claim = self.approve(asset, quantity=2)
        lines = claim.sudo().move_ids.move_line_ids
        self.assertEqual(
            {(line.lot_id, line.quantity) for line in lines}, {(batch, 1.0), (other, 1.0)}
        )

    def test_old_and_new_lots_are_recorded_and_both_are_covered(self):
        asset, batch, other = self.tiles()
        claim = self.approve(asset, quantity=4)
        self.deliver(claim.sudo().picking_ids)
        line = claim.line_ids
        self.assertEqual((line.lot_id, line.replacement_serials), (batch, "A, B"))
        new = line.replacement_asset_ids
        self.assertEqual({(one.lot_id, one.quantity) for one in new}, {(batch, 3.0), (other, 1.0)})
        self.assertEqual(new.contract_id, asset.contract_id)
        self.assertEqual(asset.quantity, 6.0)

    def test_the_lot_that_comes_back_is_the_one_that_was_delivered(self):
        product, serial = self.tracked("serial", "S1", 1)
        with freeze_time("2026-03-02 12:00:00"):
            asset = self.sell((product, 1), (self.plan_product, 1)).asset_ids
            new = self.env["stock.lot"].create({"name": "S2", "product_id": product.id})
            self.stock_up(product, 1, new)
        claim = self.approve(asset, cause=self.defect)
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual(self.transfer(claim, "return").move_line_ids.lot_id, serial)
        self.assertEqual(asset.status, "replaced")
        self.assertEqual(claim.line_ids.replacement_asset_ids.lot_id, new)
        picking = self.settle(claim, "second_grade")
        self.assertEqual(picking.move_line_ids.lot_id, serial)

    # --- Partial, more, less ---

    def test_the_asset_splits_per_delivery_and_the_claim_ends_with_the_last(self):
        claim = self.approve(quantity=8)
        self.deliver(claim.sudo().picking_ids, quantity=5)
        self.assertEqual((claim.state, self.asset.quantity), ("approved", 5.0))
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual((claim.state, self.asset.quantity), ("done", 2.0))
        new = claim.line_ids.replacement_asset_ids
        self.assertEqual(sorted(new.mapped("quantity")), [3.0, 5.0])
        self.assertEqual(set(self.contract.asset_ids), {self.asset, *new})
        self.assertEqual(self.entitlement.used, 1)

    def test_what_is_still_promised_cannot_be_claimed_again(self):
        claim = self.approve(quantity=8)
        self.deliver(claim.sudo().picking_ids, quantity=5)
        with freeze_time("2026-04-07 10:00:00"):
            again = self.claim(self.asset, quantity=3)
            with self.assertRefused("5.0 are there, but 6.0 are claimed"):
                again.action_approve()
            again.line_ids.quantity = 2
            again.action_approve()
        self.assertEqual(again.state, "approved")

    def test_less_than_claimed_ends_the_claim_when_the_rest_is_cancelled(self):
        claim = self.approve(quantity=8)
        self.deliver(claim.sudo().picking_ids, quantity=5)
        claim.sudo().picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.assertEqual((claim.state, self.asset.quantity), ("done", 5.0))
        self.assertEqual(self.entitlement.used, 1)

    def test_more_than_claimed_replaces_no_more_than_was_claimed(self):
        claim = self.approve(quantity=2)
        self.deliver(claim.sudo().picking_ids, quantity=3)
        self.assertEqual((claim.state, self.asset.quantity), ("done", 8.0))
        self.assertEqual(claim.line_ids.replacement_asset_ids.quantity, 3.0)

    # --- Warehouses ---

    def test_the_warehouse_that_sold_ships(self):
        north = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        self.env["stock.quant"]._update_available_quantity(self.goods, north.lot_stock_id, 20)
        with freeze_time("2026-03-01 12:00:00"):
            contract = self.sell((self.goods, 4), (self.plan_product, 1), warehouse_id=north.id)
        claim = self.approve(contract.asset_ids, cause=self.defect)
        self.assertEqual(claim.warehouse_id, north)
        self.assertEqual(
            claim.sudo().picking_ids.picking_type_id, north.out_type_id | north.in_type_id
        )
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(contract.asset_ids)
            claim.warehouse_id = self.warehouse()
            claim.action_approve()
        self.assertEqual(claim.sudo().picking_ids.picking_type_id, self.warehouse().out_type_id)

    def test_picking_then_shipping_ends_in_one_replacement(self):
        self.warehouse().delivery_steps = "pick_ship"
        claim = self.approve(quantity=2)
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual((claim.state, self.asset.quantity), ("approved", 10.0))
        ship = claim.sudo().picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual(
            ship.move_ids.location_dest_id, self.company.aftersales_replacement_location_id
        )
        self.deliver(ship)
        self.assertEqual((claim.state, self.asset.quantity), ("done", 8.0))

    def test_what_was_picked_for_a_cancelled_claim_goes_back_to_the_shelf(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse().delivery_steps = steps
            shelf = self.on_hand(self.warehouse().lot_stock_id)
            claim = self.approve(quantity=2)
            for _leg in range(steps.count("_")):
                self.deliver(claim.sudo().picking_ids)
            self.assertEqual(self.on_hand(self.warehouse().lot_stock_id), shelf - 2)
            claim.action_cancel()
            self.assertEqual((claim.state, self.entitlement.used), ("cancelled", 0))
            back = self.transfer(claim, "put_back")
            self.assertEqual(len(back), 1)
            self.assertIn(back.name, " ".join(claim.message_ids.mapped("body")))
            self.deliver(back)
            self.assertEqual(self.on_hand(self.warehouse().lot_stock_id), shelf)

    def test_a_shipment_the_warehouse_gives_up_after_picking_goes_back_too(self):
        self.warehouse().delivery_steps = "pick_ship"
        claim = self.approve()
        self.deliver(claim.sudo().picking_ids)
        claim.sudo().picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.assertEqual(claim.state, "cancelled")
        self.assertEqual(self.transfer(claim, "put_back").move_ids.product_uom_qty, 1.0)
