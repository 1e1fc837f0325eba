# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimCost(AfterSalesCase):
    """What a free part costs, in the ledger and in analytic accounting; real-time valuation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.categ_id = cls.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        cls.goods.standard_price = 300.0
        plan = cls.env["account.analytic.plan"].create({"name": "Sites"})
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Elm Street", "plan_id": plan.id}
        )
        with freeze_time("2026-03-01 12:00:00"):
            cls.order = cls.quote((cls.goods, 10), (cls.plan_product, 1))
            cls.order.order_line[1].analytic_distribution = {str(cls.analytic.id): 100.0}
            cls.order.action_confirm()
            cls.deliver(cls.order.picking_ids)
        cls.contract = cls.order.aftersales_contract_ids

    def replace(self, asset=None, quantity=1, **values):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(asset or self.contract.asset_ids[:1], quantity, **values)
            claim.action_approve()
            self.deliver(claim.sudo().picking_ids)
        return claim

    def booked(self, claim):
        """Return (account, debit, credit, distribution) of the journal items, debit first."""
        return [
            (line.account_id, line.debit, line.credit, line.analytic_distribution or {})
            for line in claim.sudo().move_ids.account_move_id.line_ids.sorted("debit", reverse=True)
        ]

    def expect(self, claim, amount, distribution):
        cost = self.company.aftersales_service_cost_account_id
        stock = self.goods._get_product_accounts()["stock_valuation"]
        self.assertEqual(
            self.booked(claim),
            [(cost, amount, 0.0, distribution), (stock, 0.0, amount, {})],
        )

    def test_a_free_part_is_service_cost_of_the_contracts_analytic_account(self):
        claim = self.replace(quantity=2)
        self.expect(claim, 600.0, {str(self.analytic.id): 100.0})
        items = claim.sudo().move_ids.account_move_id.line_ids
        self.assertEqual(items.analytic_line_ids.mapped("amount"), [-600.0])

    def test_without_an_analytic_account_the_cost_is_booked_all_the_same(self):
        self.order.order_line[1].analytic_distribution = False
        self.expect(self.replace(), 300.0, {})

    def test_a_split_distribution_stays_split(self):
        other = self.analytic.copy({"name": "Oak Street"})
        split = {str(self.analytic.id): 60.0, str(other.id): 40.0}
        self.order.order_line[1].analytic_distribution = split
        claim = self.replace()
        self.expect(claim, 300.0, split)
        items = claim.sudo().move_ids.account_move_id.line_ids
        self.assertEqual(sorted(items.analytic_line_ids.mapped("amount")), [-180.0, -120.0])

    def test_without_a_plan_the_line_that_sold_the_goods_says_which_account(self):
        with freeze_time("2026-03-01 12:00:00"):
            order = self.quote((self.goods, 1))
            order.order_line.analytic_distribution = {str(self.analytic.id): 100.0}
            order.action_confirm()
            self.deliver(order.picking_ids)
        asset = self.env["aftersales.asset"].search(
            [("move_id", "in", order.picking_ids.move_ids.ids)]
        )
        claim = self.replace(asset, cause=self.defect)
        self.assertEqual(claim.line_ids.billing_type, "warranty")
        self.expect(claim, 300.0, {str(self.analytic.id): 100.0})

    def test_each_delivery_books_what_it_brought(self):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.contract.asset_ids[:1], 8)
            claim.action_approve()
            self.deliver(claim.sudo().picking_ids, quantity=5)
            self.deliver(claim.sudo().picking_ids)
        entries = claim.sudo().move_ids.account_move_id
        self.assertEqual(sorted(entries.mapped("amount_total")), [900.0, 1500.0])

    def test_a_broken_part_that_comes_back_books_nothing(self):
        claim = self.replace(cause=self.defect)
        self.assertEqual(claim.line_ids.part_state, "received")
        self.expect(claim, 300.0, {str(self.analytic.id): 100.0})

    def test_a_replacement_that_is_sent_back_takes_its_cost_back(self):
        claim = self.replace()
        picking = claim.sudo().picking_ids
        with freeze_time("2026-04-07 10:00:00"):
            back = self.send_back(picking, 1)
        cost = self.company.aftersales_service_cost_account_id
        item = back.move_ids.account_move_id.line_ids.filtered(lambda i: i.account_id == cost)
        self.assertEqual(
            (item.credit, item.analytic_distribution), (300.0, {str(self.analytic.id): 100.0})
        )

    def test_a_loan_books_nothing(self):
        claim = self.replace()
        with freeze_time("2026-04-07 10:00:00"):
            second = self.claim(self.contract.asset_ids[:1])
            second.action_submit()
            loan = second._lend(self.goods, 1, self.env["stock.lot"])
            self.deliver(loan)
        self.assertTrue(second.loan_out)
        self.assertFalse(loan.move_ids.account_move_id)
        self.assertEqual(claim.state, "done")
