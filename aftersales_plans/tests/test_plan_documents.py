# SPDX-License-Identifier: LGPL-3.0-or-later
from markupsafe import escape

from odoo import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common_plan_offer import OfferCase

PAYLOAD = "<script>alert('x')</script>"


@tagged("post_install", "-at_install")
class TestPlansOnDocuments(HttpCase, OfferCase):
    def printed(self, order):
        """Return the printed order as HTML."""
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("sale.action_report_saleorder", order.ids)[0].decode()

    def test_the_printed_quotation_compares_the_tiers_and_names_exclusions_and_terms(self):
        self.plan.name = PAYLOAD
        page = self.printed(self.quote((self.goods, 1), (self.plan_product, 1)))
        for words in (
            "Compare our service plans",
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
            "Silver",
            "1 replacement a year",
            escape(self.accident.name),
            "On this quotation",
            "Withdrawal within 14 days",
            "Ended early: the days that are left are refunded",
            "The statutory guarantee on your goods stands",
        ):
            self.assertIn(words, page)
        self.assertNotIn(PAYLOAD, page)

    def test_without_a_plan_nothing_is_said_unless_it_is_wanted(self):
        order = self.quote((self.goods, 1))
        self.assertFalse(order.aftersales_compare_plans)
        self.assertNotIn("service plan", self.printed(order))
        order.aftersales_compare_plans = True
        self.assertIn("Silver", self.printed(order))

    def test_saving_a_form_decides_nothing_about_the_comparison(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.goods
        self.assertFalse(form.record.aftersales_comparison)
        form.record.order_line = [Command.create({"product_id": self.plan_product.id})]
        self.assertTrue(form.record.aftersales_compare_plans)

    def test_the_comparison_can_be_left_out_and_stays_out(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertTrue(order.aftersales_compare_plans)
        order.aftersales_compare_plans = False
        order.order_line = [Command.create({"product_id": self.pump.id})]
        self.assertFalse(order.aftersales_compare_plans)
        page = self.printed(order)
        self.assertNotIn("Silver", page)
        self.assertIn("The statutory guarantee", page)

    def test_a_confirmed_order_states_the_frozen_terms_of_what_was_sold(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        self.plan.replacements_included = 99
        page = self.printed(order)
        self.assertIn("3 replacements a year", page)
        self.assertNotIn("99 replacements", page)
        self.assertNotIn("Silver", page)

    def test_the_customer_sees_the_tiers_online_by_token_and_nobody_else_does(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_quotation_sent()
        url = f"/my/orders/{order.id}"
        token = order._portal_ensure_token()
        self.env.flush_all()
        self.authenticate(None, None)
        page = self.url_open(f"{url}?access_token={token}").text
        for words in (
            "Compare our service plans",
            "Silver",
            escape(self.accident.name),
            "Withdrawal",
        ):
            self.assertIn(words, page)
        new_test_user(self.env, "t-portal", "base.group_portal")
        self.authenticate("t-portal", "t-portal")
        for address in (url, f"{url}?access_token=wrong", f"{url}?report_type=html"):
            answer = self.url_open(address)
            self.assertNotIn("service plans", answer.text)
            self.assertTrue(answer.url.endswith("/my"), answer.url)

    def test_the_customer_with_a_login_sees_them_too(self):
        user = new_test_user(self.env, "t-owner", "base.group_portal")
        order = self.quote((self.goods, 1), (self.plan_product, 1), partner_id=user.partner_id.id)
        order.action_quotation_sent()
        self.authenticate("t-owner", "t-owner")
        for suffix in ("", "?report_type=html"):
            page = self.url_open(f"/my/orders/{order.id}{suffix}").text
            self.assertIn("Compare our service plans", page)
