# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimMoves(AfterSalesCase):
    """Only an approved claim replaces goods, whoever handles its shipments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(cls.env, "t-stock", "stock.group_stock_user")
        cls.villa = cls.env["res.partner"].create({"name": "Villa Rosa"})
        cls.contract = cls.sell((cls.goods, 3), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids

    def other_delivery(self):
        """Return a delivery to another customer, not yet done."""
        order = self.quote((self.goods, 1), partner_id=self.villa.id)
        order.action_confirm()
        return order.picking_ids

    def approved(self, quantity):
        claim = self.claim(self.asset, quantity).with_env(self.env)
        claim.action_approve()
        return claim

    def test_a_warehouse_worker_puts_no_delivery_into_a_claim(self):
        line = self.claim(self.asset).line_ids
        move = self.other_delivery().move_ids.with_user(self.worker)
        for values in (
            {"aftersales_claim_line_id": line.id},
            {"aftersales_claim_id": line.claim_id.id},
        ):
            with self.assertRefused("by its approval alone"):
                move.write(values)
            with self.assertRefused("by its approval alone"):
                move.create(dict(move.copy_data()[0], **values))
            self.assertFalse(move.copy(values).sudo().aftersales_claim_id)
        default = {"default_aftersales_claim_line_id": line.id}
        copy = move.with_context(**default).copy()
        self.assertFalse(copy.sudo().aftersales_claim_line_id)

    def test_a_delivery_for_a_claim_nobody_approved_replaces_nothing(self):
        claim = self.claim(self.asset)
        picking = self.other_delivery()
        picking.move_ids.aftersales_claim_line_id = claim.line_ids  # as superuser
        self.deliver(picking)
        self.assertEqual((self.asset.status, self.asset.quantity), ("in_use", 3.0))
        new = self.env["aftersales.asset"].search([("move_id", "in", picking.move_ids.ids)])
        self.assertEqual((new.partner_id, new.contract_ids.ids), (self.villa, []))
        self.assertFalse(claim.line_ids.replacement_asset_ids)

    def test_a_worker_ships_a_claim_in_parts_and_what_is_left_stays_in_it(self):
        claim = self.approved(3)
        self.deliver(claim.picking_ids.with_user(self.worker), 1)
        self.assertEqual(sorted(claim.move_ids.mapped("product_uom_qty")), [1.0, 2.0])
        self.assertEqual(claim.move_ids.aftersales_claim_line_id, claim.line_ids)
        self.assertEqual(claim.state, "approved")
        self.deliver(claim.picking_ids.with_user(self.worker))
        self.assertEqual(claim.state, "done")
        self.assertEqual(sum(claim.line_ids.replacement_asset_ids.mapped("quantity")), 3.0)

    def test_a_return_belongs_to_the_claim_and_a_duplicate_does_not(self):
        claim = self.approved(2)
        picking = claim.picking_ids
        self.deliver(picking)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .with_context(active_id=picking.id, active_ids=picking.ids)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return().sudo()
        self.assertEqual(back.move_ids.aftersales_claim_id, claim)
        again = picking.with_user(self.worker).copy().sudo()
        self.assertEqual(again.move_ids.product_id, self.goods)
        self.assertFalse(again.move_ids.aftersales_claim_id)

    def test_a_worker_makes_moves_of_no_claim_as_ever(self):
        picking = self.other_delivery().with_user(self.worker)
        picking.write(
            {
                "move_ids": [
                    Command.create({"product_id": self.goods.id, "product_uom_qty": 1.0}),
                ]
            }
        )
        self.deliver(picking)
        self.assertEqual(picking.state, "done")
