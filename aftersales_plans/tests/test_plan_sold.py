# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestPlanSold(AfterSalesCase):
    """What was sold stays as it was sold, whatever plan and product say later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bronze = cls.env["aftersales.plan"].create({"name": "Bronze", "code": "T-BRONZE"})
        cls.order = cls.quote((cls.goods, 2), (cls.plan_product, 1))
        cls.order.action_confirm()
        cls.goods_line, cls.plan_line = cls.order.order_line
        cls.deliver(cls.order.picking_ids, 1)
        cls.contract = cls.order.aftersales_contract_ids

    def narrow(self):
        """Let the plan take none of the goods that were sold under it."""
        self.plan.category_ids = self.env["product.category"].create({"name": "Pumps"})

    def test_goods_stay_covered_when_the_plan_takes_fewer_categories_later(self):
        self.narrow()
        self.goods_line.product_uom_qty = 3
        self.assertEqual(self.goods_line.aftersales_plan_line_id, self.plan_line)
        self.deliver(self.order.picking_ids)
        self.assertEqual(sum(self.contract.asset_ids.mapped("quantity")), 3.0)

    def test_goods_stay_covered_when_the_quantity_is_changed_on_the_screen(self):
        self.narrow()
        with Form(self.order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assertEqual(self.goods_line.aftersales_plan_line_id, self.plan_line)
        self.assertFalse(self.goods_line.aftersales_uncovered)

    def test_goods_added_later_follow_the_plan_as_it_is_now(self):
        line = self.order.order_line.create(
            {"order_id": self.order.id, "product_id": self.goods.id, "product_uom_qty": 1}
        )
        self.assertEqual(line.aftersales_plan_line_id, self.plan_line)
        self.narrow()
        line = line.copy({"order_id": self.order.id})
        self.assertFalse(line.aftersales_plan_line_id)

    def test_goods_exchanged_for_others_are_judged_anew(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        order.picking_ids.action_cancel()  # else Odoo lets nobody exchange them
        line = order.order_line[0]
        category = self.env["product.category"].create({"name": "Pumps"})
        pump = self.goods.copy({"name": "Pump", "categ_id": category.id})
        self.goods.categ_id = self.plan.category_ids = category.create({"name": "Boilers"})
        line.product_id = pump
        self.assertFalse(line.aftersales_plan_line_id)
        self.assertFalse(line.aftersales_uncovered)
        order.picking_ids.action_cancel()
        line.product_id = self.goods
        self.assertEqual(line.aftersales_plan_line_id, order.order_line[1])

    def test_the_order_names_the_plan_of_its_contract(self):
        for plan in (self.bronze, self.env["aftersales.plan"]):
            self.plan_product.aftersales_plan_id = plan
            self.env.invalidate_all()
            self.assertEqual(self.plan_line.aftersales_plan_id, self.plan)
            self.assertEqual(self.order._aftersales_plans_told()[0]["name"], "Gold")
            found = self.order.order_line.search(
                [("order_id", "=", self.order.id), ("aftersales_plan_id", "!=", False)]
            )
            self.assertEqual(found, self.plan_line)
            self.assertNotIn(
                self.plan_line, found.search([("aftersales_plan_id", "=", self.bronze.id)])
            )
            self.goods_line.product_uom_qty += 1
            self.assertEqual(self.goods_line.aftersales_plan_line_id, self.plan_line)
        new = self.quote((self.plan_product, 1))
        self.assertFalse(new.order_line.aftersales_plan_id)

    def test_a_running_plan_is_not_taken_off_though_its_product_sells_none_any_more(self):
        self.plan_product.aftersales_plan_id = False
        with self.assertRefused("End it first with the button End Early"):
            self.plan_line.product_uom_qty = 0
        with self.assertRefused("sold once per order line"):
            self.plan_line.product_uom_qty = 2
        self.assertEqual(self.contract.state, "active")

    def test_a_service_sold_before_it_sold_a_plan_stays_a_service(self):
        service = self.env["product.product"].create({"name": "Check", "type": "service"})
        order = self.quote((service, 2), (self.goods, 1))
        order.action_confirm()
        service.aftersales_plan_id = self.bronze
        service_line, goods_line = order.order_line
        service_line.product_uom_qty = 3
        goods_line.product_uom_qty = 2
        self.assertFalse(goods_line.aftersales_plan_line_id)
        self.assertFalse(order.aftersales_contract_ids)

    def test_a_plan_added_to_a_confirmed_order_covers_its_goods(self):
        order = self.quote((self.goods, 1))
        order.action_confirm()
        order.order_line = [Command.create({"product_id": self.plan_product.id})]
        goods, plan_line = order.order_line
        self.assertEqual(goods.aftersales_plan_line_id, plan_line)
        self.deliver(order.picking_ids)
        self.assertEqual(order.aftersales_contract_ids.asset_ids.quantity, 1.0)

    def test_a_confirmed_order_tells_its_conditions_in_sentences(self):
        told = self.order._aftersales_plans_told()[0]["conditions"]
        self.assertTrue(all(isinstance(sentence, str) for sentence in told), told)
        self.assertIn("Replacements beyond the plan are charged at list price", told)
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html("sale.action_report_saleorder", self.order.ids)
        self.assertNotIn("(&#39;", content.decode())
        self.assertNotIn("('", content.decode().split("<main")[-1].split("<script")[0])

    def test_the_price_of_a_contract_is_nobodys_to_type(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        form = Form(order.aftersales_contract_ids.with_user(self.manager))
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.amount_untaxed = 1.0

    def test_a_product_is_made_from_its_plan(self):
        action = self.plan.action_new_product()
        product = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertRecordValues(
            product,
            [
                {
                    "name": "Gold after-sales plan",
                    "type": "service",
                    "aftersales_plan_id": self.plan.id,
                }
            ],
        )

    def test_who_shops_online_buys_a_plan_once(self):
        shopper = new_test_user(self.env, "t-shopper", "base.group_portal")
        cart = self.quote((self.goods, 3), partner_id=shopper.partner_id.id)
        cart = cart.with_user(shopper).sudo()  # as a shop fills it
        line = cart.order_line.create(
            {"order_id": cart.id, "product_id": self.plan_product.id, "product_uom_qty": 2}
        )
        self.assertEqual(line.product_uom_qty, 1.0)
        cart.order_line.product_uom_qty = 4
        self.assertEqual(cart.order_line.mapped("product_uom_qty"), [4.0, 1.0])
        cart.action_confirm()
        self.assertEqual(len(cart.aftersales_contract_ids), 1)
