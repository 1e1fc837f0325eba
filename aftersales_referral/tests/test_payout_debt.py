# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_payout_run import PayoutRunCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutDebt(PayoutRunCase):
    """What referrers owe is carried forward, claimed or written off (79)."""

    # --- Negative balances ---------------------------------------------------------------------

    def test_what_is_owed_to_us_is_carried_forward_and_set_off(self):
        self._lead_into_debt()
        self.assertIn("Rita Referrer", self._left_out(self._run()))
        self.env["aftersales.payout"].search([("state", "=", "draft")]).sudo().unlink()
        self._earn(self.referrer, 2000.0)
        run = self._run(method="credit")
        self.assertEqual(self._lines(run), [("Rita Referrer", "credit", 150.0)])
        run.action_post()
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()

    def _debts(self, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["aftersales.payout.debt"].with_user(self.accountant).search(domain)

    def test_who_owes_us_is_listed_since_when_and_from_when_to_claim(self):
        self.assertFalse(self._debts())
        with freeze_time("2027-04-01"):
            self._lead_into_debt()
            debt = self._debts()
            self.assertEqual((debt.referrer_id, debt.amount), (self.referrer, 150.0))
            self.assertEqual(str(debt.since), "2027-04-01")
            self.assertEqual(str(debt.last_earned), "2027-03-15")
            self.assertEqual(str(debt.claim_from), "2027-10-01")
            self.assertFalse(debt.to_claim)
        with freeze_time("2027-06-10"):
            self._earn(self.referrer, 200.0)
        with freeze_time("2027-12-09"):
            self.assertFalse(self._debts([("to_claim", "=", True)]), "30.00 was earned in June")
        with freeze_time("2027-12-10"):
            debt = self._debts([("to_claim", "=", True)])
            self.assertEqual((debt.amount, str(debt.since)), (120.0, "2027-04-01"))

    def _settle(self, way):
        debts = self._debts()
        form = Form(
            self.env["aftersales.payout.debt.settle"]
            .with_user(self.accountant)
            .with_context(active_model=debts._name, active_ids=debts.ids, default_way=way)
        )
        form.reason = "Orders were returned"
        return form.save()

    def test_a_debt_is_claimed_with_an_invoice_core_can_follow_up(self):
        self._lead_into_debt()
        self.assertBalance(self.A, 15.0 + 75.0 - 150.0)
        wizard = self._settle("claim")
        wizard.action_confirm()
        row = self._rows(referrer=self.referrer)[-1]
        invoice = row.account_move_id
        self.assertEqual((row.kind, row.amount), ("adjusted", 150.0))
        self.assertEqual((invoice.move_type, invoice.state), ("out_invoice", "posted"))
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (150.0, 0.0))
        self.assertEqual(invoice.invoice_line_ids.account_id, self.A)
        self.assertBalance(self.A, 90.0)
        self.assertFalse(self._debts())
        self.assertInvariants()
        self._pay(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()
        with self.assertRefused(UserError, "open the list again"):
            wizard.action_confirm()
        with self.assertRefused(UserError, "is paid: cancel the payment"):
            row.with_user(self.accountant).action_take_back()

    def test_several_invoices_are_opened_as_a_list(self):
        for name in ("Olaf", "Paula"):
            self._earn(self._referrer(name), 1000.0)
        rows = self.env["aftersales.commission"].search([("account_move_id", "!=", False)])
        self.assertGreater(len(rows.account_move_id), 1)
        action = self.env["aftersales.payout.debt.settle"].new({})._open_invoices(rows)
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found, rows.account_move_id)

    def test_without_a_sales_journal_nothing_is_claimed(self):
        company = self.env["res.company"].create({"name": "Without Journals"})
        words = "Without Journals has no sales journal to claim anything with"
        with self.assertRefused(UserError, words):
            self.env["aftersales.commission"]._claim_journal(company)

    def test_a_claim_is_taken_back_by_the_ledger_alone(self):
        self._lead_into_debt()
        self._settle("claim").action_confirm()
        row = self._rows(referrer=self.referrer)[-1]
        invoice = row.account_move_id
        for refused in (
            invoice.button_draft,
            invoice.button_cancel,
            lambda: self._credit(invoice),
        ):
            with self.assertRefused(UserError, "belongs to the commission ledger"):
                refused()
        row.with_user(self.accountant).action_take_back()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBalance(self.A, -60.0)
        self.assertEqual(self._debts().amount, 150.0)
        self.assertInvariants()
        with self.assertRefused(UserError, "already|only once"):
            row.with_user(self.accountant).action_take_back()
        self._settle("claim").action_confirm()
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()

    def test_debts_are_settled_whichever_companies_are_looked_at(self):
        self._lead_into_debt()
        other = self.setup_other_company()["company"]
        for number in range(2):
            self.Commission.sudo().create(
                {
                    "kind": "adjusted",
                    "referrer_id": self.referrer.id,
                    "company_id": other.id,
                    "date": TODAY,
                    "amount": 1.0,
                    "key": f"other-{number}",
                }
            )
        self.accountant.company_ids |= other
        both = (self.company | other).ids
        ledger = self.Commission.with_user(self.accountant)
        everywhere = ledger.with_context(allowed_company_ids=both)
        row = everywhere._write_off(self.referrer, self.company, "Returned")
        row.action_take_back()
        ledger.with_context(allowed_company_ids=self.company.ids)._write_off(
            self.referrer, self.company, "Returned"
        )
        self.assertFalse(self._debts())

    def test_a_debt_is_written_off_with_a_reason(self):
        self._lead_into_debt()
        before = -sum(
            self.env["account.move.line"].search([("account_id", "=", self.E.id)]).mapped("balance")
        )
        self._settle("write_off").action_confirm()
        self.assertBalance(self.A, 90.0)
        self.assertBalance(self.E, before - 150.0)
        row = self._rows(referrer=self.referrer)[-1]
        self.assertRegex(row.note, "ada.*Orders were returned")
        self.assertFalse(self._debts())
        self.assertInvariants()

    def test_only_an_accountant_settles_debts(self):
        self._lead_into_debt()
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                self.env["aftersales.payout.debt"].with_user(user).search([])
            for settle in ("_claim", "_write_off"):
                with self.assertRaises(AccessError):
                    getattr(self.Commission.with_user(user), settle)(
                        self.referrer, self.company, "x"
                    )
        with self.assertRefused(UserError, "owes nothing"):
            self.Commission._claim(self.cash, self.company, "x")
        self.assertInvariants()
