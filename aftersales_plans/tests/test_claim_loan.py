# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimLoan(AfterSalesCase):
    """A boiler breaks; the customer gets another one until it is replaced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.storekeeper = new_test_user(cls.env, "t-store", "stock.group_stock_user")
        cls.lent = cls.company.aftersales_lent_location_id
        cls.pool = cls.company.aftersales_second_grade_location_id

    def approved(self, **values):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.contract.asset_ids[:1], **values)
            claim.action_approve()
        return claim

    def lend(self, claim, product=None, user=None, **values):
        """Lend from the dialog; return the transfer, not yet done."""
        wizard = (
            self.env["aftersales.claim.lend"]
            .with_user(user or self.agent)
            .create(
                {"claim_id": claim.id, **({"product_id": product.id} if product else {}), **values}
            )
        )
        wizard.action_apply()
        return self.transfers(claim, "loan")[-1:]

    def transfers(self, claim, step):
        moves = claim.sudo().move_ids.filtered(lambda move: move.aftersales_step == step)
        return moves.picking_id.sorted("id")

    def hand_out(self, picking):
        """Let the warehouse do the transfer, which has no rights on claims."""
        mine = picking.with_user(self.storekeeper).sudo(False)
        mine.button_validate()
        self.assertEqual(picking.state, "done")

    def on_hand(self, location, product=None):
        quants = self.env["stock.quant"]._gather(product or self.goods, location)
        return sum(quants.mapped("quantity"))

    def test_a_unit_goes_out_and_comes_back(self):
        claim = self.approved()
        shelf = self.on_hand(self.warehouse().lot_stock_id)
        picking = self.lend(claim)
        self.assertRecordValues(
            picking,
            [
                {
                    "partner_id": claim.site_id.id,
                    "picking_type_code": "internal",
                    "location_id": self.warehouse().lot_stock_id.id,
                    "location_dest_id": self.lent.id,
                }
            ],
        )
        self.assertFalse(claim.loan_out)
        self.hand_out(picking)
        self.assertEqual((claim.loan_out, claim.loan_label), (True, "1 × Boiler"))
        self.assertEqual(self.on_hand(self.lent), 1.0)
        claim.action_take_back()
        self.assertTrue(claim.loan_out)
        self.hand_out(self.transfers(claim, "loan_return"))
        self.assertEqual((claim.loan_out, claim.loan_label), (False, ""))
        self.assertEqual(self.on_hand(self.warehouse().lot_stock_id), shelf)

    def test_a_lent_unit_is_no_delivery_and_no_asset(self):
        claim = self.approved()
        before = self.env["aftersales.asset"].search_count([])
        self.hand_out(self.lend(claim))
        self.assertEqual(self.env["aftersales.asset"].search_count([]), before)
        self.assertFalse(claim.sudo()._delivered_moves())

    def test_second_grade_is_lent_first(self):
        self.env["stock.quant"]._update_available_quantity(self.goods, self.pool, 1)
        claim = self.approved()
        self.assertEqual(self.lend(claim).location_id, self.pool)
        self.assertEqual(self.lend(claim).location_id, self.warehouse().lot_stock_id)

    def test_the_dialog_says_where_it_would_be_taken_from(self):
        claim = self.approved()
        dialog = self.env["aftersales.claim.lend"].with_user(self.agent)
        shelf = self.warehouse().lot_stock_id
        wizard = dialog.create({"claim_id": claim.id, "product_id": self.goods.id})
        self.assertEqual(wizard.source_label, shelf.display_name)
        wizard.quantity = 5000
        self.assertEqual(wizard.source_label, "Nothing is free")
        wizard.product_id = False
        self.assertEqual(wizard.source_label, "Nothing is free")

    def test_it_comes_back_to_where_it_was_taken_from(self):
        self.env["stock.quant"]._update_available_quantity(self.goods, self.pool, 1)
        claim = self.approved()
        for _number in range(2):
            self.hand_out(self.lend(claim))
        claim.action_take_back()
        back = self.transfers(claim, "loan_return")
        self.assertEqual(back.location_dest_id, self.pool | self.warehouse().lot_stock_id)
        for picking in back:
            self.hand_out(picking)
        self.assertEqual((self.on_hand(self.lent), self.on_hand(self.pool)), (0.0, 1.0))

    def test_the_very_unit_that_was_lent_comes_back(self):
        product, first = self.tracked("serial", "L1", 1)
        second = self.env["stock.lot"].create({"name": "L2", "product_id": product.id})
        self.stock_up(product, 1, second)
        one, two = self.approved(), self.approved()
        self.hand_out(self.lend(one, product, lot_id=second.id))
        self.hand_out(self.lend(two, product, lot_id=first.id))
        self.assertEqual(one.loan_label, "1 × Pump (L2)")
        one.action_take_back()
        back = self.transfers(one, "loan_return")
        self.assertEqual(back.move_line_ids.lot_id, second)
        self.hand_out(back)
        self.assertEqual((one.loan_out, two.loan_out), (False, True))

    def test_the_warehouse_may_return_it_by_itself(self):
        claim = self.approved()
        picking = self.lend(claim)
        self.hand_out(picking)
        self.send_back(picking, 1)
        self.assertFalse(claim.loan_out)
        with self.assertRefused("nothing is lent"):
            claim.action_take_back()

    def test_a_claim_that_is_done_reminds_of_the_loan(self):
        claim = self.approved()
        self.hand_out(self.lend(claim))
        self.deliver(claim.sudo()._shipping_moves().picking_id)
        self.assertEqual(claim.state, "done")
        reminder = claim.sudo().activity_ids
        self.assertEqual(
            (reminder.summary, reminder.user_id), ("Take back: 1 × Boiler", self.agent)
        )
        self.assertIn(claim, claim.search([("loan_out", "=", True)]))
        claim.action_take_back()
        self.hand_out(self.transfers(claim, "loan_return"))
        self.assertNotIn(claim, claim.search([("loan_out", "=", True)]))

    def test_cancelling_the_claim_stops_a_loan_that_is_planned_not_one_that_is_out(self):
        claim = self.approved()
        out, planned = self.lend(claim), self.lend(claim)
        self.hand_out(out)
        claim.action_take_back()
        claim.action_cancel()
        self.assertEqual(planned.state, "cancel")
        self.assertEqual(self.transfers(claim, "loan_return").state, "assigned")
        self.assertTrue(claim.loan_out)

    def test_nothing_is_lent_for_a_claim_nobody_took_up_or_that_is_over(self):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.contract.asset_ids[:1])
            with self.assertRefused("not under way"):
                self.lend(claim)
            claim.action_submit()
            self.assertEqual(self.lend(claim).state, "assigned")
            claim.action_refuse()
            with self.assertRefused("not under way"):
                self.lend(claim)

    def test_a_unit_nobody_has_free_and_none_at_all_are_refused(self):
        claim = self.approved()
        with self.assertRefused("No 500 × Boiler is free"):
            self.lend(claim, quantity=500)
        for quantity in (0, -1):
            with self.assertRefused("above zero"):
                self.lend(claim, quantity=quantity)
        with self.assertRefused("nothing is lent"):
            claim.action_take_back()
        self.assertFalse(self.transfers(claim, "loan"))

    def test_taking_back_twice_plans_one_return(self):
        claim = self.approved()
        self.hand_out(self.lend(claim))
        claim.action_take_back()
        with self.assertRefused("on its way back already"):
            claim.action_take_back()

    def test_who_only_reads_cannot_lend(self):
        reader = new_test_user(self.env, "t-reader", "aftersales_plans.group_accountant")
        claim = self.approved().with_user(reader)
        with self.assertRefused("not allowed"):
            claim._lend(self.goods, 1, self.env["stock.lot"])
        with self.assertRefused("not allowed"):
            claim.action_take_back()
