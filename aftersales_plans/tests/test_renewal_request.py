# SPDX-License-Identifier: LGPL-3.0-or-later
from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .common_plan_offer import OfferCase
from .common_portal import SCRIPTS, PortalCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestRenewalAskedOnline(PortalCase, OfferCase):
    """What a customer asks for before a contract ends, and who gets it to do (59, 60)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))
        cls.contract.write({"user_id": cls.manager.id})
        cls.contract.sudo().date_end = fields.Date.from_string("2026-04-30")
        cls.token = cls.contract._portal_ensure_token()
        cls.customer_login("t-owner", cls.customer)
        cls.customer_login("t-stranger", cls.env["res.partner"].create({"name": "Stranger"}))
        cls.address = f"/my/service-contracts/{cls.contract.id}"

    def ask(self, plan, login="t-owner", **form):
        self.env.flush_all()
        page = self.send(f"{self.address}/renew", login, plan=plan.id, **form)
        self.env.invalidate_all()
        self.assertEqual(page.status_code, 200)
        return page

    def to_do(self):
        kind = self.env.ref("aftersales_plans.activity_renewal_asked")
        return self.contract.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)

    def test_the_salesperson_gets_it_to_do_once_and_asking_again_changes_it(self):
        said = self.words(self.address, "t-owner")
        for words in ("Renew", "Silver", "Ask for this plan", "Your plan now"):
            self.assertIn(words, said)
        page = self.ask(self.silver)
        self.assertIn("Thank you, you asked for <strong>Silver</strong>", page.text)
        self.assertEqual(self.to_do().user_id, self.manager)
        self.assertIn("Silver", self.to_do().note)
        message = self.contract.message_ids[0]
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("renew this contract with Silver", message.body)
        first = self.to_do()
        self.ask(self.silver)
        self.assertEqual(self.contract.message_ids[0], message)
        for login in (None, "t-stranger"):  # stays on the page the link opened
            page = self.ask(self.plan, login=login, access_token=self.token)
            self.assertIn("Thank you, you asked for <strong>Gold</strong>", page.text)
        self.assertEqual(self.to_do(), first)
        self.assertIn("Gold", first.note)
        self.assertEqual(self.contract.renewal_asked_plan_id, self.plan)
        self.assertEqual(self.contract.message_ids[0].author_id, self.customer)
        page = self.ask(self.silver, "t-agent", access_token=self.token)  # opened the mail's link
        self.assertIn("Thank you, you asked for <strong>Silver</strong>", page.text)

    def test_nobody_else_asks_and_nothing_else_is_asked_for(self):
        foreign = self.env["aftersales.plan"].create(
            {
                "name": "Foreign",
                "code": "F",
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
            }
        )
        for login, token in ((None, ""), (None, "wrong"), ("t-stranger", ""), ("t-agent", "")):
            page = self.ask(self.silver, login, access_token=token)
            self.assertFalse(self.contract.renewal_asked_plan_id, login)
            self.assertNotIn("Thank you", page.text)
        self.assertIn("not offered any more", self.ask(foreign).text)
        self.silver.active = False
        self.assertIn("not offered any more", self.ask(self.silver).text)
        self.assertFalse(self.contract.renewal_asked_plan_id)
        self.assertFalse(self.to_do())
        answer = self.send(f"{self.address}/renew", "t-owner", csrf=False, plan=self.plan.id)
        self.assertEqual(answer.status_code, 400)

    def test_it_is_asked_for_near_the_end_only_and_while_the_goods_need_it(self):
        self.assertTrue(self.contract._may_ask_renewal())
        with freeze_time("2026-02-28 10:00:00"):
            self.assertFalse(self.contract._may_ask_renewal())
            self.assertNotIn("Ask for this plan", self.words(self.address, "t-owner"))
            self.assertIn("nothing to ask for here any more", self.ask(self.silver).text)
        with freeze_time("2026-05-02 10:00:00"):
            self.contract.sudo()._set_state("expired")
            self.assertTrue(self.contract._may_ask_renewal())
        self.contract.asset_ids.sudo().active = False
        self.assertFalse(self.contract._may_ask_renewal())

    def test_a_contract_that_was_ended_is_not_renewed_by_asking(self):
        self.contract.sudo()._set_state("cancelled")
        self.assertFalse(self.contract._may_ask_renewal())

    def test_a_quotation_for_the_goods_is_signed_instead(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.silver_product.id,
                            "aftersales_asset_ids": [Command.set(self.contract.asset_ids.ids)],
                        }
                    )
                ],
            }
        )
        self.assertIn("Ask for this plan", self.words(self.address, "t-owner"))
        order.action_quotation_sent()
        page = self.page(self.address, "t-owner").text
        self.assertIn(f'href="/my/orders/{order.id}"', page)
        self.assertNotIn("Ask for this plan", page)
        self.assertNotIn(order._portal_ensure_token(), page)
        linked = f"{self.address}?access_token={self.token}"
        page = self.page(linked).text
        self.assertIn("You have it by e-mail.", page)
        self.assertNotIn(f"/my/orders/{order.id}", page)
        self.assertIn("nothing to ask for here any more", self.ask(self.silver).text)
        order.action_cancel()
        self.assertIn("Ask for this plan", self.words(self.address, "t-owner"))

    def test_no_text_of_a_plan_runs_on_the_page_or_in_the_activity(self):
        for number, script in enumerate(SCRIPTS):
            plan = self.env["aftersales.plan"].create({"name": script, "code": f"X{number}"})
            self.silver_product.copy({"aftersales_plan_id": plan.id, "name": plan.name})
        self.assertHarmless(self.page(self.address, "t-owner").text)
        for script in SCRIPTS[:3]:
            self.contract._ask_renewal(
                self.env["aftersales.plan"].search([("name", "=", script)]), self.customer
            )
            self.assertHarmless(self.to_do().note)
            self.assertHarmless(self.contract.message_ids[0].body)
