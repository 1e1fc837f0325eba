# SPDX-License-Identifier: LGPL-3.0-or-later
from lxml import html

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common_plan_price import PlanPriceCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestPlanPrice(PlanPriceCase):
    """The price of a plan follows the goods it covers (requirements 20, 11)."""

    def test_without_rules_it_is_the_price_of_the_product(self):
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        self.assertEqual(self.price(order), 600.0)
        order.order_line[0].product_uom_qty = 5
        self.assertEqual(self.price(order), 600.0)

    def test_a_share_follows_quantities_prices_and_discounts_of_the_goods(self):
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        self.assertEqual(self.price(order), 100.0)
        goods = order.order_line[0]
        goods.product_uom_qty = 3
        self.assertEqual(self.price(order), 150.0)
        goods.price_unit = 400
        self.assertEqual(self.price(order), 120.0)
        goods.discount = 50
        self.assertEqual(self.price(order), 60.0)
        self.assertEqual(order.amount_untaxed, 660.0)

    def test_goods_that_join_or_leave_the_plan_change_it(self):
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.order_line = [Command.create({"product_id": self.goods.id})]
        self.assertEqual(self.price(order), 150.0)
        order.order_line[-1].aftersales_plan_line_id = False
        self.assertEqual(self.price(order), 100.0)
        order.order_line[-1].aftersales_uncovered = False
        self.assertEqual(self.price(order), 150.0)
        order.order_line[-1].aftersales_uncovered = True
        self.assertEqual(self.price(order), 100.0)
        order.order_line[0].unlink()
        self.assertEqual(self.price(order), 0.0)

    def test_the_form_shows_it_at_once(self):
        self.by_percent(10)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.goods
                line.product_uom_qty = 2
            with form.order_line.new() as line:
                line.product_id = self.plan_product
            self.assertEqual(form.order_line._records[1]["price_unit"], 100.0)
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 4
            self.assertEqual(form.order_line._records[1]["price_unit"], 200.0)
        self.assertEqual(self.price(form.record), 200.0)
        with Form(form.record) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 1
        self.assertEqual(self.price(form.record), 50.0)

    def test_a_price_typed_by_hand_stays(self):
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        self.plan_line(order).price_unit = 90
        order.order_line[0].product_uom_qty = 5
        order.partner_shipping_id = self.site
        self.assertEqual(self.price(order), 90.0)
        self.assertEqual(self.plan_line(order).aftersales_price_facts["price"], 250.0)
        order.action_update_prices()
        self.assertEqual(self.price(order), 250.0)

    def test_a_price_that_comes_with_the_line_stays(self):
        self.by_percent(10)
        for price in (70.0, 0.0):
            lines = [
                Command.create({"product_id": self.plan_product.id, "price_unit": price}),
                Command.create({"product_id": self.goods.id, "product_uom_qty": 2}),
            ]
            order = self.env["sale.order"].create(
                {"partner_id": self.customer.id, "order_line": lines}
            )
            order.order_line[1].product_uom_qty = 5
            self.assertEqual(self.price(order), price)

    def test_what_is_sold_keeps_its_price(self):
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.action_confirm()
        order.order_line[0].product_uom_qty = 5
        order.order_line.flush_recordset()
        self.assertEqual(self.price(order), 100.0)

    def test_old_goods_at_7_years_cost_1_30_times_those_of_3(self):
        self.by_age((3, 1.0), (7, 1.3))
        for day, expected in (("2023-03-02", 600.0), ("2019-03-02", 780.0), ("2021-03-02", 690.0)):
            asset = self.old_goods(day)
            order = self.quote((self.plan_product, 1))
            self.assertEqual(self.price(order), expected)
            asset.unlink()

    def test_ages_are_weighed_by_value(self):
        self.by_age((3, 1.0), (7, 1.3))
        dear = self.env["product.product"].create(
            {"name": "Furnace", "type": "consu", "list_price": 1500.0, "taxes_id": False}
        )
        self.old_goods("2019-03-02")
        self.old_goods("2026-01-02", product=dear)
        order = self.quote((self.plan_product, 1))
        self.assertEqual(self.price(order), 645.0)  # (500 × 1.3 + 1500) ÷ 2000 × 600

    def test_named_goods_alone_count(self):
        self.by_age((3, 1.0), (7, 1.3))
        old, new = self.old_goods("2019-03-02"), self.old_goods("2026-01-02")
        order = self.quote((self.plan_product, 1))
        line = self.plan_line(order)
        line.aftersales_asset_ids = new
        self.assertEqual(line.price_unit, 600.0)
        line.aftersales_asset_ids = old
        self.assertEqual(line.price_unit, 780.0)

    def test_the_most_exact_region_counts(self):
        self.by_region(1.1)
        self.by_region(1.25, states=["base.state_us_22"])
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 660.0)
        order.partner_shipping_id = self.site
        self.assertEqual(self.price(order), 750.0)
        self.site.write({"state_id": False, "country_id": self.env.ref("base.fr").id})
        order.partner_shipping_id = self.customer
        order.partner_shipping_id = self.site
        self.assertEqual(self.price(order), 600.0)

    def test_another_address_in_the_form_changes_it_at_once(self):
        self.env.user.group_ids += self.env.ref("account.group_delivery_invoice_address")
        self.by_region(1.25, states=["base.state_us_22"])
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        with Form(order) as form:
            form.partner_shipping_id = self.site
            self.assertEqual(form.order_line._records[1]["price_unit"], 750.0)

    def test_without_enough_data_failures_count_1_and_it_is_said(self):
        self.plan.failure_factor_ids = [
            Command.create({"kind": "failure", "failures_per_year": 5, "factor": 1.0}),
            Command.create({"kind": "failure", "failures_per_year": 20, "factor": 1.6}),
        ]
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 600.0)
        self.assertIn("not enough data", self.plan_line(order).aftersales_price_told)

    def test_measured_failures_raise_the_price(self):
        with freeze_time("2024-03-02 12:00:00"):
            assets = self.old_goods("2024-03-02", quantity=12)
        with freeze_time("2025-09-02 12:00:00"):
            claim = self.claim(assets, quantity=3, cause=self.defect)
            claim.action_submit()
            claim.action_approve()
        rate = self.env["aftersales.failure"]._rates(self.goods, self.company)[self.goods]
        self.plan.failure_factor_ids = [
            Command.create({"kind": "failure", "failures_per_year": 0, "factor": 1.0}),
            Command.create({"kind": "failure", "failures_per_year": 100, "factor": 2.0}),
        ]
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertGreater(rate.per_100_years, 5)
        self.assertAlmostEqual(self.price(order), 600 * (1 + rate.per_100_years / 100), 2)

    # --- Pricelists, taxes, currencies ---------------------------------------------------------

    def test_a_formula_rounds_once_after_the_factors(self):
        self.by_age((0, 1.111))
        self.pricelist(
            compute_price="formula",
            base="list_price",
            price_discount=10,
            price_round=10,
            price_surcharge=-0.01,
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 599.99)  # 666.60 − 10 % = 599.94, rounded, − 0.01

    def test_margins_of_a_rule_hold_around_the_base_with_factors(self):
        self.by_age((0, 1.5))
        self.pricelist(
            compute_price="formula",
            base="list_price",
            price_discount=50,
            price_max_margin=-100,
            price_min_margin=-200,
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 700.0)

    def test_a_fixed_price_is_the_base_of_factors(self):
        self.by_age((0, 1.5))
        self.pricelist(compute_price="fixed", fixed_price=400)
        order = self.quote((self.plan_product, 1))
        order.order_line = [Command.create({"product_id": self.goods.id})]
        self.assertEqual(self.price(order), 600.0)

    def test_a_share_takes_the_place_of_a_fixed_price(self):
        self.by_percent(10)
        self.pricelist(
            compute_price="fixed",
            fixed_price=400,
            applied_on="1_product",
            product_tmpl_id=self.plan_product.product_tmpl_id.id,
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 50.0)

    def test_a_discount_that_is_shown_stays_beside_the_price(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.by_percent(10)
        self.pricelist(
            compute_price="percentage",
            percent_price=20,
            applied_on="1_product",
            product_tmpl_id=self.plan_product.product_tmpl_id.id,
        )
        order = self.quote((self.plan_product, 1), (self.goods, 1))
        line = self.plan_line(order)
        self.assertEqual((line.price_unit, line.discount), (50.0, 20.0))

    def test_chained_pricelists_put_the_factors_on_once(self):
        self.by_age((0, 1.5))
        base = self.pricelist(compute_price="formula", base="list_price", price_discount=10)
        self.pricelist(
            compute_price="formula", base="pricelist", base_pricelist_id=base.id, price_discount=50
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 405.0)  # 600 × 1.5 × 0.9 × 0.5

    def test_a_share_is_net_and_taxes_in_the_price_come_on_top(self):
        tax = self.env["account.tax"].create(
            {"name": "20 in", "amount": 20, "price_include_override": "tax_included"}
        )
        self.goods.taxes_id = self.plan_product.taxes_id = tax
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        line = self.plan_line(order)
        self.assertEqual(order.order_line[0].price_subtotal, 833.33)
        self.assertEqual(line.price_unit, 100.0)
        self.assertEqual(line.price_subtotal, 83.33)

    def test_a_share_is_told_in_the_currency_of_the_order(self):
        currency = self.env["res.currency"].create({"name": "TCU", "symbol": "T"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2.0, "name": "2026-01-01"}
        )
        pricelist = self.pricelist(compute_price="percentage", percent_price=0)
        pricelist.currency_id = currency
        self.by_percent(10)
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(order.order_line[0].price_unit, 1000.0)
        self.assertEqual(self.price(order), 100.0)
        self.old_goods("2026-01-02")
        self.assertEqual(self.price(self.quote((self.plan_product, 1))), 100.0)

    def test_another_pricelist_changes_it(self):
        self.by_age((0, 1.5))
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.pricelist_id = self.pricelist(compute_price="percentage", percent_price=50)
        self.assertEqual(self.price(order), 450.0)

    def test_dozens_count_as_twelve_and_what_comes_back_not_at_all(self):
        self.by_percent(10)
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.order_line[0].product_uom_id = self.env.ref("uom.product_uom_dozen")
        (goods,) = self.plan_line(order)._aftersales_goods()
        self.assertEqual((goods.quantity, goods.value), (12.0, 6000.0))
        order.order_line = [Command.create({"product_id": self.goods.id, "product_uom_qty": -1})]
        self.assertEqual(len(self.plan_line(order)._aftersales_goods()), 1)

    def test_a_discount_on_the_whole_order_leaves_the_value_of_the_goods(self):
        self.by_percent(10)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": 0.1}
        ).action_apply_discount()
        self.assertEqual(self.price(order), 100.0)

    # --- Bad input -----------------------------------------------------------------------------

    def test_goods_without_a_price_are_said_and_refused(self):
        self.by_percent(10)
        self.goods.list_price = 0
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.price(order), 0.0)
        self.assertIn("Not enough data: Boiler has no price", order.aftersales_plan_warning)
        with self.assertRefused("Not enough data: Boiler has no price. Enter a price by hand"):
            order.action_confirm()
        self.plan_line(order).price_unit = 80
        self.assertFalse(order.aftersales_plan_warning)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.amount_untaxed, 80.0)

    def test_a_gift_counts_with_what_it_is_worth(self):
        self.by_percent(10)
        order = self.quote((self.goods, 1), (self.plan_product, 1), (self.goods, 2))
        order.order_line[2].discount = 100
        self.assertEqual(self.price(order), 150.0)
        order.order_line[2].write({"discount": 0, "price_unit": 0})
        self.assertEqual(self.price(order), 150.0)

    def test_a_down_payment_is_no_covered_goods(self):
        self.by_percent(10)
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.order_line = [
            Command.create({"name": "Down payment", "is_downpayment": True, "price_unit": 300})
        ]
        self.assertEqual(self.price(order), 50.0)

    def test_goods_of_a_combo_count_with_their_share(self):
        self.by_percent(10)
        combo = self.env["product.combo"].create(
            {"name": "C", "combo_item_ids": [Command.create({"product_id": self.goods.id})]}
        )
        bundle = self.env["product.product"].create(
            {"name": "Set", "type": "combo", "list_price": 400, "combo_ids": [combo.id]}
        )
        order = self.quote((bundle, 1), (self.plan_product, 1))
        order.order_line = [
            Command.create(
                {
                    "product_id": self.goods.id,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": order.order_line[0].id,
                }
            )
        ]
        self.assertEqual(self.price(order), 40.0)

    def test_a_factor_of_zero_or_less_is_refused(self):
        for factor in (0, -1):
            with self.assertRefused("the factor must be more than 0"):
                self.by_age((3, factor))

    def test_two_factors_for_the_same_are_refused(self):
        with self.assertRefused("Gold has two factors for 3 years"):
            self.by_age((3, 1.0), (3, 1.2))
        with self.assertRefused("Gold has two factors for United States"):
            self.by_region(1.1)
            self.by_region(1.2)
        with self.assertRefused("Gold has two factors for Nebraska"):
            self.by_region(1.1, states=["base.state_us_22"])
            self.by_region(1.2, states=["base.state_us_22"])

    def test_points_below_0_and_places_that_do_not_exist_are_refused(self):
        with self.assertRefused("Gold: -1 years cannot be below 0"):
            self.by_age((-1, 1.2))
        with self.assertRefused("Gold: -3 failures per 100 units and year cannot be below 0"):
            self.plan.failure_factor_ids = [
                Command.create({"kind": "failure", "failures_per_year": -3, "factor": 1.2})
            ]
        with self.assertRefused("Gold: say for which country a factor is"):
            self.plan.region_factor_ids = [Command.create({"kind": "region", "factor": 1.2})]
        with self.assertRefused("Gold: Nebraska does not belong to France"):
            self.by_region(1.2, country="base.fr", states=["base.state_us_22"])

    def test_a_share_needs_a_percentage(self):
        with self.assertRaises(ValidationError):
            self.by_percent(0)

    # --- Evidence ------------------------------------------------------------------------------

    def test_each_factor_is_told_and_kept_with_the_contract(self):
        self.by_age((0, 1.5))
        self.by_region(1.1)
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        told = self.plan_line(order).aftersales_price_told
        for words in (
            "Price of the plan",
            "600.00",
            "× 1.5",
            "new",
            "× 1.1",
            "United States",
            "990.00",
        ):
            self.assertIn(words, told)
        order.action_confirm()
        contract = order.aftersales_contract_ids
        self.plan.age_factor_ids.factor = 2
        self.assertEqual(contract.price_facts["price"], 990.0)
        self.assertIn("990.00", contract.price_told)

    def told(self, order):
        """Return the rows of how the price came about, as words."""
        table = html.fromstring(self.plan_line(order).aftersales_price_told)
        rows = [row.iter("td") for row in table.iter("tr")]
        return [tuple(" ".join(cell.text_content().split()) for cell in row) for row in rows]

    def test_a_share_and_a_price_typed_by_hand_are_told(self):
        self.by_percent(12.5)
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        self.plan_line(order).price_unit = 99.0
        share = (
            "Share of the goods' value",
            "$ 125.00",
            "12.5 % of $ 1,000.00, the goods without taxes",
        )
        typed = ("Typed by hand", "$ 99.00", "")
        self.assertEqual(self.told(order), [share, ("Price by the rules", "$ 125.00", ""), typed])

    def test_a_share_of_no_goods_is_told_as_missing(self):
        self.by_percent()
        order = self.quote((self.plan_product, 1))
        self.assertIn(
            "Not enough data: the plan covers no goods yet.",
            self.plan_line(order).aftersales_price_told,
        )

    def test_ages_failures_and_places_without_a_factor_are_told(self):
        self.by_age((0, 1.0), (10, 2.0))
        self.by_region(1.25, country="base.fr")
        order = self.quote((self.plan_product, 1))
        line = self.plan_line(order)
        line.aftersales_asset_ids = self.old_goods("2023-09-02")
        self.assertIn("Boiler: 2.5 years (× 1.25)", line.aftersales_price_told)
        self.assertIn("no factor for this place", line.aftersales_price_told)
        self.customer.country_id = False
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertIn("no country known", self.plan_line(order).aftersales_price_told)
        undated = {"product": self.goods.id, "months": None, "factor": 1.0}
        fact = {"kind": "age", "factor": 1.0, "goods": [undated]}
        words = ("Age of the goods", "× 1", "Boiler: age not known (× 1)")
        self.assertEqual(self.plan._tell_factor(fact), words)
        often = {"product": self.goods.id, "failures": 7.25, "factor": 1.1}
        fact = {"kind": "failure", "factor": 1.1, "goods": [often]}
        words = (
            "Measured failures",
            "× 1.1",
            "Boiler: 7.2 failures per 100 units and year (× 1.1)",
        )
        self.assertEqual(self.plan._tell_factor(fact), words)

    def test_each_step_of_a_pricelist_is_told(self):
        formula = {"compute_price": "formula", "base": "list_price"}
        first = self.pricelist(
            **formula,
            price_discount=20,
            price_round=10,
            price_surcharge=5,
            price_min_margin=30,
            price_max_margin=200,
        )
        cases = [
            (
                {},
                "20 % off, rounded to 10, extra fee $ 5.00, at least $ 30.00 more, "
                "at most $ 200.00 more",
            ),
            ({"compute_price": "fixed", "fixed_price": 400}, "fixed price"),
            ({**formula, "price_discount": -10}, "10 % on top"),
            ({**formula, "base": "standard_price", "price_markup": 15}, "15 % on top"),
            (
                {
                    **formula,
                    "base": "pricelist",
                    "base_pricelist_id": first.id,
                    "price_discount": 50,
                },
                "based on Special, 50 % off",
            ),
        ]
        for rule, words in cases:
            with self.subTest(words):
                if rule:
                    self.pricelist(**rule)
                order = self.quote((self.goods, 1), (self.plan_product, 1))
                self.assertEqual(self.told(order)[1], ("Pricelist Special", "", words))

    def test_customers_cannot_read_how_it_came_about(self):
        for model, name in (
            ("sale.order.line", "aftersales_price_facts"),
            ("sale.order.line", "aftersales_price_told"),
            ("aftersales.contract", "price_facts"),
            ("aftersales.contract", "price_told"),
        ):
            self.assertEqual(self.env[model]._fields[name].groups, "base.group_user")

    def test_a_plan_is_copied_with_its_factors(self):
        self.by_age((3, 1.0), (7, 1.3))
        self.assertEqual(self.plan.copy().age_factor_ids.mapped("factor"), [1.0, 1.3])
