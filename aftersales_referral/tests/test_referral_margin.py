# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralMargin(ReferralCommon):
    """What a referred order will cost in commission, and what it leaves (requirement 80)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.standard_price = 600.0
        cls.goods_untaxed.standard_price = 600.0
        cls.nobody = cls.env["res.partner"]

    def assertExpected(self, order, commission, margin, percent):
        self.assertAlmostEqual(order.referral_expected_amount, commission, places=2)
        self.assertAlmostEqual(order.referral_margin, margin, places=2)
        self.assertAlmostEqual(order.referral_margin_percent, percent, places=2)

    def test_a_quotation_shows_rate_plan_commission_and_what_is_left(self):
        order = self._order(confirm=False)
        self.assertExpected(order, 150.0, 250.0, 25.0)
        self.assertEqual((order.referral_rate, order.referral_plan_id), (15.0, self.plan))

    def test_without_a_referrer_nothing_is_expected(self):
        order = self._order(referrer=self.nobody, confirm=False)
        self.assertExpected(order, 0.0, 400.0, 40.0)
        self.assertFalse(order.referral_rate)

    def test_a_referrer_who_is_typed_in_is_judged_before_saving(self):
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.goods
                line.price_unit = 1000.0
            self.assertEqual(form.referral_expected_amount, 0.0)
            form.referrer_id = self.referrer
            self.assertEqual(form.referral_expected_amount, 150.0)
            self.assertEqual(form.referral_margin, 250.0)
            self.assertEqual(form.referral_rate, 15.0)
            self.assertFalse(self.env["aftersales.referral"].search([]))
        self.assertExpected(form.record, 150.0, 250.0, 25.0)

    def test_why_there_is_no_reward_is_said_before_saving(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        form.referrer_id = self.env["res.partner"].create({"name": "Pat Planless"})
        self.assertIn("Pat Planless has no active service contract", form.referral_hint)
        self.assertEqual(form.referral_expected_amount, 0.0)
        form.referrer_id = self.referrer
        self.assertFalse(form.referral_hint)

    def test_a_rate_that_the_day_of_the_order_decides_is_said(self):
        order = self._order(confirm=False)
        self.assertFalse(order.referral_hint)
        order.referral_id.sudo().write({"rate": 0.0, "plan_id": False})
        order.invalidate_recordset()
        words = "Rita Referrer has no active service contract today; the one of the order's day"
        self.assertIn(words, order.referral_hint)
        self.assertEqual(order.referral_expected_amount, 0.0)

    def test_another_referrer_typed_in_counts_with_his_own_rate(self):
        gold = self.env["aftersales.plan"].create(
            {"name": "GOLD", "code": "G", "referral_percent": 10.0}
        )
        other = self.env["res.partner"].create({"name": "Otto Other"})
        self._contract(other, gold)
        order = self._order(confirm=False)
        with Form(order) as form:
            form.referrer_id = other
            self.assertEqual(form.referral_expected_amount, 100.0)
        self.assertExpected(order, 100.0, 300.0, 30.0)

    def test_only_what_earns_a_reward_is_counted(self):
        order = self._order(
            (self.goods, 1000.0), (self.delivery, 200.0), (self.plan_product, 1200.0), confirm=False
        )
        self.assertEqual(order.referral_expected_amount, 150.0)

    def test_an_order_of_nothing_that_earns_expects_nothing(self):
        order = self._order((self.delivery, 200.0), confirm=False)
        self.assertExpected(order, 0.0, 200.0, 100.0)

    def test_an_empty_quotation_has_neither_margin_nor_percent(self):
        order = self._order((self.goods, 0.0), confirm=False)
        order.order_line.purchase_price = 0.0
        self.assertExpected(order, 0.0, 0.0, 0.0)

    def test_invoices_and_payments_do_not_change_what_the_whole_order_will_cost(self):
        order = self._order((self.goods, 1000.0), (self.goods, 1000.0))
        self._down_payment(order, 30)
        self.assertEqual(order.referral_expected_amount, 300.0)
        invoice = self._invoice(order)
        self._pay(invoice, 100.0)
        order.invalidate_recordset()
        self.assertExpected(order, 300.0, 500.0, 25.0)
        self.assertAlmostEqual(order.referral_earned_amount, self._earned(order), places=2)
        self.assertGreater(order.referral_earned_amount, 0.0)

    def test_a_foreign_currency_stays_the_order_s(self):
        euro = self.setup_other_currency("EUR", rates=[("2027-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self._order((self.goods_untaxed, 2000.0), confirm=False, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, euro)
        self.assertExpected(order, 300.0, 500.0, 25.0)  # cost 600 $ = 1,200 €
        order.action_confirm()
        self._pay(self._invoice(order))
        self.assertEqual(order.referral_earned_amount, 150.0)  # in company currency

    def test_the_limit_of_a_referral_caps_what_is_expected(self):
        self.company.aftersales_referral_limit = 100.0
        order = self._order(confirm=False)
        self.assertExpected(order, 100.0, 300.0, 30.0)

    def test_orders_of_one_referral_share_its_limit_in_their_order(self):
        self.company.aftersales_referral_scope = "period"
        self.company.aftersales_referral_limit = 200.0
        first = self._order()
        second = self._order()
        third = self._order(confirm=False)
        self.assertEqual((first | second | third).referral_id, first.referral_id)
        self.assertEqual(
            [order.referral_expected_amount for order in (first, second, third)],
            [150.0, 50.0, 0.0],
        )
        self._pay(self._invoice(second))
        self._pay(self._invoice(first))
        self.assertEqual([self._earned(first), self._earned(second)], [150.0, 50.0])

    def test_a_limit_holds_in_foreign_currency_too(self):
        self.company.aftersales_referral_limit = 100.0
        euro = self.setup_other_currency("EUR", rates=[("2027-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self._order((self.goods_untaxed, 2000.0), confirm=False, pricelist_id=pricelist.id)
        self.assertEqual(order.referral_expected_amount, 200.0)

    def test_a_reward_an_accountant_refused_costs_nothing(self):
        self.company.aftersales_minimum_margin_percent = 30.0
        order = self._order()
        self.assertEqual(order.referral_approval, "waiting")
        self.assertEqual(order.referral_expected_amount, 150.0)
        order.with_user(self.accountant)._refuse_reward("Too little left.")
        self.assertExpected(order, 0.0, 400.0, 40.0)
        self.assertIn("refused", order.referral_hint)

    def test_a_rejected_referral_costs_nothing_and_says_so(self):
        order = self._order()
        order.referral_id.reject_reason = "They are neighbours of ours"
        order.referral_id.action_reject()
        self.assertExpected(order, 0.0, 400.0, 40.0)
        self.assertIn("rejected", order.referral_hint)

    def test_what_is_taken_off_the_price_is_not_rewarded(self):
        order = self._order(confirm=False)
        self.assertEqual(order.referral_expected_amount, 150.0)
        order.order_line = [Command.create({"product_id": self.goods.id, "price_unit": -100.0})]
        self.assertEqual(order.referral_expected_amount, 135.0)

    def test_the_list_of_orders_takes_as_many_queries_for_many_as_for_few(self):
        orders = self.env["sale.order"]
        for number in range(6):
            orders |= self._order(
                partner=self.env["res.partner"].create({"name": f"Cust {number}"}), confirm=False
            )
        names = ["referral_expected_amount", "referral_margin", "referrer_id"]
        orders.read(names)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            return self.env.cr.sql_log_count - before

        few = queries(orders[:2])
        self.assertLessEqual(queries(orders), few)

    def test_orders_are_found_and_grouped_by_referrer(self):
        order = self._order(confirm=False)
        self._order(
            referrer=self.nobody, partner=self.env["res.partner"].create({"name": "X"}),
            confirm=False,
        )  # fmt: skip
        found = self.env["sale.order"].search(
            [("referrer_id", "!=", False), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(found, order)


@tagged("post_install", "-at_install")
class TestReferralSecret(HttpCase, ReferralCommon):
    """The customer never sees who is thanked for him, how much, and what is earned on him."""

    SECRETS = ("Rita Referrer", "150.00", "250.00", "Commission", "commission", "Referred")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.standard_price = 600.0
        cls.buyer = new_test_user(
            cls.env, "ned-portal", "base.group_portal", name="Ned Portal", email="ned@example.com"
        )
        cls.customer = cls.buyer.partner_id
        cls.order = cls._order(confirm=False)
        cls.order.action_quotation_sent()

    def assertSilent(self, html):
        self.assertIn(self.order.name, html)
        self.assertIn("1,000.00", html)
        for secret in self.SECRETS:
            self.assertNotIn(secret, html)

    def test_the_printed_quotation_says_nothing_of_it(self):
        self.assertEqual(self.order.referral_expected_amount, 150.0)
        self.assertEqual(self.order.referral_margin, 250.0)
        report = self.env["ir.actions.report"]
        self.assertSilent(
            report._render_qweb_html("sale.action_report_saleorder", self.order.ids)[0].decode()
        )

    def test_the_portal_page_says_nothing_of_it(self):
        self.authenticate("ned-portal", "ned-portal")
        self.assertSilent(self.url_open(f"/my/orders/{self.order.id}").text)

    def test_the_customer_cannot_read_it_by_other_means(self):
        order = self.order.with_user(self.buyer)
        self.assertEqual(order.read(["name"])[0]["name"], self.order.name)
        for name in (
            "referral_expected_amount", "referral_margin", "referral_margin_percent",
            "referral_rate", "referral_plan_id", "referral_earned_amount", "referral_hint",
        ):  # fmt: skip
            with self.assertRaises(AccessError, msg=name):
                order.read([name])
