# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionAdjustment(ReferralCommon):
    """An accountant adjusts what is owed, with a reason; nobody else does (79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant.name = "Ada"

    def _adjust(self, amount, user=None, reason="Promised by phone", **vals):
        wizard = (
            self.env["aftersales.commission.adjust"]
            .with_user(user or self.accountant)
            .create({"referrer_id": self.referrer.id, "amount": amount, "reason": reason, **vals})
        )
        wizard.action_confirm()
        return self._rows(referrer=self.referrer)[-1]

    def _lines(self, row):
        return {
            (line.account_id, line.partner_id, line.balance)
            for line in row.account_move_id.line_ids
        }

    def test_an_adjustment_up_books_expense_against_what_is_owed(self):
        row = self._adjust(25.0)
        company = self.company
        self.assertEqual((row.kind, row.amount, str(row.date)), ("adjusted", 25.0, TODAY))
        self.assertEqual(row.note, "Ada: Promised by phone")
        self.assertEqual(row.create_uid, self.accountant)
        self.assertEqual(
            self._lines(row),
            {
                (company.aftersales_commission_expense_account_id, self.referrer, 25.0),
                (company.aftersales_accrued_commission_account_id, self.referrer, -25.0),
            },
        )
        self.assertInvariants()

    def test_an_adjustment_down_books_the_other_way_and_may_go_below_nothing(self):
        self._adjust(25.0)
        row = self._adjust(-40.0, reason="Paid twice")
        company = self.company
        self.assertEqual(
            self._lines(row),
            {
                (company.aftersales_commission_expense_account_id, self.referrer, -40.0),
                (company.aftersales_accrued_commission_account_id, self.referrer, 40.0),
            },
        )
        self.assertEqual(self.referrer.with_user(self.accountant).referral_balance, -15.0)
        with self.assertRefused(UserError, "15.00 today, not .*1.00. The balance"):
            self._payout(1.0)
        self.assertInvariants()

    def test_the_wizard_shows_what_is_owed_before_and_after(self):
        order = self._order()
        self._pay(self._invoice(order))
        wizard = self.env["aftersales.commission.adjust"].with_user(self.accountant)
        wizard = wizard.with_context(
            active_model="aftersales.commission", active_ids=self._rows(order).ids
        )
        with Form(wizard) as form:
            self.assertEqual((form.referrer_id, form.order_id), (self.referrer, order))
            form.amount = -200.0
            self.assertEqual((form.balance, form.new_balance), (150.0, -50.0))
            form.reason = "The neighbour never moved in"

    def test_no_settlement_undoes_an_adjustment(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self._adjust(10.0, order_id=order.id)
        self.assertFalse(self.Commission.sudo()._settle(order.sudo()))
        self._pay(invoice)
        self.assertEqual(self._rows(order).mapped("amount"), [75.0, 10.0, 75.0])
        self._credit(invoice)
        self.assertEqual(self._earned(order), 10.0)
        self.assertEqual(order.referral_id.amount_earned, 10.0)
        self.assertInvariants()

    def test_an_adjustment_of_an_order_waits_as_long_as_what_the_order_earned(self):
        self.company.aftersales_hold_days = 14
        order = self._order(ship=True)
        self._pay(self._invoice(order))
        row = self._adjust(-30.0, order_id=order.id)
        self.assertFalse(row.available_date)
        self._adjust(7.0)
        balances = self.Commission._balances(self.referrer, self.company, TODAY)
        self.assertEqual(balances[self.referrer], 7.0)
        with freeze_time("2027-03-20"):
            self._deliver(order)
        self.assertEqual(str(row.available_date), "2027-04-03")

    def test_an_adjustment_waits_for_goods_before_anything_was_paid(self):
        self.company.aftersales_hold_days = 14
        row = self._adjust(40.0, order_id=self._order(ship=True).id)
        self.assertFalse(row.available_date)

    def test_it_belongs_to_the_company_of_the_chosen_rows(self):
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # loads the branch's share of the chart
        self.accountant.company_ids |= branch
        order = self._order()
        self._pay(self._invoice(order))
        wizard = (
            self.env["aftersales.commission.adjust"]
            .with_user(self.accountant)
            .with_context(
                allowed_company_ids=(branch + self.company).ids,
                active_model="aftersales.commission",
                active_ids=self._rows(order).ids,
            )
            .create({"amount": 5.0, "reason": "x"})
        )
        wizard.action_confirm()
        row = self._rows(order)[-1]
        self.assertEqual((row.amount, row.company_id), (5.0, self.company))
        self.assertEqual(self.Commission._check_invariants(branch | self.company), [])

    def test_it_is_taken_back_once_by_its_opposite(self):
        row = self._adjust(25.0)
        button = row.with_user(self.accountant)
        self.assertTrue(button.can_take_back)
        button.action_take_back()
        back = row.taken_back_ids
        self.assertEqual((back.amount, back.takes_back_id), (-25.0, row))
        self.assertEqual(back.note, "Ada: takes back “Ada: Promised by phone”")
        self.assertEqual(self.Commission._balances(self.referrer, self.company), {self.referrer: 0})
        for again in (button, back.with_user(self.accountant)):
            self.assertFalse(again.can_take_back)
            with self.assertRefused(UserError, "only an adjustment can, and only once"):
                again.action_take_back()
        self.assertInvariants()

    def test_what_documents_earned_cannot_be_taken_back(self):
        order = self._order()
        self._pay(self._invoice(order))
        with self.assertRefused(UserError, "only an adjustment can"):
            self._rows(order).with_user(self.accountant).action_take_back()

    def test_a_second_click_changes_nothing(self):
        wizard = (
            self.env["aftersales.commission.adjust"]
            .with_user(self.accountant)
            .create({"referrer_id": self.referrer.id, "amount": 5.0, "reason": "x"})
        )
        wizard.action_confirm()
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            wizard.action_confirm()
        self.assertEqual(self._rows(referrer=self.referrer).mapped("amount"), [5.0])

    def test_nobody_but_an_accountant_adjusts(self):
        row = self._adjust(25.0)
        manager = self._user("max", "aftersales_plans.group_manager,sales_team.group_sale_manager")
        for user in (self.salesperson, manager, self.biller):
            with self.assertRaises(AccessError):
                self._adjust(10.0, user=user)
            with self.assertRaises(AccessError):
                row.with_user(user).action_take_back()
            with self.assertRaises(AccessError):
                row.with_user(user).action_post_entries()
            with self.assertRaises(AccessError):
                self.env["aftersales.commission.opening"].with_user(user).create(
                    {"referrer_id": self.referrer.id, "amount": 10.0}
                )

    def test_nobody_adjusts_in_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self._adjust(10.0, company_id=elsewhere.id)
        self.assertFalse(self._rows(referrer=self.referrer))

    def test_nothing_is_no_adjustment(self):
        with self.assertRefused(UserError, "other than 0"):
            self._adjust(0.0)

    def test_without_account_the_accountant_is_told_and_the_row_waits(self):
        company = self.company
        account = company.aftersales_accrued_commission_account_id
        company.aftersales_accrued_commission_account_id = False
        wizard = (
            self.env["aftersales.commission.adjust"]
            .with_user(self.accountant)
            .create({"referrer_id": self.referrer.id, "amount": 5.0, "reason": "x"})
        )
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            action = wizard.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("set Accrued Commissions", action["params"]["message"])
        row = self._rows(referrer=self.referrer).with_user(self.accountant)
        with (
            self.assertLogs("odoo.addons.aftersales_referral", "WARNING"),
            self.assertRefused(UserError, "set Accrued Commissions"),
        ):
            row.action_post_entries()
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            action = row.action_take_back()
        self.assertIn("set Accrued Commissions", action["params"]["message"])
        company.aftersales_accrued_commission_account_id = account
        (row | row.taken_back_ids).action_post_entries()
        self.assertEqual(row.account_move_id.state, "posted")
        self.assertInvariants()
