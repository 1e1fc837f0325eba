# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields

from .common import ReferralCommon


class CreditCommon(ReferralCommon):
    """Store credit on a card, and what is said about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lot = cls.env["aftersales.credit.lot"]
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.breakage = cls.company.aftersales_breakage_account_id
        cls.referrer.email = "rita@example.com"

    def _goodwill(self, amount=100.0, until="2028-03-15", partner=None, company=None, user=None):
        return (
            self.Lot.with_user(user or self.accountant)
            ._give_goodwill(
                partner or self.referrer,
                (company or self.company).with_user(user or self.accountant),
                amount,
                "Late delivery",
                date_expiry=until and fields.Date.to_date(until),
            )
            .sudo()
        )

    def _card(self, partner=None, company=None):
        company = company or self.company
        return self.env["loyalty.card"].search(
            [
                ("program_id", "=", company.root_id.aftersales_wallet_program_id.id),
                ("partner_id", "=", (partner or self.referrer).id),
            ]
        )

    def _quotation(self, *lines, partner=None, user=None, **vals):
        """Return a quotation of the salesperson with store credit claimed by core's dialog."""
        order = self._order(
            *lines or [(self.goods_untaxed, 60.0)],
            partner=partner or self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
            **vals,
        ).with_user(user or self.salesperson)
        self._claim(order)
        return order

    def _claim(self, order):
        """Press the button Reward, and choose where core asks."""
        action = order.action_open_reward_wizard()
        if isinstance(action, dict):
            wizard = order.env["sale.loyalty.reward.wizard"].create({"order_id": order.id})
            wizard.selected_reward_id = wizard.reward_ids[:1]
            wizard.action_apply()

    def _credit_of(self, order):
        return sum(order.order_line.filtered("coupon_id").mapped("price_total"))

    def _run(self, cron):
        with self.enter_registry_test_mode():
            self.env.ref(f"aftersales_referral.{cron}").method_direct_trigger()

    def assertLines(self, entry, *expected):
        """Compare posted items: (account, partner, debit less credit)."""
        self.assertEqual((entry.state, entry.aftersales_entry), ("posted", "credit"))
        found = {(line.account_id, line.partner_id, line.balance) for line in entry.line_ids}
        self.assertEqual(found, set(expected))
        self.assertEqual(len(entry.line_ids), len(expected))
