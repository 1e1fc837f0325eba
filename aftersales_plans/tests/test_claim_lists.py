# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import new_test_user, tagged

from .common_claim_desk import DeskCase


@tagged("post_install", "-at_install")
class TestClaimLists(DeskCase):
    """What waits for what, and what failed."""

    def found(self, **domain):
        claims = self.env["aftersales.claim"].with_user(self.agent)
        ours = [("partner_id", "=", self.customer.id)]
        return claims.search([*ours, *((name, "=", value) for name, value in domain.items())])

    def test_waiting_for_goods_and_for_the_customer(self):
        goods = self.report()
        goods.action_approve()
        sale = self.report(cause=self.env.ref("aftersales_plans.cause_misuse"))
        sale.action_approve()
        self.assertEqual(self.found(waiting_goods=True), goods)
        self.assertFalse(self.found(waiting_customer=True))
        sale.sudo().sale_order_id.action_quotation_sent()
        self.assertEqual(self.found(waiting_customer=True), sale)
        self.assertEqual((goods.waiting_goods, sale.waiting_customer), (True, True))
        self.assertIn(sale, self.found(waiting_goods=False))
        self.deliver(goods.picking_ids.sudo())
        self.assertFalse(self.found(waiting_goods=True) or goods.waiting_goods)

    def test_an_accountant_filters_without_rights_on_shipments(self):
        self.report().action_approve()
        accountant = new_test_user(self.env, "t-ada", "aftersales_plans.group_accountant")
        claims = self.env["aftersales.claim"].with_user(accountant)
        self.assertTrue(claims.search([("waiting_goods", "=", True)]).mapped("goods_label"))

    def test_goods_in_words(self):
        claim = self.report(quantity=2.5)
        self.assertEqual(claim.goods_label, "2.5 × Boiler")

    def test_failures_are_counted_by_product_cause_age_and_plan(self):
        for quantity, day in ((1, "2026-03-20"), (2, "2026-08-01"), (1, "2027-04-01")):
            self.report(at=f"{day} 10:00:00", quantity=quantity)
        lines = self.env["aftersales.claim.line"].with_user(self.agent)
        domain = [("product_id", "=", self.goods.id)]
        self.assertEqual(
            lines._read_group(domain, ["age_band", "cause_id"], ["quantity:sum"]),
            [
                ("months_3", self.accident, 1.0),
                ("year_1", self.accident, 2.0),
                ("year_2", self.accident, 1.0),
            ],
        )
        self.assertEqual(lines.search(domain).sorted("id").mapped("age_months"), [0, 5, 13])
        self.assertEqual(lines._read_group(domain, ["plan_id"]), [(self.plan,)])

    def test_goods_of_unknown_age_have_no_band(self):
        claim = self.env["aftersales.claim"].create(
            {
                "partner_id": self.customer.id,
                "line_ids": [
                    Command.create({"product_id": self.goods.id, "cause_id": self.accident.id})
                ],
            }
        )
        self.assertEqual((claim.line_ids.age_months, claim.line_ids.age_band), (0, False))
