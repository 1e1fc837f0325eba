# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_portal import EVERY_SCRIPT, SCRIPTS, PortalCase
from .common_renewal import RenewalOfferCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 10:00:00")
class TestRenewalOnline(PortalCase, RenewalOfferCase):
    """What customers read and decide online about what follows a contract (25, 59, 62-64)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"portal_confirmation_sign": True, "portal_confirmation_pay": False})
        with freeze_time("2026-01-01 10:00:00"):
            cls.contract = cls.contract_until()
        cls.run_daily()
        cls.order = cls.contract._renewal_order()
        cls.token = cls.contract._portal_ensure_token()
        cls.order_token = cls.order._portal_ensure_token()
        cls.customer_login("t-owner", cls.customer)
        cls.customer_login("t-stranger", cls.env["res.partner"].create({"name": "Stranger"}))
        cls.address = f"/my/service-contracts/{cls.contract.id}"
        cls.quotation = f"/my/orders/{cls.order.id}"

    def choose(self, product):
        """Press the button below the plan of ``product``."""
        stamp = self.order._aftersales_stamp(self.order._aftersales_offered())
        page = self.send(
            f"{self.quotation}/service-plan",
            access_token=self.order_token,
            stamp=stamp,
            product=product.id,
        )
        self.env.invalidate_all()
        return page

    def post(self, address, login=None, **form):
        """Send a form; return the page it leads to."""
        page = self.send(address, login, **form)
        self.env.invalidate_all()
        self.assertEqual(page.status_code, 200)
        return page

    # --- The quotation -------------------------------------------------------------------------

    def test_the_quotation_says_what_goes_on_and_strikes_the_price_that_will_count(self):
        page = self.page(f"{self.quotation}?access_token={self.order_token}")
        words = self.words(f"{self.quotation}?access_token={self.order_token}")
        for sentence in (
            f"Renewal of {self.contract.name}",
            "Gold, last day December 31, 2026",
            "from January 1, 2027 , for 12 months",
            "Boiler",
            "0 of 3 replacements used",
            "until December 1, 2026",
            "I will not renew",
        ):
            self.assertIn(sentence, words)
        self.assertRegex(page.text, r"<s [^>]*>\s*\$.{1,80}1,260\.00")
        self.assertNotIn("Without a plan", words)
        self.assertNotIn('data-bs-target="#modaldecline"', page.text)
        self.order._end_renewal_discount()
        page = self.page(f"{self.quotation}?access_token={self.order_token}")
        self.assertNotIn("<s ", page.text)
        self.assertNotIn("1,134.00", page.text)

    def test_another_plan_and_back_keeps_goods_and_offer(self):
        asset = self.contract.asset_ids
        self.choose(self.silver_product)
        line = self.order.order_line
        self.assertEqual(
            (line.aftersales_plan_id, line.price_unit, line.discount), (self.silver, 250.0, 0.0)
        )
        self.assertEqual((line.aftersales_renews_id, line.aftersales_asset_ids),
                         (self.contract, asset))  # fmt: skip
        words = self.words(f"{self.quotation}?access_token={self.order_token}")
        self.assertIn("1,260.00", words)  # what Gold costs later stands by it, struck through
        self.choose(self.plan_product)
        line = self.order.order_line
        self.assertEqual((line.price_unit, line.discount, line.price_subtotal),
                         (1260.0, 10.0, 1134.0))  # fmt: skip
        self.assertEqual((line.aftersales_renews_id, line.aftersales_asset_ids),
                         (self.contract, asset))  # fmt: skip
        self.assertFalse(self.order.aftersales_agreed_prices)

    def test_trying_another_plan_does_not_stretch_the_deadline(self):
        self.choose(self.silver_product)
        with freeze_time("2026-12-02 10:00:00"):
            self.run_daily()
            self.choose(self.plan_product)
        self.assertEqual(self.order.order_line.price_subtotal, 1260.0)

    def test_a_plan_that_takes_less_loses_no_goods_for_good(self):
        other = self.env["product.category"].create({"name": "Pumps"})
        pump = self.contract.asset_ids.copy({"product_id": self.pump.id, "status": "in_use"})
        self.contract.sudo().asset_ids = [Command.link(pump.id)]
        self.order.order_line.aftersales_asset_ids = [Command.link(pump.id)]
        self.pump.categ_id = other
        self.silver.category_ids = other
        self.choose(self.silver_product)
        self.assertEqual(self.order.order_line.aftersales_asset_ids, pump)
        self.choose(self.plan_product)
        self.assertEqual(len(self.order.order_line.aftersales_asset_ids), 2)

    def test_a_price_agreed_by_hand_comes_back(self):
        self.order.order_line.write({"price_unit": 1000.0, "discount": 0.0})
        self.choose(self.silver_product)
        self.choose(self.plan_product)
        self.assertEqual(self.order.order_line.price_subtotal, 1000.0)

    def test_the_plan_of_a_renewal_is_not_taken_off(self):
        stamp = self.order._aftersales_stamp(self.order._aftersales_offered())
        line = self.order.order_line
        page = self.post(
            f"{self.quotation}/service-plan",
            access_token=self.order_token,
            stamp=stamp,
            line=line.id,
        )
        self.assertIn("not offered here any more", page.text)
        self.assertTrue(line.exists())

    def test_a_renewal_is_refused_with_a_reason_from_the_list(self):
        address = f"{self.quotation}/not-renewing"
        void = self.env.ref("aftersales_plans.close_reason_withdrawal")
        for reason in ("", "x", void.id):
            page = self.post(address, access_token=self.order_token, reason=reason)
            self.assertIn("please choose why", page.text)
        self.assertFalse(self.contract.lapse_reason_id)
        page = self.post(
            address, access_token=self.order_token, reason=self.reason.id, note="<b>Too</b> dear"
        )
        self.assertIn("Thank you for telling us", page.text)
        self.assertEqual(self.contract.lapse_reason_id, self.reason)
        self.assertEqual(self.order.state, "cancel")
        said = " ".join(self.contract.message_ids.mapped("body"))
        self.assertIn("Said online by Casa Verde. &lt;b&gt;Too&lt;/b&gt; dear", said)

    def test_what_is_signed_is_not_refused_by_a_click(self):
        self.order.action_confirm()
        page = self.post(
            f"{self.quotation}/not-renewing",
            access_token=self.order_token,
            reason=self.reason.id,
        )
        self.assertIn("signed, paid or closed", page.text)
        self.assertEqual(self.order.state, "sale")

    # --- The contract --------------------------------------------------------------------------

    def test_the_contract_leads_to_the_quotation_and_is_refused_there_too(self):
        words = self.words(self.address, "t-owner")
        self.assertIn(f"Your quotation {self.order.name} for these goods is ready", words)
        page = self.page(self.address, "t-owner")
        self.assertIn(f'href="/my/orders/{self.order.id}"', page.text)
        page = self.post(f"{self.address}/not-renewing", "t-owner", reason=self.reason.id)
        self.assertIn("You do not renew this contract (Too expensive)", page.text)
        self.assertEqual(self.order.state, "cancel")
        self.assertIn("Ask for this plan", page.text)  # minds change

    def test_the_customer_consents_and_takes_it_back(self):
        self.contract.sudo().renewal_policy = "auto"
        words = self.words(self.address, "t-owner")
        for sentence in ("January 1, 2027", "1,260.00", "December 31, 2026", "leave at any time"):
            self.assertIn(sentence, words)
        page = self.post(f"{self.address}/consent", "t-owner", answer="given")
        self.assertIn("goes on by itself; you may take that back", page.text)
        self.assertEqual(
            (self.contract.renewal_consent, self.contract.renewal_consent_channel),
            ("given", "online"),
        )
        self.assertEqual(self.contract.renewal_consent_partner_id, self.customer)
        self.assertTrue(self.order.aftersales_goes_on)
        self.post(f"{self.address}/consent", access_token=self.token, answer="withdrawn")
        self.assertEqual(self.contract.renewal_consent, "withdrawn")
        self.contract.sudo().renewal_policy = "offer"
        page = self.post(f"{self.address}/consent", "t-owner", answer="given")
        self.assertIn("does not go on by itself", page.text)
        self.assertEqual(self.contract.renewal_consent, "withdrawn")

    def test_the_page_says_that_it_goes_on_only_while_it_does(self):
        self.contract.sudo().renewal_policy = "auto"
        self.post(f"{self.address}/consent", "t-owner", answer="given")
        pages = (self.address, self.quotation)
        for page in pages:
            self.assertIn("ou need not do anything", self.words(page, "t-owner"))
        self.choose(self.silver_product)
        for page in pages:
            self.assertNotIn("need not do anything", self.words(page, "t-owner"), "another price")
        self.choose(self.plan_product)
        self.assertIn("need not do anything", self.words(self.address, "t-owner"))
        self.post(f"{self.address}/consent", "t-owner", answer="withdrawn")
        for page in pages:
            self.assertNotIn("need not do anything", self.words(page, "t-owner"), "taken back")

    def test_nobody_is_asked_to_consent_to_what_cannot_be(self):
        self.contract.sudo().renewal_policy = "auto"
        self.customer.aftersales_no_contact = True
        self.assertNotIn("let it go on by itself", self.words(self.address, "t-owner"))
        self.customer.aftersales_no_contact = False
        with freeze_time("2026-12-31 10:00:00"):  # too late to be told
            self.assertNotIn("let it go on by itself", self.words(self.address, "t-owner"))
            page = self.post(f"{self.address}/consent", "t-owner", answer="given")
            self.assertIn("Nothing was changed", page.text)
        self.assertFalse(self.contract.renewal_consent)

    def test_a_discount_without_days_ends_with_the_contract(self):
        self.contract.sudo().renewal_offer_days = 0
        self.order._aftersales_set_renewal_deadline()
        words = self.words(f"{self.quotation}?access_token={self.order_token}")
        self.assertIn("until December 31, 2026", words)
        with freeze_time("2027-01-01 10:00:00"):
            self.run_daily()
        self.assertEqual(self.order.order_line.price_subtotal, 1260.0)
        self.order._action_cancel()
        with freeze_time("2027-01-05 10:00:00"):
            line = self.contract._make_renewal().order_line
        self.assertEqual((line.price_subtotal, line.discount), (1260.0, 0.0))

    def test_scripts_in_what_customers_add_stay_words(self):
        self.reason.name = SCRIPTS[3]
        self.contract.sudo().renewed_by_itself = True
        for place in ("not-renewing", "leave"):
            form = {"reason": self.reason.id, "amount": "197.26", "note": EVERY_SCRIPT}
            self.assertHarmless(self.post(f"{self.address}/{place}", "t-owner", **form).text)
        said = self.contract.message_ids.mapped("body")
        self.assertEqual(len([body for body in said if "alert(1)" in body]), 3)
        for body in said:
            self.assertHarmless(body)

    def test_leaving_says_before_what_is_paid_back_and_pays_that(self):
        contract = self.contract
        page = self.post(f"{self.address}/leave", "t-owner", reason=self.reason.id, amount="0.0")
        self.assertIn("cannot be left online", page.text)
        self.assertEqual(contract.state, "active")
        contract.sudo().renewed_by_itself = True
        self.assertIn("See what I get back", self.page(self.address, "t-owner").text)
        words = self.words(f"{self.address}/leave", "t-owner")
        self.assertIn("$ 197.26", words)  # 60 of 365 days of 1,200.00
        self.assertEqual(contract.state, "active")
        form = {"reason": self.reason.id, "amount": "1200.0"}
        page = self.post(f"{self.address}/leave", "t-owner", **form)
        self.assertIn("the amount has changed", page.text)
        page = self.post(f"{self.address}/leave", "t-owner", amount="197.26")
        self.assertIn("please choose why", page.text)
        self.assertEqual(contract.state, "active")
        page = self.post(
            f"{self.address}/leave", access_token=self.token, reason=self.reason.id, amount="197.26"
        )
        self.assertIn("Your contract has ended", page.text)
        self.assertEqual((contract.state, contract.amount_refunded), ("cancelled", 197.26))
        self.assertEqual(contract.close_reason_id, self.reason)
        page = self.post(f"{self.address}/leave", "t-owner", reason=self.reason.id, amount="197.26")
        self.assertIn("Your contract has ended", page.text)  # clicked twice
        with freeze_time("2026-11-02 10:00:00"):
            page = self.post(f"{self.address}/leave", "t-owner", reason=self.reason.id)
        self.assertIn("Nothing was ended", page.text)

    def test_leaving_that_fails_changes_nothing_and_says_so(self):
        contract = self.contract
        page = self.page(f"{self.address}/leave", "t-owner")
        self.assertIn("cannot be left online", page.text)
        contract.sudo().renewed_by_itself = True
        form = {"access_token": self.token, "amount": "197.26"}
        page = self.post(f"{self.address}/leave", **form)
        self.assertIn("please choose why", page.text)
        self.assertIn(f"access_token={self.token}", page.url)
        with patch.object(type(contract), "_leave", side_effect=UserError("Later.")):
            said = contract._leave_online(self.reason, self.customer, "", "197.26")
        self.assertEqual((said, contract.state), ("leave_failed", "active"))

    def test_a_refusal_is_said_once_and_not_after_the_renewal(self):
        contract = self.contract
        self.assertTrue(contract._refuse_renewal_online(self.reason, self.customer, "Moving"))
        said = len(contract.message_ids)
        self.assertTrue(contract._refuse_renewal_online(self.reason, self.customer, "Moving"))
        self.assertEqual(len(contract.message_ids), said)
        contract._make_renewal().action_confirm()
        self.assertFalse(contract._refuse_renewal_online(self.reason, self.customer, ""))

    def test_the_old_contract_leads_to_the_new_one_for_who_may_open_it(self):
        self.order.action_confirm()
        child = self.contract.renewal_ids
        self.assertIn(child.name, self.words(self.address, "t-owner"))
        login = self.env["res.users"].search([("login", "=", "t-owner")])
        stranger = self.env["res.users"].search([("login", "=", "t-stranger")])
        self.assertEqual(child._address_online(login), f"/my/service-contracts/{child.id}")
        self.assertFalse(child._address_online(stranger))

    def test_nobody_consents_to_what_has_no_price_or_is_not_sold_or_not_wanted(self):
        contract = self.contract.sudo()
        contract.renewal_policy = "auto"
        self.order._action_cancel()
        contract.lapse_reason_id = False
        self.assertEqual(contract._consent_facts_online()["price"], 1260.0)
        contract.lapse_reason_id = self.reason
        self.assertIsNone(contract._consent_facts_online())
        contract.lapse_reason_id = False
        self.plan.active = False
        self.assertIsNone(contract._consent_facts_online())
        self.plan.active = True
        self.assertTrue(contract._consent_facts_online())
        contract.amount_untaxed = 0
        self.plan.write({"price_policy": "percent", "price_percent": 10})
        self.goods.list_price = 0
        self.assertIsNone(contract._consent_facts_online())

    def test_the_discount_of_the_same_plan_holds_from_the_day_it_was_offered(self):
        self.order._action_cancel()
        order = self.contract._make_renewal(self.silver_product)
        self.assertFalse(order.aftersales_renewal_deadline)
        order._aftersales_choose_online(self.plan_product, self.customer)
        self.assertEqual(order.aftersales_renewal_deadline, self.day("2026-12-01"))
        self.assertEqual(order.order_line.price_subtotal, 1134.0)

    def test_a_plan_without_a_price_is_compared_without_one(self):
        self.silver.write({"price_policy": "percent", "price_percent": 10})
        self.goods.list_price = 0
        prices = self.order._aftersales_usual_prices(self.silver_product | self.plan_product)
        self.assertEqual(prices, {self.silver_product: None, self.plan_product: 1134.0})

    # --- Whose business it is -------------------------------------------------------------------

    def test_nobody_else_decides_and_no_link_opens_another_document(self):
        self.contract.sudo().write({"renewal_policy": "auto", "renewed_by_itself": True})
        forms = {
            f"{self.address}/not-renewing": {"reason": self.reason.id},
            f"{self.address}/consent": {"answer": "given"},
            f"{self.address}/leave": {"reason": self.reason.id, "amount": "197.26"},
            f"{self.quotation}/not-renewing": {"reason": self.reason.id},
        }
        for address, form in forms.items():
            mine, other = self.token, self.order_token
            if "orders" in address:
                mine, other = other, mine
            for login, token in (
                (None, ""),
                (None, "wrong"),
                (None, other),
                ("t-stranger", ""),
                ("t-stranger", other),
                ("t-agent", ""),
            ):
                page = self.post(address, login, access_token=token, **form)
                self.assertNotIn(self.contract.name, page.text, (address, login, token))
            self.assertEqual(self.send(address, csrf=False, **form).status_code, 400)
        contract = self.contract
        self.assertEqual((contract.state, self.order.state), ("active", "sent"))
        self.assertFalse(contract.renewal_consent or contract.lapse_reason_id)

    def test_reading_changes_nothing(self):
        self.contract.sudo().write({"renewal_policy": "auto", "renewed_by_itself": True})
        for address in (self.address, f"{self.address}/leave", self.quotation):
            self.page(f"{address}?said=left&answer=given&reason={self.reason.id}", "t-owner")
        self.env.invalidate_all()
        self.assertEqual((self.contract.state, self.order.state), ("active", "sent"))
        self.assertFalse(self.contract.renewal_consent or self.contract.lapse_reason_id)

    # --- From the mail to the signature ----------------------------------------------------------

    def test_a_customer_opens_the_mails_link_changes_the_plan_and_back_and_signs(self):
        self.start_tour(
            f"{self.quotation}?access_token={self.order_token}", "aftersales_renew_online"
        )
        child = self.contract.renewal_ids
        self.assertEqual((self.order.state, self.order.signed_by), ("sale", "Casa Verde"))
        self.assertEqual((child.plan_id, child.amount_untaxed), (self.plan, 1134.0))
        self.assertEqual(
            (child.date_start, child.date_end), (self.day("2027-01-01"), self.day("2027-12-31"))
        )
