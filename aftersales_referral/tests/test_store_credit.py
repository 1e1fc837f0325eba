# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_store_credit import StoreCreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCredit(StoreCreditCommon):
    """Spending store credit through core; nobody edits a balance (requirements 75, 79, 81)."""

    def _spending(self, amount=60.0, partner=None, user=None, **vals):
        """Return a quotation over ``amount`` with the credit claimed on it."""
        order = self._order(
            (self.goods_untaxed, amount),
            partner=partner or self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
            **vals,
        ).with_user(user or self.salesperson)
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        card = next(iter(rewards))
        order._apply_program_reward(rewards[card], card)
        return order

    def _points(self):
        return self.card.points, sum(self.card.aftersales_lot_ids.mapped("remaining"))

    def test_a_salesperson_spends_60_of_100(self):
        order = self._spending()
        self.assertEqual(self._points(), (100.0, 100.0))
        order.action_confirm()
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertEqual(self.card.history_ids[0].used, 60.0)
        self.assertBalance(self.L, 100.0)
        self.assertInvariants()
        self._invoice(order.with_user(self.env.user))
        self.assertBalance(self.L, 40.0)
        self.assertInvariants()

    def test_paying_with_store_credit_lowers_no_margin(self):
        self.goods_untaxed.standard_price = 120.0
        order = self._spending(200.0)
        self.assertEqual(self._credit_line(order).price_subtotal, -100.0)
        self.assertEqual((order.margin, order.margin_percent), (80.0, 0.4))
        self.assertEqual((order.referral_margin, order.referral_margin_percent), (80.0, 40.0))
        order.order_line[0].price_unit = 400.0
        self.assertEqual((order.margin, order.margin_percent), (280.0, 0.7))

    def test_cancelling_before_the_invoice_gives_it_back(self):
        order = self._spending()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._points(), (100.0, 100.0))
        self.assertInvariants()

    def test_cancelling_after_the_invoice_gives_nothing_back(self):
        order = self._spending()
        order.action_confirm()
        self._invoice(order.with_user(self.env.user))
        order._action_cancel()
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertBalance(self.L, 40.0)
        self.assertInvariants()

    def test_cents_can_be_spent(self):
        order = self._spending(0.5)
        order.action_confirm()
        self.assertEqual(self._points(), (99.5, 99.5))
        self.assertInvariants()

    def test_the_lot_that_expires_soonest_is_used_first(self):
        self.company.aftersales_credit_months = 6
        late, soon = self.card.aftersales_lot_ids, self._payout(50.0)
        soon = self.env["aftersales.credit.lot"].search([("payout_id", "=", soon.id)])
        self.assertEqual(str(soon.date_expiry), "2027-09-15")
        order = self._spending()
        order.action_confirm()
        self.assertEqual((soon.remaining, late.remaining), (0.0, 90.0))
        order._action_cancel()
        self.assertEqual((soon.remaining, late.remaining), (50.0, 100.0))
        self.assertInvariants()

    def test_contacts_spend_the_credit_of_their_company(self):
        self.referrer.is_company = True
        contact = self.env["res.partner"].create({"name": "Mason", "parent_id": self.referrer.id})
        order = self._spending(partner=contact)
        order.action_confirm()
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertInvariants()

    def test_another_customer_cannot_spend_it(self):
        order = self._order(
            (self.goods_untaxed, 60.0), referrer=self.env["res.partner"], confirm=False
        ).with_user(self.salesperson)
        reward = self.card.program_id.reward_ids
        with self.assertRaisesRegex(ValidationError, "another customer"):
            order._apply_program_reward(
                reward.with_user(self.salesperson), self.card.with_user(self.salesperson)
            )
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "name": "Credit",
                            "product_id": reward.discount_line_product_id.id,
                            "price_unit": -60.0,
                            "reward_id": reward.id,
                            "coupon_id": self.card.id,
                            "points_cost": 60.0,
                        }
                    )
                ]
            }
        )
        with self.assertRaisesRegex(ValidationError, "another customer"):
            order.action_confirm()
        self.assertEqual(self._points(), (100.0, 100.0))

    def test_credit_is_for_orders_in_the_company_s_currency(self):
        eur = self.setup_other_currency("EUR")
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": eur.id})
        order = self._order(
            (self.goods_untaxed, 60.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
            pricelist_id=pricelist.id,
        )
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        with self.assertRefused(ValidationError, "in USD only"):
            order._apply_program_reward(self.card.program_id.reward_ids, self.card)

    def test_nobody_sets_a_balance_by_hand(self):
        manager = self._user("boss", "sales_team.group_sale_manager")
        for user in (self.salesperson, manager, self.env.user):
            card = self.card.with_user(user)
            for vals in ({"points": 9999.0}, {"partner_id": self.customer.id}, {"active": False}):
                with self.assertRaises(AccessError):
                    card.write(vals)
            with self.assertRaises(AccessError):
                card.env["loyalty.history"].create(
                    {"card_id": card.id, "description": "x", "issued": 1.0}
                )
            with self.assertRaises(AccessError):
                card.history_ids.write({"issued": 1.0})
            with self.assertRaises(AccessError):
                card.env["loyalty.card"].create({"program_id": card.program_id.id, "points": 5.0})
            with self.assertRaises(AccessError):
                card.unlink()
            with self.assertRaises(AccessError):
                card.program_id.reward_ids.discount = 10.0
            with self.assertRaises(AccessError):
                card.program_id.aftersales_wallet = False
        self.assertInvariants()

    def test_the_balance_wizard_is_refused_here_and_works_elsewhere(self):
        other = self.env["loyalty.program"].browse(
            self.env["loyalty.program"].create_from_template("ewallet")["res_id"]
        )
        plain = self.env["loyalty.card"].create(
            {"program_id": other.id, "partner_id": self.customer.id}
        )
        Wizard = self.env["loyalty.card.update.balance"].with_user(self.salesperson)
        Wizard.create(
            {"card_id": plain.id, "new_balance": 10.0, "description": "Sorry"}
        ).action_update_card_point()
        self.assertEqual(plain.points, 10.0)
        wizard = Wizard.create(
            {"card_id": self.card.id, "new_balance": 500.0, "description": "Sorry"}
        )
        with self.assertRaises(AccessError):
            wizard.action_update_card_point()
        self.assertEqual(self._points(), (100.0, 100.0))

    def test_a_credit_line_that_takes_less_than_it_deducts_is_refused(self):
        order = self._spending()
        line = order.order_line.filtered("reward_id")
        order.action_confirm()
        for vals in ({"price_unit": -90.0}, {"points_cost": 10.0}, {"points_cost": -500.0}):
            with self.assertRaises(ValidationError):
                line.write(vals)
        with self.assertRaises(ValidationError):
            order.write(
                {
                    "order_line": [
                        Command.create(
                            {
                                "name": "Credit",
                                "product_id": line.product_id.id,
                                "price_unit": 0.0,
                                "reward_id": line.reward_id.id,
                                "coupon_id": self.card.id,
                                "points_cost": -500.0,
                            }
                        )
                    ]
                }
            )
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertInvariants()

    def test_a_claim_on_a_confirmed_order_takes_its_points(self):
        order = self._order(
            (self.goods_untaxed, 60.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
        ).with_user(self.salesperson)
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        card = next(iter(rewards))
        order._apply_program_reward(rewards[card], card)
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertInvariants()

    def test_spending_as_superuser_reaches_no_other_record(self):
        order = self._spending()
        order.action_confirm()
        invoice = self._invoice(order.with_user(self.env.user))
        line = order.order_line.filtered("reward_id")
        with self.assertRaises(AccessError):
            line.write(
                {
                    "points_cost": 60.0,
                    "invoice_lines": [
                        Command.update(invoice.invoice_line_ids[0].id, {"name": "Hacked"})
                    ],
                }
            )
        with self.assertRaises(AccessError):
            line.write({"points_cost": 60.0, "tax_ids": [Command.create({"name": "Mine"})]})

    def test_store_credit_without_its_card_is_refused(self):
        line = {
            "name": "Credit",
            "product_id": self.card.program_id.reward_ids.discount_line_product_id.id,
            "price_unit": -500.0,
        }
        order = self._order(
            (self.goods_untaxed, 1000.0), referrer=self.env["res.partner"], confirm=False
        ).with_user(self.salesperson)
        order.order_line = [Command.create(line)]
        for attempt in (order.action_confirm, lambda: order.write({"state": "sale"})):
            with self.assertRefused(ValidationError, "Credit deducts store credit"):
                attempt()
        order.order_line[1].unlink()
        order.action_confirm()
        order.order_line = [Command.create({**line, "price_unit": 0.0})]
        for attempt in (
            lambda: order.write({"order_line": [Command.create(line)]}),
            lambda: order.order_line[1].write({"price_unit": -500.0}),
        ):
            with self.assertRefused(ValidationError, "deducts store credit"):
                attempt()
        self.assertEqual(order.amount_total, 1000.0)
        self.assertInvariants()

    def test_a_card_is_charged_for_every_credit_line(self):
        """Lines brought to a confirmed order past core's own spending."""
        reward = self.card.program_id.reward_ids
        order = self._order(
            (self.goods_untaxed, 100.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
        ).with_user(self.salesperson)
        credit = {
            "name": "Credit",
            "product_id": reward.discount_line_product_id.id,
            "price_unit": -60.0,
            "reward_id": reward.id,
            "coupon_id": self.card.id,
            "points_cost": 60.0,
        }
        other_product = {**credit, "product_id": self.goods_untaxed.id}
        for vals in ({**credit, "points_cost": 0.0}, other_product, {**credit, "reward_id": False}):
            with self.assertRaises(ValidationError):
                order.order_line = [Command.create(vals)]
        plain = {"name": "x", "product_id": self.goods_untaxed.id, "price_unit": -60.0}
        order.order_line = [Command.create({**plain, "points_cost": 60.0})]
        del credit["points_cost"]
        with self.assertRefused(ValidationError, "claim the store credit again"):
            order.order_line[1].write(credit)
        order.order_line[1].write({"price_unit": 0.0, "points_cost": 0.0})
        quotation = self._spending()
        with self.assertRefused(ValidationError, "claim the store credit again"):
            quotation.order_line.filtered("coupon_id").order_id = order
        self.assertEqual(self._points(), (100.0, 100.0))
        self.assertInvariants()

    def test_the_state_of_an_order_paid_with_credit_moves_by_its_buttons(self):
        order = self._spending()
        with self.assertRefused(UserError, "by its buttons"):
            order.state = "sale"
        order.action_confirm()
        for state in ("draft", "cancel"):
            with self.assertRefused(UserError, "by its buttons"):
                order.state = state
        with self.assertRefused(ValidationError, "another customer"):
            order.partner_id = self.customer
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(self._points(), (100.0, 100.0))
        order.action_draft()
        self.assertEqual(order.state, "draft")
        self.assertInvariants()

    def test_no_context_of_a_client_keeps_the_lots_from_following(self):
        order = self._spending()
        order.with_context(aftersales_new_lot=True, aftersales_lots=True).action_confirm()
        self.assertEqual(self._points(), (40.0, 40.0))
        self.assertInvariants()

    def test_a_cancelled_payout_takes_back_its_own_credit(self):
        first = self.card.aftersales_lot_ids
        self.company.aftersales_credit_months = 24
        payout = self._payout(50.0)
        second = self.card.aftersales_lot_ids - first
        self.assertEqual(
            [str(lot.date_expiry) for lot in (first, second)], ["2028-03-15", "2029-03-15"]
        )
        payout.action_cancel()
        self.assertEqual((first.remaining, second.remaining), (100.0, 0.0))
        self.assertEqual(self._points(), (100.0, 100.0))
        self.assertInvariants()

    def test_a_payout_whose_own_credit_is_spent_cannot_be_cancelled(self):
        self.company.aftersales_credit_months = 6
        payout = self._payout(50.0)
        self._spending().action_confirm()
        self.assertEqual(self._points(), (90.0, 90.0))
        with self.assertRefused(UserError, r"0\.00 of the store credit.*spent"):
            payout.action_cancel()
        self.assertEqual(self._points(), (90.0, 90.0))
        self.assertInvariants()

    def test_spent_credit_cannot_be_cancelled(self):
        order = self._spending()
        order.action_confirm()
        payout = self.card.aftersales_lot_ids.payout_id
        with self.assertRaisesRegex(UserError, "spent"):
            payout.action_cancel()
        self.assertInvariants()

    def test_the_commission_of_an_order_paid_with_credit_counts_what_was_paid(self):
        """Credit is no money, but it is no discount either (requirement 76)."""
        order = self._spending(1000.0)
        self.assertEqual(
            order.order_line._referral_shares()[order.order_line[-1]].kind, "store_credit"
        )
