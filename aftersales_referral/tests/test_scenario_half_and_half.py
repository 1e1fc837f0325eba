# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScenarioHalfAndHalf(ReferralCommon):
    """A neighbour is brought; half of the reward is money, half credit with a bonus (8, 74, 81).

    By hand: goods 1,000 + VAT paid → 150.00. Money 75.00. Credit 75.00 + 10 % = 82.50. An order of
    two pallets at 50.00 claims 82.50: the first part holds 50.00, the second 32.50 and asks 17.50.
    The second pallet comes back: 32.50 on the card, 17.50 in money. 32.50 expire.
    """

    def test_half_in_money_half_in_credit_spent_returned_and_expired(self):
        company = self.company
        A = company.aftersales_accrued_commission_account_id
        L = company.aftersales_store_credit_account_id
        company.aftersales_credit_bonus_percent = 10.0
        self.referrer.referral_self_billing_date = "2027-01-01"

        order = self._order()
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)

        money = self._payout(75.0, "cash")
        self.assertEqual(money.bill_id.amount_total, 75.0)
        self._pay(money.bill_id)
        self.assertIn(money.bill_id.payment_state, ("paid", "in_payment"))
        card = self._payout(75.0, "credit").card_id
        self.assertEqual(card.points, 82.5)
        self.assertBalance(A, 0.0)
        self.assertBalance(L, 82.5)
        self.assertInvariants()

        bought = self._buy_two_pallets()
        self.assertEqual((bought.amount_total, card.points), (17.5, 0.0))
        self.assertBalance(L, 82.5)
        self._deliver(bought, 1)
        first = self._invoice(bought)
        self.assertEqual((first.amount_untaxed, first.amount_total), (0.0, 0.0))
        self.assertBalance(L, 32.5)
        self._deliver(bought)
        second = self._invoice(bought)
        self.assertEqual(second.amount_total, 17.5)
        self.assertBalance(L, 0.0)
        self._pay(second)
        self.assertInvariants()

        with freeze_time("2027-04-01"):
            note = self._credit(second)
            self.assertEqual((note.amount_total, card.points), (17.5, 32.5))
            self._pay(note)
            self.assertBalance(L, 32.5)
            self.assertInvariants()
        lot = card.aftersales_lot_ids
        self.assertEqual((lot.remaining, lot.date_expiry), (32.5, date(2028, 3, 15)))

        with freeze_time("2028-03-16"):
            lot.sudo()._expire()
            self.assertBalance(L, 0.0)
            self.assertBalance(company.aftersales_breakage_account_id, 32.5)
            self.assertEqual(card.points, 0.0)
            self.assertEverythingReconciles()

    def _buy_two_pallets(self):
        """Rita orders two pallets, billed as they come, with all her credit."""
        pallets = self._product("Pallets", 50.0, invoice_policy="delivery")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.referrer.id,
                "order_line": [Command.create({"product_id": pallets.id, "product_uom_qty": 2})],
            }
        )
        order._update_programs_and_rewards()
        ((card, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, card)
        order.action_confirm()
        return order

    def assertEverythingReconciles(self):
        """Ledger, books, cards and lots agree in every comparison, and so says the report."""
        self.assertInvariants()
        checker = self.Commission.sudo()
        found = [
            one.text for _kind, compare in checker._comparisons() for one in compare(self.company)
        ]
        self.assertEqual(found, [])
        report = self.env["aftersales.reconciliation"].search(
            [("partner_id", "=", self.referrer.id)]
        )
        self.assertFalse(report.filtered("difference_total"))
