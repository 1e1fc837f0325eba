# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_plan_offer import OfferCase


@tagged("post_install", "-at_install")
class TestPlanOffer(OfferCase):
    def test_tiers_stand_side_by_side_with_price_promises_and_exclusions(self):
        order = self.quote((self.goods, 1))
        offer = self.offer(order)
        self.assertEqual(
            [(option.name, option.price) for option in offer.option_ids.filtered(
                lambda option: option.plan_id in self.plan | self.silver
            )],
            [("Gold", 600.0), ("Silver", 250.0)],
        )  # fmt: skip
        silver = self.option(offer, self.silver)
        self.assertIn("1 replacement a year", silver.benefits)
        self.assertIn(self.accident.name, silver.exclusions)

    def test_the_price_is_in_the_currency_of_the_quotation_by_its_pricelist(self):
        euro = self.env.ref("base.EUR")
        if euro == self.company.currency_id:
            euro = self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 2.0, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "A tenth off",
                "currency_id": euro.id,
                "item_ids": [
                    Command.create(
                        {"applied_on": "3_global", "compute_price": "percentage",
                         "percent_price": 10}
                    )
                ],
            }
        )  # fmt: skip
        order = self.quote((self.goods, 1), pricelist_id=pricelist.id)
        option = self.option(self.offer(order), self.silver)
        self.assertEqual((option.currency_id, option.price), (euro, 450.0))
        self.choose(order, self.silver)
        line = order.order_line.filtered("aftersales_plan_id")
        self.assertEqual(line.price_subtotal, 450.0)

    def test_choosing_a_tier_covers_the_goods_and_nothing_else_is_added(self):
        order = self.quote((self.goods, 1), (self.pump, 2))
        self.choose(order, self.plan)
        goods, pump, plan_line = order.order_line.sorted()
        self.assertEqual(plan_line.product_id, self.plan_product)
        self.assertEqual((goods | pump).aftersales_plan_line_id, plan_line)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.plan_id, self.plan)

    def test_the_tier_that_fits_the_service_need_is_suggested(self):
        contact = self.env["res.partner"].create(
            {"name": "Verde junior", "parent_id": self.customer.id}
        )
        order = self.quote((self.goods, 1), partner_id=contact.id)
        self.assertFalse(any(self.offer(order).option_ids.mapped("suggested")))
        self.customer.aftersales_segment = "basic_needs"
        self.assertEqual(contact.aftersales_segment, "basic_needs")
        suggested = self.offer(order).option_ids.filtered("suggested").plan_id
        self.assertEqual(suggested & (self.plan | self.silver), self.silver)

    def test_a_second_plan_covers_the_other_goods(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        goods, pump = order.order_line
        self.choose(order, self.plan, goods)
        self.assertFalse(pump.aftersales_plan_line_id)
        offer = self.offer(order)
        self.assertEqual(offer.goods_ids.filtered("ticked").order_line_id, pump)
        self.assertEqual(offer.goods_ids.plan_id, self.plan)
        self.option(offer, self.silver).action_choose()
        self.assertEqual(goods.aftersales_plan_line_id.aftersales_plan_id, self.plan)
        self.assertEqual(pump.aftersales_plan_line_id.aftersales_plan_id, self.silver)

    def test_another_tier_for_the_same_goods_takes_the_place_of_the_first(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        self.choose(order, self.plan)
        option = self.option(self.offer(order), self.silver)
        self.assertEqual(option.effect, "Replaces Gold")
        option.action_choose()
        self.assertEqual(order.order_line.aftersales_plan_id, self.silver)
        self.assertEqual(len(order.order_line), 3)

    def test_more_goods_join_the_plan_that_is_on_the_quotation(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        goods, pump = order.order_line
        self.choose(order, self.plan, goods)
        self.assertRegex(self.option(self.offer(order), self.plan).effect, "join it")
        self.choose(order, self.plan, pump)
        self.assertEqual(len(order.order_line.filtered("aftersales_plan_id")), 1)
        option = self.option(self.offer(order), self.plan)
        self.assertEqual(option.effect, "On the quotation already")
        self.assertEqual((goods | pump).aftersales_plan_line_id.aftersales_plan_id, self.plan)

    def test_a_tier_says_which_ticked_goods_it_does_not_cover(self):
        self.silver.category_ids = self.env["product.category"].create({"name": "Pumps"})
        self.pump.categ_id = self.silver.category_ids
        order = self.quote((self.goods, 1), (self.pump, 1))
        option = self.option(self.offer(order), self.silver)
        self.assertEqual((option.fits, option.left_out), (True, self.goods.display_name))
        option.action_choose()
        self.assertEqual(order.order_line.filtered("aftersales_plan_line_id").product_id, self.pump)
        order = self.quote((self.goods, 1))
        self.assertFalse(self.option(self.offer(order), self.silver))
        with self.assertRefused("covers none of the goods ticked"):
            order = self.quote((self.goods, 1), (self.pump, 1))
            self.choose(order, self.silver, order.order_line[0])

    def test_plans_of_another_company_archived_or_for_other_goods_are_not_offered(self):
        order = self.quote((self.goods, 1))
        self.silver.active = False
        self.assertNotIn(self.silver, self.offer(order).option_ids.plan_id)
        self.silver.write(
            {"active": True, "company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        self.assertNotIn(self.silver, self.offer(order).option_ids.plan_id)

    def test_the_button_is_there_when_a_plan_fits_the_goods_of_a_quotation(self):
        order = self.quote((self.training, 1))
        self.assertFalse(order.aftersales_can_offer_plans)
        order.order_line = [Command.create({"product_id": self.goods.id})]
        self.assertTrue(order.aftersales_can_offer_plans)
        order.action_confirm()
        self.assertFalse(order.aftersales_can_offer_plans)
        with self.assertRefused("no quotation any more"):
            self.offer(order)

    def test_services_are_added_only_when_ticked_below_a_section_of_their_own(self):
        order = self.quote((self.goods, 1))
        offer = self.offer(order)
        self.assertFalse(any(offer.addon_ids.mapped("ticked")))
        row = offer.addon_ids.filtered(lambda addon: addon.product_id == self.training)
        self.assertEqual(row.price, 240.0)
        with self.assertRefused("Tick the services"):
            offer.action_add_services()
        row.ticked = True
        self.option(offer, self.plan).action_choose()
        lines = order.order_line.sorted()
        self.assertEqual(
            [(line.display_type, line.product_id or line.name) for line in lines],
            [
                (False, self.goods),
                (False, self.plan_product),
                ("line_section", "Add-on services"),
                (False, self.training),
            ],
        )
        self.assertEqual(lines[-1].price_subtotal, 240.0)
        self.assertNotIn(self.training, self.offer(order).addon_ids.product_id)

    def test_more_services_and_plans_keep_the_sections_of_the_quotation(self):
        order = self.quote((self.goods, 1))
        repair = self.env["product.product"].create(
            {"name": "Repair", "type": "service", "aftersales_addon": True}
        )
        for service in (self.training, repair):
            offer = self.offer(order)
            offer.addon_ids.filtered_domain([("product_id", "=", service.id)]).ticked = True
            offer.action_add_services()
        self.choose(order, self.plan)
        self.assertEqual(
            order.order_line.sorted().mapped(lambda line: line.product_id.name or line.name),
            ["Boiler", "Gold plan", "Add-on services", "Training", "Repair"],
        )

    def test_goods_and_plans_are_no_add_on_services(self):
        with self.assertRefused("is an add-on service"):
            self.goods.product_tmpl_id.aftersales_addon = True
        with self.assertRefused("is an add-on service"):
            self.plan_product.product_tmpl_id.aftersales_addon = True

    def test_who_has_no_right_on_plans_reads_orders_with_plans(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        for number, group in enumerate(("account.group_account_invoice", "stock.group_stock_user")):
            user = new_test_user(self.env, f"t-reader-{number}", group)
            self.env.invalidate_all()
            seen = order.with_user(user)
            self.assertTrue(seen.read(["aftersales_can_offer_plans", "aftersales_compare_plans"]))
            self.assertTrue(seen.order_line[1].aftersales_sells_plan)
            self.assertEqual(len(seen._aftersales_plans_told()[0]["goods"]), 1)

    def test_a_seller_of_own_documents_cannot_change_the_quotation_of_another(self):
        order = self.quote((self.goods, 1), user_id=self.seller.id)
        other = new_test_user(self.env, "t-other", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            order.with_user(other).action_offer_aftersales_plans()
        offer = self.env["aftersales.plan.offer"].browse(self.offer(order).id)
        with self.assertRaises(AccessError):
            self.option(offer, self.plan).with_user(other).action_choose()
