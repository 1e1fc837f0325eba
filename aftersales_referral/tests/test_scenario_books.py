# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_credit import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScenarioBooks(CreditCommon):
    """An auditor follows the money: a branch, a foreign currency, a locked period (design §5, §6).

    After every step ledger, cards, lots and books agree, in the company and in its branch.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "North", "parent_id": cls.company.id})
        cls.env.cr.precommit.run()  # loads the branch's share of the chart
        cls.branch.aftersales_hold_days = 10
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.env.user.company_ids |= cls.branch
        cls.accountant.company_ids |= cls.branch
        cls.salesperson.company_ids |= cls.branch
        cls.eur = cls.setup_other_currency("EUR", rates=[("2027-01-01", 0.5)])  # 1 EUR = 2

    def _check(self, owed, on_card):
        """Check what is owed (A), what is on the card, and that everything agrees."""
        self.env.flush_all()
        companies = self.company | self.branch
        self.assertEqual(self.Commission._check_invariants(companies), [])
        rows = self.Commission.search([("referrer_id", "=", self.referrer.id)])
        self.assertAlmostEqual(sum(rows.mapped("amount")), owed)
        self.assertAlmostEqual(self._card().points if on_card is not None else 0.0, on_card or 0.0)

    def _pay_out(self, amount, method):
        payout = self.env["aftersales.payout"].create(
            {
                "referrer_id": self.referrer.id,
                "company_id": self.branch.id,
                "method": method,
                "amount": amount,
            }
        )
        payout.action_post()
        return payout

    def test_the_money_of_a_reward_from_first_to_last(self):
        self.referrer.referral_self_billing_date = TODAY
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": self.eur.id, "company_id": False}
        )
        order = self._order(
            (self.goods_untaxed, 1000.0), company_id=self.branch.id, pricelist_id=pricelist.id,
            confirm=False,
        )  # fmt: skip
        order = order.with_company(self.branch)
        order.order_line.tax_ids = False
        order.with_context(skip_procurement=True).action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total_signed, 2000.0)
        # earned: 15 % x 1,000 x 400 / 1,000 x 2
        self._pay(invoice, 400.0, currency_id=self.eur.id)
        self._check(120.0, None)
        self._pay(invoice)
        self._check(300.0, None)
        # on hold for ten days
        with self.assertRefused(Exception, "can be paid"):
            self._pay_out(100.0, "cash")
        with freeze_time("2027-03-25"):
            cash = self._pay_out(100.0, "cash")
            self._check(200.0, None)
            self.assertEqual(
                (cash.bill_id.company_id, cash.bill_id.amount_total), (self.branch, 100.0)
            )
            credit = self._pay_out(150.0, "credit")
            self._check(50.0, 150.0)
            self.assertEqual(credit.card_id.company_id, self.company)
            self.assertEqual(
                {(line.account_id, line.balance) for line in credit.move_id.line_ids},
                {(self.A, 150.0), (self.L, -150.0)},
            )
        # spent in the company above: 60 of 200, VAT on the full price
        with freeze_time("2027-03-26"):
            spent = self._quotation((self.goods, 50.0))
            spent.sudo().with_context(skip_procurement=True).action_confirm()
            self._check(50.0, 90.0)
            bill = self._invoice(spent.sudo())
            self.assertEqual(bill.amount_total, 0.0)
            self._check(50.0, 90.0)
        # March is closed; the branch's customer returns everything
        self.company.fiscalyear_lock_date = "2027-03-31"
        with freeze_time("2027-04-02"):
            note = self._credit(invoice)
            self._check(-250.0, 90.0)
            self.assertEqual(self._rows(order)[-1].amount, -300.0)
            self._pay(note)
            self._check(-250.0, 90.0)
            # the invoice that held the credit is credited: 60 come back
            self._credit(bill)
            self._check(-250.0, 150.0)
            cash.action_cancel()
            self._check(-150.0, 150.0)
            with self.assertRefused(Exception, "."):
                self._pay_out(1.0, "cash")
        with freeze_time("2028-06-01"):
            self._run("cron_expire_credit")
            self._check(-150.0, 0.0)
        made = self._rows(order).account_move_id | cash.commission_ids.account_move_id
        made |= credit.card_id.aftersales_lot_ids.movement_ids.move_id | note
        self.assertEqual(
            {
                (str(entry.date), entry.company_id)
                for entry in made
                if str(entry.date) > "2027-03-31"
            },
            {("2027-04-02", self.branch), ("2028-03-26", self.branch)},
            "what was granted by the branch expires there, the day after its last day",
        )
        self.assertEqual(set(made.mapped("state")), {"posted"})
