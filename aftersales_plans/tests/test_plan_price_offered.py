# SPDX-License-Identifier: LGPL-3.0-or-later
import re

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools.profiler import Profiler

from .common_plan_offer import OfferCase
from .common_plan_price import PlanPriceCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestPlanPriceOffered(PlanPriceCase, OfferCase):
    """A plan costs on every card what its line costs once it is chosen (requirement 20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver.write({"price_policy": "percent", "price_percent": 7.5})
        cls.by_age((3, 1.0), (7, 1.333))

    def test_the_wizard_shows_what_choosing_costs(self):
        order = self.quote((self.goods, 3), (self.pump, 1))
        offer = self.offer(order)
        option = self.option(offer, self.silver)
        self.assertEqual(option.price, 119.25)  # 7.5 % of 1,590
        offer.goods_ids.filtered(lambda row: row.product_id == self.pump).ticked = False
        self.assertEqual(option.price, 112.5)
        option.action_choose()
        line = order.order_line.filtered("aftersales_plan_id")
        self.assertEqual(line.price_unit, 112.5)

    def test_the_wizard_prices_goods_bought_earlier_by_their_age(self):
        assets = self.old_goods("2019-03-02") | self.old_goods("2021-03-02")
        offer = self.offer_assets(assets)
        gold = self.option(offer, self.plan)
        self.assertEqual(gold.price, 749.85)  # 600 × (1.333 + 1.1665) ÷ 2
        silver = self.option(offer, self.silver)
        self.assertEqual(silver.price, 75.0)
        gold.action_choose()
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)], limit=1)
        self.assertEqual(order.order_line.price_unit, 749.85)

    def test_a_plan_without_enough_data_says_so(self):
        self.goods.list_price = 0
        option = self.option(self.offer(self.quote((self.goods, 3))), self.silver)
        self.assertEqual((option.price, option.unpriced), (0.0, "Not enough data for a price"))

    def test_customers_read_and_get_the_same_price_online(self):
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        choice = order._aftersales_choice()
        self.assertEqual(order._aftersales_offered()[self.silver_product], 112.5)
        order._aftersales_choose_online(self.silver_product, self.customer)
        self.assertEqual(order.order_line[-1].price_unit, 112.5)
        self.assertEqual(order.amount_total, choice["with"][self.silver_product])
        self.assertFalse(order.aftersales_agreed_prices)

    def test_online_no_plan_is_offered_whose_price_is_not_known(self):
        self.goods.list_price = 0
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        self.assertNotIn(self.silver_product, order._aftersales_offered())

    def test_a_discount_beside_the_price_ends_at_the_same_cent(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.pricelist(compute_price="percentage", percent_price=33.33)
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        offered = order._aftersales_offered()[self.silver_product]
        order._aftersales_choose_online(self.silver_product, self.customer)
        line = order.order_line.filtered("aftersales_plan_id")
        self.assertEqual(order.currency_id.round(offered), line.price_subtotal)
        self.assertEqual((line.price_unit, line.discount), (25.0, 33.33))

    def test_the_same_plan_goes_on_at_its_old_price_and_another_costs_its_own(self):
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        contract.renewal_uplift_percent = 5
        with freeze_time("2027-02-02 12:00:00"):
            order = contract._make_renewal()
            line = order.order_line
            self.assertEqual(line.price_unit, 630.0)
            self.assertIn("5 % uplift", line.aftersales_price_told)
            line.product_id = self.silver_product
            self.assertEqual(
                order._aftersales_usual_prices(self.silver_product), {self.silver_product: 75.0}
            )
            self.assertEqual(line.price_unit, 75.0)

    def test_used_goods_are_warned_of_on_an_ordinary_line_and_at_confirmation(self):
        asset = self.old_goods("2025-03-02", provenance="used")
        order = self.quote((self.plan_product, 1))
        warning = "Full cover of used or foreign goods without repair history: "
        self.assertIn(warning + asset.display_name, order.aftersales_plan_warning)
        order.action_confirm()
        self.assertIn(warning, "".join(order.message_ids.mapped("body")))
        self.assertFalse(order.aftersales_plan_warning)

    def test_goods_with_a_history_or_charged_parts_are_not(self):
        self.old_goods("2025-03-02", provenance="used")
        self.plan.contract_kind = "time_material"
        self.assertFalse(self.quote((self.plan_product, 1)).aftersales_plan_warning)

    def queries_of(self, act):
        """Return the statements of ``act``, with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        with Profiler(collectors=["sql"], db=None) as profile:
            act()
            self.env.flush_all()
        return [entry["full_query"] for entry in profile.collectors[0].entries]

    def test_goods_without_a_plan_cost_no_query_of_prices(self):
        def edit(order):
            order.order_line[0].product_uom_qty = 5
            order.order_line[0].discount = 5

        for act in (edit, lambda order: order.action_confirm()):
            order = self.quote((self.goods, 1), (self.training, 1))
            told = [
                query
                for query in self.queries_of(lambda act=act, order=order: act(order))
                if re.search("price_factor|scope_reduction|line_reduction_rel", query)
            ]
            self.assertFalse(told)

    def test_confirming_a_plan_takes_at_most_a_quarter_more_queries(self):
        others = [(product, 1) for product in (self.goods, self.pump)]

        def confirm(service):
            order = self.quote(*others, (service, 1))
            return len(self.queries_of(order.action_confirm))

        confirm(self.silver_product)
        self.assertLessEqual(confirm(self.plan_product), confirm(self.training) * 1.25)

    def test_prices_of_many_assets_take_as_many_queries_as_of_few(self):
        def queries(count):
            for _number in range(count):
                self.old_goods("2020-03-02")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.quote((self.plan_product, 1))
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(60) - queries(2), 3)

    def test_an_order_in_one_batch_prices_each_plan_by_its_own_goods(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.silver_product.id}),
                    Command.create({"product_id": self.goods.id, "product_uom_qty": 2}),
                    Command.create({"product_id": self.plan_product.id}),
                    Command.create({"product_id": self.pump.id}),
                ],
            }
        )
        order.order_line[3].aftersales_plan_line_id = order.order_line[2]
        self.assertEqual(order.order_line[0].price_unit, 75.0)
        self.assertEqual(order.order_line[2].price_unit, 600.0)
