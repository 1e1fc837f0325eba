# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_payout_tax import PayoutTaxCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutCredit(PayoutTaxCase):
    """Rewards paid in store credit, and payouts taken back, line by line (74; design §6)."""

    # --- Store credit --------------------------------------------------------------------------

    def test_credit_of_a_private_person_moves_from_a_to_l(self):
        payout = self._payout(100.0)
        self.assertFalse(payout.bill_id)
        self.assertItems(payout.move_id, self._item(self.A, 100.0), self._item(self.L, -100.0))
        self.assertSettled()

    def test_credit_of_a_business_is_the_gross_of_its_bill(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        self.assertItems(
            payout.bill_id,
            self._item(self.A, 100.0),
            self._item(self.input_vat, 20.0, self.vat20),
            self._item(self.AP, -120.0),
        )
        self.assertItems(payout.move_id, self._item(self.AP, 120.0), self._item(self.L, -120.0))
        self.assertEqual(payout.bill_payment_state, "paid")
        self.assertEqual(payout.commission_ids.account_move_id, payout.bill_id)
        self.assertEqual(payout.card_id.points, 120.0)
        self.assertRecordValues(
            payout.card_id.aftersales_lot_ids,
            [{"amount": 120.0, "remaining": 120.0, "move_id": payout.move_id.id}],
        )
        self.assertSettled()

    def test_credit_is_less_what_the_bill_withholds(self):
        self._become("self_employed", self.vat20 | self.withheld10)
        payout = self._payout(100.0)
        self.assertItems(payout.move_id, self._item(self.AP, 110.0), self._item(self.L, -110.0))
        self.assertEqual(payout.card_id.points, 110.0)
        self.assertSettled()

    def test_a_bonus_is_an_expense_of_its_own_in_the_same_lot(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        payout = self._payout(100.0)
        self.assertItems(
            payout.move_id,
            self._item(self.A, 100.0),
            self._item(self.L, -100.0),
            self._item(self.E, 10.0),
            self._item(self.L, -10.0),
        )
        self.assertFalse(any(payout.move_id.line_ids.mapped("analytic_distribution")))
        self.assertEqual((payout.bonus_amount, payout.card_id.points), (10.0, 110.0))
        self.assertEqual(payout.card_id.aftersales_lot_ids.amount, 110.0)
        self.assertSettled()
        self._become("business", self.vat20)
        taxed = self._payout(100.0)
        self.assertItems(
            taxed.move_id,
            self._item(self.AP, 120.0),
            self._item(self.L, -120.0),
            self._item(self.E, 10.0),
            self._item(self.L, -10.0),
        )
        self.assertEqual(taxed.card_id.points, 240.0)
        self.company.aftersales_credit_bonus_percent = 50.0
        self.assertEqual(taxed.bonus_amount, 10.0)
        self.assertSettled()

    def test_a_bonus_that_is_no_round_float_is_granted_to_the_cent(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        payout = self._payout(10.12)  # 10.12 + 1.01 is 11.129999999999999 in floats
        self.assertEqual(payout.card_id.aftersales_lot_ids.remaining, 11.13)
        self.assertInvariants()

    def test_money_earns_no_bonus(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("individual")
        self.assertEqual(self._payout(100.0, "cash").bonus_amount, 0.0)

    def test_payment_terms_do_not_keep_credit_waiting(self):
        self._become("business", self.vat20)
        self.referrer.property_supplier_payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later, 2 %",
                "early_discount": True,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        payout = self._payout(100.0)
        self.assertEqual((payout.bill_payment_state, payout.card_id.points), ("paid", 120.0))
        self.assertEqual(str(payout.bill_id.invoice_date_due), TODAY)
        self.assertSettled()

    # --- Cancelling ----------------------------------------------------------------------------

    def test_cancelling_money_reverses_the_bill_with_its_tax(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0, "cash")
        payout.action_cancel()
        reversal = payout.commission_ids.sorted("id")[-1].account_move_id
        self.assertItems(
            reversal,
            self._item(self.A, -100.0),
            self._item(self.input_vat, -20.0, self.vat20),
            self._item(self.AP, 120.0),
        )
        self.assertEqual(
            (reversal.move_type, reversal.reversed_entry_id), ("in_refund", payout.bill_id)
        )
        self.assertEqual(payout.bill_payment_state, "reversed")
        self.assertBalance(self.A, 300.0)
        self.assertSettled()

    def test_cancelling_credit_reverses_everything_once(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        payout.action_cancel()
        self.assertEqual(payout.card_id.points, 0.0)
        entries = payout.move_id.reversal_move_ids
        self.assertItems(
            entries,
            self._item(self.AP, -120.0),
            self._item(self.L, 120.0),
            self._item(self.E, -10.0),
            self._item(self.L, 10.0),
        )
        self.assertItems(
            payout.bill_id.reversal_move_ids,
            self._item(self.A, -100.0),
            self._item(self.input_vat, -20.0, self.vat20),
            self._item(self.AP, 120.0),
        )
        self.assertTrue(
            all(
                (payout.bill_id | payout.bill_id.reversal_move_ids | entries)
                .line_ids.filtered(lambda line: line.account_id == self.AP)
                .mapped("reconciled")
            )
        )
        self.assertEqual(payout.commission_ids.sorted("id").mapped("amount"), [-100.0, 100.0])
        movement = payout.card_id.aftersales_lot_ids.movement_ids.sorted("id")[-1]
        self.assertEqual(
            (movement.kind, movement.amount, movement.move_id), ("taken_back", -130.0, entries)
        )
        with self.assertRefused(UserError, "cannot become"):
            payout.action_cancel()
        self.assertSettled()

    def test_who_left_his_company_owes_it_nothing(self):
        firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "referral_tax_status": "individual"}
        )
        self.referrer.parent_id = firm
        payout = self._payout(100.0)
        self.referrer.parent_id = False
        payout.action_cancel()
        self.assertEqual(payout.commission_ids.referrer_id, firm, "whom it was taken from")
        self.assertEqual(self.Commission._balances(firm, self.company), {firm: 300.0})
        self.assertSettled()

    def test_credit_runs_from_the_day_it_can_be_spent(self):
        payout = self._draft("credit")
        payout.date = "2026-01-10"
        payout.action_post()
        self.assertEqual(str(payout._credit_lot().date_expiry), "2028-03-15")

    def test_what_has_expired_cannot_be_taken_back(self):
        payout = self._payout(100.0)
        with freeze_time("2029-01-01"):
            payout.sudo().card_id._expire_due()
            with self.assertRefused(UserError, r"0\.00 .* is left.* spent or expired"):
                payout.action_cancel()

    def test_what_is_spent_cannot_be_taken_back(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        payout.sudo().card_id._change_points(-20.0, "spent", self.order)
        with self.assertRefused(UserError, r"100\.00.*less than.*120\.00: the rest is spent"):
            payout.action_cancel()

    def test_a_payment_cancelled_later_makes_cancelling_possible_again(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0, "cash")
        payment = self._pay(payout.bill_id)
        with self.assertRefused(UserError, "is paid: cancel the payment first"):
            payout.action_cancel()
        payment.action_draft()
        payment.action_cancel()
        payout.action_cancel()
        self.assertBalance(self.A, 300.0)
        self.assertSettled()

    def test_nobody_opens_a_bill_again_that_credit_or_its_reversal_settles(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        taken_back = self._payout(50.0, "cash")
        taken_back.action_cancel()
        for bill in (payout.bill_id, taken_back.bill_id):
            lines = bill.line_ids.with_user(self.biller)
            partial = (lines.matched_debit_ids | lines.matched_credit_ids)[:1]
            for opens in (
                lines.remove_move_reconcile,
                lambda partial=partial, bill=bill: bill.with_user(
                    self.biller
                ).js_remove_outstanding_partial(partial.id),
            ):
                with self.assertRefused(UserError, "Cancel the payout"):
                    opens()
            self.assertEqual(bill.amount_residual, 0.0)
        paid = self._payout(50.0, "cash")
        self._pay(paid.bill_id)
        paid.bill_id.line_ids.with_user(self.biller).remove_move_reconcile()
        self.assertEqual(paid.bill_id.payment_state, "not_paid")

    def test_credit_whose_bill_was_paid_in_money_too_is_not_taken_back(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        lines = payout.bill_id.line_ids.sudo()
        lines.with_context(aftersales_payout_cancel=True).remove_move_reconcile()
        self._pay(payout.bill_id)
        with self.assertRefused(UserError, "is paid: cancel the payment first"):
            payout.action_cancel()

    # --- Core's withholding on payment ---------------------------------------------------------

    def _withheld_on_payment(self, **vals):
        if "is_withholding_tax_on_payment" not in self.env["account.tax"]._fields:
            self.skipTest("l10n_account_withholding_tax is not installed")
        sequence = self.env["ir.sequence"].create({"name": "Certificates", "prefix": "WH"})
        vals = {"withholding_sequence_id": sequence.id, **vals}
        return self._tax(
            "Withheld 15", -15.0, self.owed_tax, is_withholding_tax_on_payment=True, **vals
        )

    def test_core_withholds_when_the_bill_is_paid(self):
        tax = self._withheld_on_payment()
        self._become("self_employed", self.vat20 | tax)
        payout = self._payout(100.0, "cash")
        self.assertItems(
            payout.bill_id,
            self._item(self.A, 100.0),
            self._item(self.input_vat, 20.0, self.vat20),
            self._item(self.AP, -120.0),
        )
        outstanding = self._account("Outstanding", "OUTST", "asset_current")
        payment = self._pay(payout.bill_id, withholding_outstanding_account_id=outstanding.id)
        balances = {}
        for line in payment.move_id.line_ids:
            balances[line.account_id] = round(balances.get(line.account_id, 0) + line.balance, 2)
        self.assertEqual(
            {account: balance for account, balance in balances.items() if balance},
            {self.AP: 120.0, outstanding: -105.0, self.owed_tax: -15.0},
        )
        self.assertSettled()
        figures = self.env["aftersales.year.statement"].search(
            [("referrer_id", "=", self.referrer.id)]
        )
        self.assertRecordValues(
            figures,
            [{"cash_net": 100.0, "cash_tax": 20.0, "cash_withheld": 15.0, "cash_total": 105.0}],
        )

    def test_store_credit_withholds_what_core_s_payment_would(self):
        tax = self._withheld_on_payment()
        self._become("self_employed", self.vat20 | tax)
        payout = self._payout(100.0)
        balances = {}
        for line in payout.move_id.line_ids:
            balances[line.account_id] = round(balances.get(line.account_id, 0) + line.balance, 2)
        self.assertEqual(
            {account: balance for account, balance in balances.items() if balance},
            {self.AP: 120.0, self.L: -105.0, self.owed_tax: -15.0},
        )
        self.assertEqual((payout.card_id.points, payout.bill_payment_state), (105.0, "paid"))
        self.assertEqual(self.Commission.sudo()._store_credit_accounts(self.company), self.L)
        self.assertSettled()
        figures = self.env["aftersales.year.statement"].search(
            [("referrer_id", "=", self.referrer.id)]
        )
        self.assertRecordValues(
            figures, [{"credit_tax": 20.0, "credit_withheld": 15.0, "credit_total": 105.0}]
        )
        payout.action_cancel()
        self.assertBalance(self.owed_tax, 0.0)
        self.assertBalance(self.L, 0.0)
        self.assertSettled()

    def test_store_credit_needs_a_number_for_what_is_withheld(self):
        self._become("self_employed", self._withheld_on_payment(withholding_sequence_id=False))
        draft = self._draft("credit")
        with self.assertRefused(UserError, "has no withholding sequence, which store credit needs"):
            draft.action_post()
