# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScenarioNeighbour(ReferralCommon):
    """Rita tells Ned; Ned buys; Rita is thanked in materials and money (requirement 8)."""

    def test_rita_is_thanked_in_credit_and_cash_and_spends_the_credit(self):
        order = self._order(confirm=False)
        self.assertEqual(order.referral_expected_amount, 150.0)
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self.assertEarned(order, 75.0)
        self._pay(invoice, 600.0)
        self.assertEarned(order, 150.0)
        self.assertEqual(self._rows(order).mapped("amount"), [75.0, 75.0])

        credit = self._payout(100.0, "credit")
        self.assertInvariants()
        self.referrer.referral_self_billing_date = TODAY
        cash = self._payout(50.0, "cash")
        self.assertInvariants()
        self.assertBalance(self.company.aftersales_accrued_commission_account_id, 0.0)
        self.assertBalance(self.company.aftersales_store_credit_account_id, 100.0)
        self._pay(cash.bill_id)
        self.assertEqual(cash.bill_id.payment_state, "paid")

        self._rita_spends_60(credit.card_id)
        self.assertEqual(
            sum(self._rows(referrer=self.referrer).mapped("amount")), 0.0, "all is paid out"
        )

    def _rita_spends_60(self, card):
        order = self._order(
            (self.goods_untaxed, 60.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
        )
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        self.assertEqual(list(rewards), [card])
        order._apply_program_reward(rewards[card], card)
        self.assertEqual(order.amount_total, 0.0)
        order.action_confirm()
        self.assertEqual(card.points, 40.0)
        self.assertInvariants()
        self.assertBalance(self.company.aftersales_store_credit_account_id, 100.0)
        self._invoice(order)
        self.assertBalance(self.company.aftersales_store_credit_account_id, 40.0)
        self.assertEqual(card.aftersales_lot_ids.mapped("remaining"), [40.0])
        self.assertInvariants()
