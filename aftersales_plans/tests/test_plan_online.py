# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_plan_offer import OfferCase
from .common_portal import PortalCase

# The smallest image there is
DOT = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


@tagged("post_install", "-at_install")
class TestPlanChosenOnline(PortalCase, OfferCase):
    """What a customer may do about the plan of a quotation, and what is refused (1, 18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"portal_confirmation_sign": True, "portal_confirmation_pay": False})
        tax = cls.env["account.tax"].create({"name": "VAT 20 %", "amount": 20.0})
        (cls.goods | cls.plan_product | cls.silver_product).taxes_id = tax
        cls.stranger = cls.customer_login(
            "t-stranger", cls.env["res.partner"].create({"name": "S"})
        )
        cls.owner = cls.customer_login("t-owner", cls.customer)

    def quotation(self, *lines, **values):
        """Return a sent quotation of a boiler with the Gold plan, or with ``lines``."""
        order = self.quote(
            *(lines or ((self.goods, 1), (self.plan_product, 1))), user_id=self.seller.id, **values
        )
        order.action_quotation_sent()
        order._portal_ensure_token()
        return order

    def press(self, order, product=None, line=None, login=None, **form):
        """Press a button below a plan as the page shows it now; return what the page said."""
        form.setdefault("access_token", order.access_token)
        form.setdefault("stamp", order._aftersales_stamp(order._aftersales_offered()))
        if product:
            form["product"] = product.id
        if line:
            form["line"] = line if isinstance(line, str) else line.id
        self.env.flush_all()
        page = self.send(f"/my/orders/{order.id}/service-plan", login, **form)
        self.env.invalidate_all()
        self.assertEqual(page.status_code, 200)
        return page

    def assertSaid(self, page, words):
        said = " ".join(page.text.split())
        self.assertTrue(words in said, said[said.find("service-plans") :][:400])

    def assertUntouched(self, order, page=None):
        self.assertEqual(order.order_line.product_id, self.goods | self.plan_product)
        if page is not None:
            self.assertTrue(page.url.endswith("/my") or "/web/login" in page.url, page.url)

    def told(self, order):
        """Return the latest message about the plan; opening the page leaves others."""
        return order.message_ids.filtered(lambda message: "online" in message.body)[:1]

    def plan_on(self, order):
        return order.order_line.aftersales_plan_id

    # --- Choosing ------------------------------------------------------------------------------

    def test_the_customer_changes_the_plan_and_the_total_follows_to_the_cent(self):
        order = self.quotation()
        self.assertEqual(order.amount_total, 1320.0)
        goods = order.order_line[0]
        goods.discount = 10  # agreed on other lines, and stays
        page = self.page(f"/my/orders/{order.id}?access_token={order.access_token}")
        self.assertSaid(page, "Choose<span")
        promised = order._aftersales_choice()["with"][self.silver_product]
        page = self.press(order, self.silver_product)
        self.assertSaid(page, "The plan is on your quotation")
        self.assertEqual(self.plan_on(order), self.silver)
        self.assertEqual(goods.aftersales_plan_line_id.product_id, self.silver_product)
        self.assertEqual(goods.discount, 10)
        self.assertEqual((order.amount_total, promised), (840.0, 840.0))
        message = self.told(order)
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("Silver instead of Gold", message.body)
        self.assertIn(self.seller.partner_id, message.notified_partner_ids)

    def test_the_customer_takes_the_plan_off_and_chooses_again(self):
        order = self.quotation()
        line = order.order_line.filtered("aftersales_plan_id")
        without = order._aftersales_choice()["without"][line]
        self.assertSaid(self.press(order, line=line), "The plan is off your quotation")
        self.assertFalse(self.plan_on(order))
        self.assertEqual((order.amount_total, without), (600.0, 600.0))
        self.assertTrue(order.aftersales_compare_plans)
        self.press(order, self.plan_product, login="t-owner")
        self.assertEqual(self.plan_on(order), self.plan)
        self.assertEqual(order.order_line[0].aftersales_plan_line_id.aftersales_plan_id, self.plan)
        self.assertEqual(self.told(order).author_id, self.owner.partner_id)

    def test_a_price_agreed_by_hand_comes_back_with_its_plan(self):
        order = self.quotation()
        order.order_line[1].write({"price_unit": 480.0, "discount": 25.0})
        self.press(order, self.silver_product)
        self.assertEqual(order.order_line[1].price_subtotal, 250.0)
        told = {column["name"]: column["price"] for column in order._aftersales_plans_told()}
        self.assertEqual(told["Gold"], 360.0)
        promised = order._aftersales_choice()["with"][self.plan_product]
        self.press(order, self.plan_product)
        line = order.order_line[1]
        self.assertEqual(
            (line.price_unit, line.discount, line.price_subtotal), (480.0, 25.0, 360.0)
        )
        self.assertEqual(order.amount_total, promised)

    def test_goods_left_without_a_plan_by_the_salesperson_stay_so(self):
        order = self.quotation((self.goods, 1), (self.pump, 1), (self.plan_product, 1))
        boiler, pump, _plan = order.order_line
        pump.aftersales_plan_line_id = False
        self.press(order, self.silver_product)
        self.assertEqual(boiler.aftersales_plan_line_id.aftersales_plan_id, self.silver)
        self.assertFalse(pump.aftersales_plan_line_id)

    def test_a_plan_for_goods_bought_earlier_is_changed_for_the_same_goods(self):
        asset = self.deliver_asset()
        order = self.option(self.offer_assets(asset), self.plan).action_choose()
        order = self.env["sale.order"].browse(order["res_id"])
        order._portal_ensure_token()
        self.press(order, self.silver_product)
        line = order.order_line
        self.assertEqual((line.aftersales_plan_id, line.aftersales_asset_ids), (self.silver, asset))
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.asset_ids, asset)

    def test_of_several_plans_each_is_taken_off_by_itself_and_none_spreads(self):
        order = self.quotation((self.goods, 1), (self.pump, 1), (self.plan_product, 1))
        order._aftersales_put_plan(self.silver_product, order.order_line[1])
        self.assertEqual(order._aftersales_choice()["with"], {})
        gold = order.order_line.filtered(lambda line: line.aftersales_plan_id == self.plan)
        self.assertSaid(self.press(order, line=gold), "The plan is off your quotation")
        self.assertEqual(self.plan_on(order), self.silver)
        self.assertFalse(order.order_line[0].aftersales_plan_line_id)

    def test_of_several_plans_none_is_a_choice_for_the_goods(self):
        order = self.quotation((self.goods, 1), (self.pump, 1), (self.plan_product, 1))
        self.assertTrue(order._aftersales_would_cover(self.silver))
        order._aftersales_put_plan(self.silver_product, order.order_line[1])
        self.assertEqual(order._aftersales_would_cover(self.silver), order.order_line.browse())

    def test_a_plan_for_all_goods_at_the_site_is_changed_for_all_of_them(self):
        """Its line names none: what is there without a plan when it is confirmed counts."""
        asset = self.deliver_asset()
        order = self.quotation((self.plan_product, 1))
        self.assertEqual(order._aftersales_would_cover(self.silver), asset)
        self.press(order, self.silver_product)
        self.assertEqual(self.plan_on(order), self.silver)
        self.assertFalse(order.order_line.aftersales_asset_ids)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.asset_ids, asset)

    def test_colleagues_alone_read_what_a_chosen_plan_risks(self):
        asset = self.deliver_asset()
        asset.provenance = "used"
        order = self.option(self.offer_assets(asset), self.plan).action_choose()
        order = self.env["sale.order"].browse(order["res_id"])
        order._portal_ensure_token()
        self.silver.excluded_cause_ids = False
        self.press(order, self.silver_product)
        risky = order.message_ids.filtered(lambda m: "without repair history" in (m.body or ""))
        self.assertEqual(len(risky), 2)  # offered as Gold, chosen as Silver
        self.assertTrue(all(message.is_internal for message in risky[:1]))

    # --- What is refused -----------------------------------------------------------------------

    def test_nobody_else_chooses(self):
        order = self.quotation()
        new_test_user(self.env, "t-reader", "sales_team.group_sale_salesman")
        for login, token in (
            (None, ""),
            (None, "wrong"),
            (None, "wröng"),
            ("t-stranger", ""),
            ("t-stranger", "wrong"),
            ("t-reader", ""),
        ):
            with self.subTest(login=login, token=token):
                page = self.press(order, self.silver_product, login=login, access_token=token)
                self.assertUntouched(order, page)
        missing = self.send("/my/orders/99999999999/service-plan", "t-owner", product=1)
        self.assertTrue(missing.url.endswith("/my"), missing.url)
        self.env.flush_all()
        form = {"access_token": order.access_token, "product": self.silver_product.id}
        page = self.send(f"/my/orders/{order.id}/service-plan", csrf=False, **form)
        self.assertEqual(page.status_code, 400)
        self.assertUntouched(order)

    def test_a_closed_quotation_keeps_its_plan(self):
        provider = self.env["payment.provider"].create({"name": "Bank", "code": "none"})
        method = self.env["payment.method"].create({"name": "Wire", "code": "t-wire"})
        payment = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "partner_id": self.customer.id,
            "currency_id": self.env.company.currency_id.id,
            "amount": 1.0,
            "state": "pending",
        }
        for what, values in (
            ("expired", {"validity_date": fields.Date.from_string("2020-01-01")}),
            ("signed", {"signature": DOT, "signed_by": "C"}),
            ("paid", {"transaction_ids": [Command.create({**payment, "reference": "T-1"})]}),
            ("hidden", {"aftersales_comparison": "hide"}),
            ("cancelled", {"state": "cancel"}),
        ):
            with self.subTest(what):
                order = self.quotation()
                order.write(values)
                self.assertIsNone(order._aftersales_choice())
                page = self.press(order, self.silver_product)
                self.assertSaid(page, "Nothing was changed: this quotation is signed")
                self.assertNotIn("/service-plan", page.text)
                self.assertUntouched(order)
        order = self.quotation()
        order.action_confirm()
        self.assertSaid(self.press(order, self.silver_product), "Nothing was changed")
        self.assertUntouched(order)

    def test_what_was_changed_in_the_meantime_is_read_first(self):
        order = self.quotation()
        seen = order._aftersales_stamp(order._aftersales_offered())
        order.order_line[0].product_uom_qty = 2
        page = self.press(order, self.silver_product, stamp=seen)
        self.assertSaid(page, "changed in the meantime")
        self.assertUntouched(order)
        seen = order._aftersales_stamp(order._aftersales_offered())
        self.silver_product.list_price = 999.0
        self.assertSaid(self.press(order, self.silver_product, stamp=seen), "in the meantime")

    def test_a_second_click_changes_nothing_more(self):
        order = self.quotation()
        seen = order._aftersales_stamp(order._aftersales_offered())
        for _click in range(2):
            page = self.press(order, self.silver_product, stamp=seen)
            self.assertSaid(page, "The plan is on your quotation")
        self.assertEqual(len(order.order_line), 2)
        chosen = order.message_ids.filtered(lambda message: "Chosen online" in message.body)
        self.assertEqual(len(chosen), 1)

    def test_a_plan_taken_off_twice_is_off(self):
        order = self.quotation()
        gold = order.order_line.filtered("aftersales_plan_id")
        seen = order._aftersales_stamp(order._aftersales_offered())
        for _click in range(2):
            page = self.press(order, line=str(gold.id), stamp=seen)
            self.assertSaid(page, "The plan is off your quotation")
        self.assertEqual(order.order_line.product_id, self.goods)

    def test_a_change_that_is_refused_leaves_the_quotation_as_it_was(self):
        order = self.quotation()
        refused = UserError("Not now.")
        with patch.object(type(order), "_aftersales_choose_online", side_effect=refused):
            page = self.press(order, self.silver_product)
        self.assertSaid(page, "this plan cannot be put on the quotation as it is")
        self.assertUntouched(order)

    def test_only_what_the_comparison_offers_is_chosen(self):
        order = self.quotation()
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["aftersales.plan"].create(
            {"name": "Foreign", "code": "F", "company_id": other.id}
        )
        copies = {
            "foreign": {"aftersales_plan_id": foreign.id},
            "not sold": {"sale_ok": False},
            "archived": {"active": False},
            "of another company": {"company_id": other.id},
        }
        for what, values in copies.items():
            product = self.silver_product.copy({"name": what})
            product.write(values)
            self.assertSaid(self.press(order, product), "not offered here any more")
        for product in (self.goods, self.training):
            self.assertSaid(self.press(order, product), "not offered here any more")
        category = self.env["product.category"].create({"name": "Pools"})
        self.silver.category_ids = category
        self.assertSaid(self.press(order, self.silver_product), "not offered here any more")
        for nonsense in ("x", "-1", "9" * 40, "²"):
            page = self.press(order, line=nonsense)
            self.assertSaid(page, "Nothing was changed")
        self.assertUntouched(order)
