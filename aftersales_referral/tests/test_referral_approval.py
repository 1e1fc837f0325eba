# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralApproval(ReferralCommon):
    """Below the lowest margin an accountant approves, who registered nothing (78, 79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.standard_price = 700.0  # margin 300, after the commission of 150: 15 %
        cls.company.write(
            {
                "aftersales_minimum_margin_percent": 15.01,
                "aftersales_accountant_id": cls.accountant.id,
            }
        )

    def _waiting(self, **vals):
        order = self._order(**vals)
        self._pay(self._invoice(order))
        return order

    def test_a_reward_waits_and_an_accountant_gets_it_to_do(self):
        order = self._waiting()
        self.assertEqual(order.referral_approval, "waiting")
        self.assertEqual(order.referral_id.activity_ids.user_id, self.accountant)
        self.assertRegex(
            order.referral_id.activity_ids.note,
            r"150\.00 for Rita Referrer leave a margin of .*150\.00",
        )
        self.assertEarned(order, 0.0)
        found = (
            self.env["sale.order"]
            .with_user(self.accountant)
            .search([("referral_approval", "=", "waiting")])
        )
        self.assertEqual(found, order)
        found = (
            self.env["aftersales.referral"]
            .with_user(self.accountant)
            .search([("order_ids.referral_approval", "=", "waiting")])
        )
        self.assertEqual(found, order.referral_id)

    def test_an_accountant_without_sales_rights_opens_what_waits_and_decides(self):
        order = self._waiting()
        referral = order.referral_id.with_user(self.accountant).sudo(False)
        with Form(referral) as form:
            self.assertEqual(form.approval_count, 1)
        action = referral.action_open_approvals()
        mine = self.env["sale.order"].with_user(self.accountant).search(action["domain"])
        with Form(mine, "aftersales_referral.sale_order_reward_view_form") as form:
            self.assertEqual(form.referral_margin_percent, 15.0)
        mine.action_approve_reward()
        self.assertEqual(referral.approval_count, 0)

    def test_what_is_paid_is_settled_once_it_is_approved(self):
        order = self._waiting()
        order.with_user(self.accountant).sudo(False).action_approve_reward()
        self.assertEqual(order.referral_approval, "approved")
        self.assertFalse(order.referral_id.activity_ids)
        self.assertEarned(order, 150.0)
        with self.assertRefused(UserError, "no reward that waits for a decision"):
            order.with_user(self.accountant).sudo(False).action_approve_reward()

    def test_what_is_refused_earns_nothing_until_it_is_approved_after_all(self):
        order = self._waiting()
        decided = order.with_user(self.accountant).sudo(False)
        decided._refuse_reward("Too little left.")
        self.assertEqual(order.referral_approval, "refused")
        self.assertEarned(order, 0.0)
        decided.action_approve_reward()
        self.assertEarned(order, 150.0)

    def test_at_the_lowest_margin_nobody_is_asked(self):
        self.company.aftersales_minimum_margin_percent = 15.0
        order = self._waiting()
        self.assertFalse(order.referral_approval)
        self.assertEarned(order, 150.0)
        self.company.aftersales_minimum_margin_percent = 0.0
        self.goods.standard_price = 5000.0
        loss = self._waiting(partner=self.env["res.partner"].create({"name": "Loss"}))
        self.assertFalse(loss.referral_approval)

    def test_only_an_accountant_decides_and_nobody_writes_it(self):
        order = self._waiting()
        mine = order.with_user(self.salesperson).sudo(False)
        for action in (mine.action_approve_reward, mine.action_refuse_reward):
            with self.assertRefused(AccessError, "Only an accountant approves"):
                action()
        for user in (self.salesperson, self.accountant):
            with self.assertRefused(UserError, "Name who referred"):
                order.with_user(user).sudo(False).referral_approval = "approved"
        created = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .with_context(default_referral_approval="approved")
            .create({"partner_id": self.customer.id})
        )
        self.assertFalse(created.referral_approval)

    def test_who_registered_or_sold_does_not_approve(self):
        both = self._user(
            "double", "aftersales_plans.group_accountant,sales_team.group_sale_salesman_all_leads"
        )
        order = self._order(referrer=self.env["res.partner"], confirm=False)
        with Form(order.with_user(both)) as form:
            form.referrer_id = self.referrer
        order.action_confirm()
        self.assertEqual(order.referral_id.create_uid, both)
        with self.assertRefused(AccessError, "another accountant decides"):
            order.with_user(both).sudo(False).action_approve_reward()
        sold = self._waiting(
            partner=self.env["res.partner"].create({"name": "Sold"}), user_id=both.id
        )
        with self.assertRefused(AccessError, "another accountant decides"):
            sold.with_user(both).sudo(False).action_approve_reward()

    def test_without_a_named_accountant_the_first_of_the_company_is_asked(self):
        self.company.aftersales_accountant_id = False
        order = self._waiting()
        self.assertTrue(
            order.referral_id.activity_ids.user_id.has_group("aftersales_plans.group_accountant")
        )
        self.assertIn(self.company, order.referral_id.activity_ids.user_id.company_ids)

    def test_a_confirmation_with_other_prices_asks_again(self):
        order = self._waiting()
        order.with_user(self.accountant).sudo(False).action_approve_reward()
        order._action_cancel()
        order.action_draft()
        order.order_line.price_unit = 900.0
        order.action_confirm()
        self.assertEqual(order.referral_approval, "waiting")
        self.assertEarned(order, 0.0)
        order._action_cancel()
        order.action_draft()
        order.order_line.price_unit = 2000.0
        order.action_confirm()
        self.assertFalse(order.referral_approval)
        self.assertFalse(order.referral_id.activity_ids)
        self.assertEarned(order, 150.0)

    def test_a_foreign_currency_has_the_same_margin(self):
        euro = self.setup_other_currency("EUR", rates=[("2027-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self._order((self.goods, 2000.0), pricelist_id=pricelist.id)
        self.assertEqual(order.referral_margin, 300.0)
        self.assertEqual(order.referral_approval, "waiting")

    def test_a_refusal_says_why_on_order_and_referral(self):
        order = self._waiting()
        mine = order.with_user(self.accountant).sudo(False)
        self.assertTrue(mine.referral_may_decide)
        self.assertFalse(order.with_user(self.salesperson).referral_may_decide, "who sold it")
        with self.assertRefused(UserError, f"why the reward of {order.name} is refused"):
            mine._refuse_reward("  ")
        action = mine.action_refuse_reward()
        wizard = self.env[action["res_model"]].with_user(self.accountant)
        wizard.with_context(**action["context"]).create({"reason": "Sold at cost."}).action_apply()
        self.assertEqual(order.referral_approval, "refused")
        for record in (order, order.referral_id):
            said = record.message_ids.filtered(lambda message: "Sold at cost." in message.body)
            self.assertEqual(said.author_id, self.accountant.partner_id)

    def test_what_earns_nothing_needs_no_approval(self):
        order = self._order((self.delivery, 200.0))
        self.assertEqual((order.referral_id.state, order.referral_approval), ("qualified", False))

    def test_what_was_refused_or_waits_is_not_asked_again(self):
        order = self._waiting()
        referral = order.referral_id
        waiting = referral.activity_ids
        order._ask_approval()
        self.assertEqual(referral.activity_ids, waiting)
        order.sudo().referral_approval = "refused"
        order._review_reward()
        self.assertEqual(order.referral_approval, "refused")
