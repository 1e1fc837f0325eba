# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayout(ReferralCommon):
    """Paying out in money or in store credit (requirements 8, 74, 79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order()
        cls._pay(cls._invoice(cls.order))  # 150 earned
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.L = cls.company.aftersales_store_credit_account_id

    def test_credit_moves_what_is_owed_to_store_credit(self):
        payout = self._payout(100.0, "credit")
        self.assertEqual(payout.state, "posted")
        self.assertBalance(self.A, 50.0)
        self.assertBalance(self.L, 100.0)
        card = payout.card_id
        self.assertEqual((card.points, card.partner_id), (100.0, self.referrer))
        self.assertTrue(card.aftersales_wallet)
        self.assertEqual(card.history_ids.mapped("issued"), [100.0])
        lot = card.aftersales_lot_ids
        self.assertEqual((lot.amount, lot.remaining), (100.0, 100.0))
        self.assertEqual(str(lot.date_expiry), "2028-03-15")
        self.assertEqual(lot.move_id, payout.move_id)
        self.assertInvariants()

    def test_a_second_credit_payout_uses_the_same_card(self):
        first, second = self._payout(100.0), self._payout(50.0)
        self.assertEqual(first.card_id, second.card_id)
        self.assertEqual(first.card_id.points, 150.0)
        self.assertEqual(len(first.card_id.aftersales_lot_ids), 2)
        self.assertInvariants()

    def test_the_wallet_cannot_be_topped_up_and_is_spent_to_the_last_cent(self):
        program = self._payout(100.0).card_id.program_id
        self.assertEqual(program.program_type, "ewallet")
        self.assertFalse(program.rule_ids)
        self.assertFalse(program.trigger_product_ids)
        self.assertEqual(program.reward_ids.required_points, 0.01)
        product = program.reward_ids.discount_line_product_id
        self.assertEqual(product.property_account_income_id, self.L)
        self.assertEqual(program.company_id, self.company)

    def test_cash_is_a_bill_on_what_is_owed_paid_with_core_s_payment(self):
        self.referrer.referral_self_billing_date = TODAY
        payout = self._payout(50.0, "cash")
        bill = payout.bill_id
        self.assertEqual(bill.journal_id, self.company.aftersales_self_billing_journal_id)
        self.assertEqual((bill.state, bill.amount_total), ("posted", 50.0))
        self.assertEqual(bill.invoice_line_ids.account_id, self.A)
        self.assertBalance(self.A, 100.0)
        self._pay(bill)
        self.assertEqual(bill.payment_state, "paid")
        self.assertInvariants()

    def test_cash_needs_the_self_billing_agreement(self):
        with self.assertRaisesRegex(UserError, "self-billing"):
            self._payout(50.0, "cash")
        self.assertBalance(self.A, 150.0)

    def test_no_more_than_is_available(self):
        with self.assertRaisesRegex(UserError, r"150\.00.*not.*150\.01"):
            self._payout(150.01)
        self._payout(100.0)
        with self.assertRaisesRegex(UserError, r"50\.00"):
            self._payout(51.0)
        with self.assertRaises(ValidationError):
            self._payout(0.0)

    def test_what_is_on_hold_waits(self):
        self.company.aftersales_hold_days = 14
        other = self._order(partner=self.env["res.partner"].create({"name": "Nora"}))
        self._pay(self._invoice(other))
        with self.assertRaisesRegex(UserError, r"150\.00 today.*300\.00"):
            self._payout(200.0)
        with freeze_time("2027-03-28"), self.assertRaises(UserError):
            self._payout(200.0)
        with freeze_time("2027-03-29"):
            self._payout(200.0)
            self.assertInvariants()

    def test_a_reversal_on_hold_takes_back_what_its_order_made_available(self):
        self._payout(150.0)
        self.company.aftersales_hold_days = 14
        anna, berta = (
            self._order(
                (self.goods_untaxed, 1000.0), partner=self.env["res.partner"].create({"name": name})
            )
            for name in ("Anna", "Berta")
        )
        invoice = self._invoice(anna)
        self._pay(invoice, 500.0)
        with freeze_time("2027-04-03"):
            self._pay(invoice, 500.0)
            self.assertEqual(self._available(), 75.0)
        with freeze_time("2027-04-04"):
            self._credit(invoice)
            self._pay(self._invoice(berta), 500.0)
        self.assertEqual(
            [(row.amount, str(row.available_date)) for row in self._rows(anna)],
            [(75.0, "2027-03-29"), (75.0, "2027-04-17"), (-150.0, "2027-04-17")],
        )
        with freeze_time("2027-04-05"):
            self.assertEqual(self.referrer.referral_balance, 75.0)
            self.assertEqual(self._available(), 0.0)
            with self.assertRefused(UserError, r"0\.00 today, not.*75\.00"):
                self._payout(75.0)
        with freeze_time("2027-04-18"):
            self.assertEqual(self._available(), 75.0)
            self._payout(75.0)
        self.assertInvariants()

    def test_a_reversal_of_what_is_on_hold_leaves_the_rest_available(self):
        self._payout(150.0)
        self.company.aftersales_hold_days = 14
        order = self._order(
            (self.goods_untaxed, 1000.0), partner=self.env["res.partner"].create({"name": "Anna"})
        )
        invoice = self._invoice(order)
        self._pay(invoice, 500.0)
        with freeze_time("2027-04-03"):
            self._pay(invoice, 500.0)
            self._credit(invoice, 500.0)
            self.assertEqual(self._rows(order).mapped("amount"), [75.0, 75.0, -75.0])
            self.assertEqual(self._available(), 75.0)

    def _available(self):
        return self._payout(1.0, post=False).available

    def test_a_reversal_after_the_payout_is_carried_forward(self):
        self._payout(150.0)
        self._credit(self.order.invoice_ids)
        self.assertEqual(self.referrer.referral_balance, -150.0)
        self.assertBalance(self.A, -150.0)
        self.assertInvariants()
        with self.assertRaises(UserError):
            self._payout(1.0)

    def test_cancelling_credit_brings_everything_back(self):
        payout = self._payout(100.0)
        payout.action_cancel()
        self.assertEqual(payout.state, "cancelled")
        self.assertEqual(payout.card_id.points, 0.0)
        self.assertEqual(payout.commission_ids.sorted("id").mapped("amount"), [-100.0, 100.0])
        self.assertBalance(self.A, 150.0)
        self.assertBalance(self.L, 0.0)
        self.assertInvariants()
        self._payout(150.0)
        self.assertInvariants()

    def test_cancelling_cash_reverses_the_bill_unless_it_is_paid(self):
        self.referrer.referral_self_billing_date = TODAY
        payout = self._payout(50.0, "cash")
        payout.action_cancel()
        self.assertEqual(payout.bill_id.payment_state, "reversed")
        self.assertBalance(self.A, 150.0)
        self.assertInvariants()
        paid = self._payout(50.0, "cash")
        self._pay(paid.bill_id)
        with self.assertRaisesRegex(UserError, "paid"):
            paid.action_cancel()
        self.assertInvariants()

    def test_buttons_work_once(self):
        payout = self._payout(100.0)
        with self.assertRaisesRegex(UserError, "cannot become"):
            payout.action_post()
        payout.action_cancel()
        with self.assertRaisesRegex(UserError, "cannot become"):
            payout.action_cancel()
        self.assertInvariants()

    def test_a_posted_payout_is_not_changed_or_deleted(self):
        payout = self._payout(100.0)
        with self.assertRaises(UserError):
            payout.amount = 1.0
        with self.assertRaises(UserError):
            payout.unlink()
        with self.assertRaises(UserError):
            payout.state = "draft"
        with self.assertRaises(UserError):
            payout.card_id.program_id.with_user(self.env.user).reward_ids.discount = 10
        draft = self._payout(10.0, post=False)
        with self.assertRaises(UserError):
            draft.state = "posted"
        with self.assertRaises(AccessError):
            draft.with_user(self.accountant).unlink()
        draft.action_cancel()
        self.assertEqual(draft.state, "cancelled")

    def test_the_bill_and_the_entry_of_a_payout_stay(self):
        self.referrer.referral_self_billing_date = TODAY
        for entry in (self._payout(50.0, "cash").bill_id, self._payout(50.0).move_id):
            with self.assertRaisesRegex(UserError, "belongs to the commission ledger"):
                entry.button_draft()

    def test_a_copy_of_a_payout_is_a_draft(self):
        payout = self._payout(100.0).with_user(self.accountant)
        copy = payout.copy()
        self.assertRecordValues(
            copy, [{"state": "draft", "amount": 100.0, "move_id": False, "card_id": False}]
        )
        self.assertNotEqual(copy.name, payout.name)
        with self.assertRefused(UserError, r"50\.00"):
            copy.action_post()

    def test_no_default_of_a_client_makes_a_posted_payout(self):
        entry = self._payout(100.0).move_id
        Payout = self.env["aftersales.payout"].with_user(self.accountant)
        payout = Payout.with_context(default_state="posted", default_move_id=entry.id).create(
            {"referrer_id": self.referrer.id, "method": "credit", "amount": 10.0}
        )
        self.assertEqual((payout.state, payout.move_id.id), ("draft", False))
        payout.action_post()
        self.assertEqual(payout.commission_ids.kind, "paid")
        self.assertInvariants()

    def test_a_posted_payout_is_cancelled_instead_of_deleted(self):
        payout = self._payout(50.0)
        with self.assertRefused(UserError, "Cancel a posted payout instead of deleting it"):
            payout.sudo().unlink()

    def test_an_accountant_pays_out_and_a_salesperson_does_not(self):
        Payout = self.env["aftersales.payout"]
        vals = {"referrer_id": self.referrer.id, "method": "credit", "amount": 100.0}
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                Payout.with_user(user).create(vals)
        payout = Payout.with_user(self.accountant).create(vals)
        payout.action_post()
        self.assertEqual(payout.sudo().card_id.points, 100.0)
        self.assertInvariants()
        payout.action_cancel()
        self.assertInvariants()

    def test_a_client_that_names_another_company_learns_not_what_that_owes(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("stan", "aftersales_plans.group_accountant")
        stranger.write({"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id})
        self.env.flush_all()
        for reader, owed in ((self.accountant, 150.0), (stranger, 0.0)):
            self.env.invalidate_all()
            typed = {"company_id": self.company.id, "referrer_id": self.referrer.id}
            asked = {name: {} for name in ("state", "available", "warning", *typed)}
            Payouts = self.env["aftersales.payout"].with_user(reader)
            told = Payouts.onchange({**typed, "state": "draft"}, list(typed), asked)["value"]
            self.assertEqual(told.get("available", 0.0), owed)
            self.assertFalse(told.get("warning"))

    def test_the_form_of_an_accountant_offers_the_referrer_s_own_method(self):
        self.referrer.referral_payout_method = "cash"
        form = Form(self.env["aftersales.payout"].with_user(self.accountant))
        form.referrer_id = self.referrer
        self.assertEqual((form.method, form.available), ("cash", 150.0))
        form.amount = 20.0
        self.assertEqual(form.save().state, "draft")

    def test_a_contact_is_paid_through_its_company(self):
        parent = self.env["res.partner"].create({"name": "Rita Ltd", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": parent.id})
        self._contract(contact, self.plan)
        order = self._order(
            partner=self.env["res.partner"].create({"name": "Nina"}), referrer=contact
        )
        self._pay(self._invoice(order))
        self.assertEqual(self._rows(order).referrer_id, parent)
        self.assertEqual(contact.referral_balance, 150.0)
        payout = self._payout(150.0, referrer=contact)
        self.assertEqual(payout.card_id.partner_id, parent)
        self.assertInvariants()

    def test_two_payouts_at_once_touch_the_same_row(self):
        """The second of two concurrent payouts meets a row the first has changed."""
        rows = {self._row_of_referrer()}
        for _payout in range(2):
            self._payout(10.0)
            rows.add(self._row_of_referrer())
        self.assertEqual(len(rows), 3)

    def _row_of_referrer(self):
        """Return where the row lies on disk: every write makes a new one."""
        [(row,)] = self.env.execute_query(
            SQL("SELECT ctid FROM res_partner WHERE id = %s", self.referrer.id)
        )
        return row

    def test_parts_of_a_reward_are_no_way_around_the_approval(self):
        self.company.aftersales_payout_limit = 100.0
        first, second = self._payout(60.0, post=False), self._payout(60.0, post=False)
        self.assertFalse(first.to_approve or second.to_approve)
        with self.assertRefused(UserError, "alone or with what was posted this month"):
            (first | second).action_post()
        first.action_post()
        self.assertTrue(second.to_approve)
        found = self.env["aftersales.payout"].search([("to_approve", "=", True)])
        self.assertEqual(found, second)
        self.assertTrue(second.with_user(self.accountant).may_approve)
        self.assertFalse(second.may_approve, "who entered it")
        self.assertFalse(self._payout(40.0, post=False).to_approve, "100 in all")
        with freeze_time("2027-04-01"):
            self.env.invalidate_all()
            self.assertFalse(second.to_approve, "another month")
        self.env.invalidate_all()
        second.with_user(self.accountant).action_approve()
        second.action_post()
        self.assertInvariants()
