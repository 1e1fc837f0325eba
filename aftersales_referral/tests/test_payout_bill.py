# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_payout_tax import PayoutTaxCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutBill(PayoutTaxCase):
    """Rewards paid in money: the bill, its taxes and days, line by line (86; design §6)."""

    # --- Money ---------------------------------------------------------------------------------

    def test_money_for_a_private_person_is_taken_from_what_is_owed(self):
        self._become("individual")
        bill = self._payout(100.0, "cash").bill_id
        self.assertItems(bill, self._item(self.A, 100.0), self._item(self.AP, -100.0))
        self.assertSettled()

    def test_a_business_gets_vat_on_top_and_is_paid_gross(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0, "cash")
        bill = payout.bill_id
        self.assertItems(
            bill,
            self._item(self.A, 100.0),
            self._item(self.input_vat, 20.0, self.vat20),
            self._item(self.AP, -120.0),
        )
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.vat20)
        payment = self._pay(bill)
        self.assertEqual((payment.amount, payout.bill_payment_state), (120.0, bill.payment_state))
        self.assertIn(bill.payment_state, ("paid", "in_payment"))
        self.assertSettled()

    def test_a_tax_on_the_bill_can_be_withheld(self):
        self._become("self_employed", self.vat20 | self.withheld10)
        bill = self._payout(100.0, "cash").bill_id
        self.assertItems(
            bill,
            self._item(self.A, 100.0),
            self._item(self.input_vat, 20.0, self.vat20),
            self._item(self.owed_tax, -10.0, self.withheld10),
            self._item(self.AP, -110.0),
        )
        self.assertSettled()

    def test_taxes_included_in_prices_do_not_lower_the_reward(self):
        included = self._tax(
            "VAT 19 in price", 19.0, self.input_vat, price_include_override="tax_included"
        )
        self._become("business", included)
        for amount, tax in ((100.01, 19.0), (0.03, 0.01), (33.33, 6.33)):
            bill = self._payout(amount, "cash").bill_id
            self.assertItems(
                bill,
                self._item(self.A, amount),
                self._item(self.input_vat, tax, included),
                self._item(self.AP, -round(amount + tax, 2)),
            )
        self.assertSettled()

    def test_the_fiscal_position_decides_about_the_tax(self):
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        reverse = self._tax("Reverse 20", 20.0, self.input_vat)
        reverse.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": self.vat20.ids})
        self._become("business", self.vat20)
        self.referrer.property_account_position_id = abroad
        bill = self._payout(100.0, "cash").bill_id
        self.assertEqual(bill.invoice_line_ids.tax_ids, reverse)
        self.assertEqual(bill.fiscal_position_id, abroad)
        nothing = self.env["account.fiscal.position"].create({"name": "No taxes"})
        self.referrer.property_account_position_id = nothing
        self.assertItems(
            self._payout(50.0, "cash").bill_id,
            self._item(self.A, 50.0),
            self._item(self.AP, -50.0),
        )
        credit = self._payout(50.0)
        self.assertFalse(credit.bill_id)
        self.assertSettled()

    def test_the_bill_is_core_s_in_everything_else(self):
        self._become("business", self.vat20)
        bank = self.env["res.partner.bank"].create(
            {"partner_id": self.referrer.id, "acc_number": "DE02120300000000202051"}
        )
        terms = self.env.ref("account.account_payment_term_30days")
        self.referrer.property_supplier_payment_term_id = terms
        self.assertTrue(self.company.aftersales_self_billing_journal_id.is_self_billing)
        payout = self._payout(100.0, "cash")
        bill = payout.bill_id
        self.assertRecordValues(
            bill,
            [
                {
                    "journal_id": self.company.aftersales_self_billing_journal_id.id,
                    "ref": payout.name,
                    "payment_reference": payout.name,
                    "invoice_date": fields.Date.to_date(TODAY),
                    "date": fields.Date.to_date(TODAY),
                    "invoice_date_due": fields.Date.to_date("2027-04-14"),
                    "partner_bank_id": bank.id,
                    "currency_id": self.company.currency_id.id,
                    "amount_untaxed": 100.0,
                    "amount_total": 120.0,
                }
            ],
        )
        self.assertEqual(bill.invoice_line_ids.name, f"Referral reward, payout {payout.name}")
        self.assertRegex(bill.name, r"^ASB\d+/2027/03/0001$")
        self.assertFalse(payout.bill_note)

    def test_without_a_bank_account_it_is_said_and_posted_all_the_same(self):
        self._become("individual")
        payout = self._payout(100.0, "cash", post=False)
        self.assertIn("No bank account of Rita Referrer is known", payout.bill_note)
        payout.action_post()
        self.assertIn("No bank account of Rita Referrer is known", payout.bill_note)
        self._pay(payout.bill_id)
        self.assertFalse(payout.bill_note)
        self.assertFalse(self._payout(50.0).bill_note)

    def test_the_statement_goes_with_the_bill(self):
        self._become("individual")
        first = self._payout(100.0, "cash")
        self.assertRecordValues(
            first.statement_id,
            [
                {
                    "referrer_id": self.referrer.id,
                    "date_to": fields.Date.to_date(TODAY),
                    "closing_balance": 200.0,
                }
            ],
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", first.bill_id.id)]
        )
        self.assertEqual(len(files), 1)
        self.assertIn("Rewards 2027-03-15 to 2027-03-15", files.name)
        self.assertIn(b"Paid out", files.raw)
        with freeze_time("2027-04-20"):
            second = self._payout(50.0, "cash")
        self.assertEqual(
            (str(second.statement_id.date_from), str(second.statement_id.date_to)),
            ("2027-03-16", "2027-04-20"),
        )

    def test_statements_of_many_payouts_are_printed_by_the_cron(self):
        self._become("individual")
        payouts = self.env["aftersales.payout"].union(
            *(self._draft("cash", amount=10.0) for _number in range(6))
        )
        payouts.action_post()
        later = self._draft("cash", amount=10.0)
        later.with_context(aftersales_statement_later=True).action_post()
        self.assertFalse((payouts | later).statement_id)
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_attach_statements").method_direct_trigger()
        for payout in payouts | later:
            self.assertEqual(len(payout.bill_id.attachment_ids), 1)
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_attach_statements").method_direct_trigger()
        self.assertEqual(len((payouts | later).bill_id.attachment_ids), 7)

    def test_a_bill_taken_back_gets_no_statement_and_nobody_removes_one(self):
        self._become("individual")
        payout = self._payout(100.0, "cash")
        with self.assertRefused(UserError, "use the buttons"):
            payout.with_user(self.accountant).statement_id = False
        payout.sudo().statement_id = False
        payout.action_cancel()
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_attach_statements").method_direct_trigger()
        self.assertFalse(payout.statement_id)

    def test_a_statement_that_cannot_be_printed_stops_no_payout(self):
        self._become("individual")
        template = self.env.ref("aftersales_referral.statement_report_document")
        with self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"):
            broken = template.arch_db
            template.arch_db = broken.replace("doc._hold()", "doc.nothing_like_it()")
            payout = self._payout(100.0, "cash")
        self.assertEqual((payout.state, payout.statement_id.ids), ("posted", []))
        template.arch_db = broken
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_attach_statements").method_direct_trigger()
        self.assertTrue(payout.statement_id)

    # --- Paid by core --------------------------------------------------------------------------

    def test_bills_of_two_referrers_are_paid_in_one_batch(self):
        other = self.env["res.partner"].create({"name": "Otto Other"})
        self._contract(other, self.plan)
        neighbour = self.env["res.partner"].create({"name": "Nina"})
        self._pay(self._invoice(self._order(partner=neighbour, referrer=other)))
        self._become("business", self.vat20)
        self._become("individual", partner=other)
        first, second, third = (
            self._payout(100.0, "cash"),
            self._payout(50.0, "cash"),
            self._payout(70.0, "cash", referrer=other),
        )
        bills = (first | second | third).bill_id
        payments = self._pay(bills, group_payment=True)
        self.assertEqual(sorted(payments.mapped("amount")), [70.0, 180.0])
        for payout in (first, second, third):
            self.assertIn(payout.bill_payment_state, ("paid", "in_payment"))
        self.assertSettled()

    def test_a_part_payment_shows_on_the_payout(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0, "cash")
        self._pay(payout.bill_id, 50.0)
        self.assertEqual(payout.bill_payment_state, "partial")
        with self.assertRefused(UserError, "is paid: cancel the payment first"):
            payout.action_cancel()
        self._pay(payout.bill_id)
        self.assertIn(payout.bill_payment_state, ("paid", "in_payment"))
        self.assertSettled()

    # --- Closed periods ------------------------------------------------------------------------

    def test_nothing_enters_a_closed_period(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("business", self.vat20)
        self.company.fiscalyear_lock_date = "2027-03-20"
        cash, credit = self._payout(100.0, "cash"), self._payout(100.0)
        for entry in (cash.bill_id, credit.bill_id, credit.move_id):
            self.assertEqual((entry.state, str(entry.date)), ("posted", "2027-03-21"))
        self.assertEqual(str(cash.bill_id.invoice_date), TODAY)
        for payout in (cash, credit):
            payout.action_cancel()
        reversals = (cash.bill_id | credit.bill_id | credit.move_id).reversal_move_ids
        self.assertEqual({str(entry.date) for entry in reversals}, {"2027-03-21"})
        self.assertSettled()

    def test_taxes_stay_out_of_a_tax_return_that_was_filed(self):
        self.company.tax_lock_date = "2027-03-31"
        self._become("individual")
        self.assertEqual(str(self._payout(50.0, "cash").bill_id.date), TODAY)
        self._become("business", self.vat20)
        payout = self._payout(50.0, "cash")
        self.assertEqual(
            (str(payout.bill_id.date), str(payout.bill_id.invoice_date)), ("2027-04-01", TODAY)
        )
        payout.action_cancel()
        self.assertEqual(str(payout.bill_id.reversal_move_ids.date), "2027-04-01")
        self.company.tax_lock_date = "2027-02-10"
        backdated = self._draft("cash", amount=50.0)
        backdated.date = "2027-01-20"
        backdated.action_post()
        self.assertEqual(
            (str(backdated.bill_id.date), str(backdated.bill_id.invoice_date)),
            ("2027-02-11", "2027-01-20"),
        )
        self.assertSettled()

    def test_a_closed_purchase_journal_moves_the_bill_only(self):
        self.company.purchase_lock_date = "2027-03-17"
        self._become("business", self.vat20)
        payout = self._payout(50.0)
        self.assertEqual(
            (str(payout.bill_id.date), str(payout.move_id.date)), ("2027-03-18", TODAY)
        )
