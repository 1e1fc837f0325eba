# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_payout_tax import PayoutTaxCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTaxData(PayoutTaxCase):
    """What is asked before the first payout, and settings that cannot be booked (86)."""

    # --- Asked before the first payout ---------------------------------------------------------

    def test_new_contacts_have_no_tax_status(self):
        self.assertFalse(self.env["res.partner"].create({"name": "New"}).referral_tax_status)

    def test_everything_missing_is_asked_in_one_sentence(self):
        self.referrer.write({"referral_tax_status": False, "vat": False})
        draft = self._draft("cash")
        self.assertEqual(
            draft._what_is_missing(),
            "Rita Referrer: enter the tax status and the day of the self-billing agreement on the "
            "contact, tab Referral, before paying out.",
        )
        self.referrer.referral_tax_status = "business"
        for vat in (False, "/", " na "):
            self.referrer.vat = vat
            self.assertIn(
                "enter the tax ID and the day of the self-billing agreement on",
                draft._what_is_missing(),
            )
        with self.assertRefused(UserError, "the tax ID and the day"):
            draft.action_post()
        self.assertEqual(draft.state, "draft")
        self._become("business")
        self.assertEqual(draft._what_is_missing(), "")
        draft.action_post()
        self.assertSettled()

    def test_store_credit_asks_for_the_agreement_only_where_a_bill_is_written(self):
        self.referrer.referral_tax_status = False
        draft = self._draft("credit")
        self.assertIn("enter the tax status on the contact", draft._what_is_missing())
        self.referrer.referral_tax_status = "individual"
        self.assertEqual(draft._what_is_missing(), "")
        self.company.aftersales_individual_tax_ids = self.withheld10
        self.assertIn("the day of the self-billing agreement", draft._what_is_missing())

    def test_a_contact_s_company_is_asked(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": firm.id})
        self.assertIn(
            "Firm: enter the tax status", self._draft("credit", contact)._what_is_missing()
        )

    def test_who_agrees_later_is_paid_later(self):
        self.referrer.referral_self_billing_date = "2027-03-16"
        draft = self._draft("cash")
        self.assertIn("agreed to self-billing on 03/16/2027 only", draft._what_is_missing())
        draft.date = "2027-03-16"
        self.assertEqual(draft._what_is_missing(), "")

    def test_an_accountant_enters_what_is_asked(self):
        """Accountants pay referrers, but may not change contacts otherwise."""
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.referrer.id})
        self.referrer.write({"is_company": True, "referral_tax_status": False})
        draft = self._draft("cash", contact).with_user(self.accountant)
        self.assertIn("Rita Referrer: enter the tax status", draft.missing_note)
        TaxData = self.env["aftersales.tax.data"].with_user(self.accountant)
        data = TaxData.create({"partner_id": contact.id})
        data.write({"tax_status": "business", "tax_id": "X1", "agreement_date": TODAY})
        data.action_save()
        self.assertRecordValues(
            self.referrer,
            [
                {
                    "referral_tax_status": "business",
                    "vat": "X1",
                    "referral_self_billing_date": fields.Date.to_date(TODAY),
                }
            ],
        )
        again = TaxData.create({"partner_id": contact.id})
        self.assertEqual((again.tax_status, again.tax_id), ("business", "X1"))
        draft.invalidate_recordset(["missing_note"])
        self.assertFalse(draft.missing_note)
        with self.assertRaises(AccessError):
            self.env["aftersales.tax.data"].with_user(self.salesperson).create(
                {"partner_id": self.referrer.id}
            )
        with self.assertRefused(AccessError, "Only an accountant"):
            data.with_user(self.biller).action_save()

    def test_tax_data_without_a_status_are_not_saved(self):
        data = self.env["aftersales.tax.data"].with_user(self.accountant)
        data = data.new({"partner_id": self.referrer.id, "tax_status": False})
        with self.assertRefused(UserError, "Choose the tax status"):
            data.action_save()

    def test_the_form_says_once_what_is_missing(self):
        self.referrer.referral_tax_status = False
        draft = self._draft("credit", amount=300.0)
        self.assertIn("enter the tax status", draft.missing_note)
        self.assertFalse(draft.warning)
        self.referrer.active = False
        draft.invalidate_recordset()
        self.assertIn("is archived", draft.missing_note)
        self.assertFalse(draft.warning)

    def test_the_screen_of_tax_data_saves_what_is_entered(self):
        TaxData = self.env["aftersales.tax.data"].with_user(self.accountant)
        form = Form(TaxData.with_context(default_partner_id=self.referrer.id))
        form.tax_status = "self_employed"
        form.tax_id = "X2"
        form.save().action_save()
        self.assertEqual(self.referrer.referral_tax_status, "self_employed")
        self.assertEqual(self.referrer.vat, "X2")

    def test_tax_data_of_another_company_s_contact_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        owner = self.env["res.partner"].create(
            {"name": "Ola", "is_company": True, "company_id": other.id, "vat": "X9"}
        )
        contact = self.env["res.partner"].create({"name": "Kim", "parent_id": owner.id})
        contact.company_id = False
        TaxData = self.env["aftersales.tax.data"].with_user(self.accountant)
        for partner in owner | contact:
            with self.subTest(partner=partner.name), self.assertRaises(AccessError):
                TaxData.create({"partner_id": partner.id})
            with self.subTest(shown=partner.name), self.assertRaises(AccessError):
                TaxData.onchange({"partner_id": partner.id}, [], {"partner_id": {}, "tax_id": {}})

    def test_an_archived_contact_is_not_paid(self):
        draft = self._draft("credit")
        self.referrer.active = False
        with self.assertRefused(UserError, "Rita Referrer is archived"):
            draft.action_post()
        self.assertSettled()

    def test_another_company_s_contact_is_not_paid(self):
        draft = self._draft("credit")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.referrer.company_id = other
        with self.assertRefused(UserError, "belongs to Elsewhere and cannot be paid by"):
            draft.action_post()
        self.referrer.company_id = self.company
        draft.action_post()

    # --- Bad settings --------------------------------------------------------------------------

    def test_taxes_that_cannot_be_booked_are_refused_in_words(self):
        self._become("business")
        draft = self._draft("cash")
        no_account = self.env["account.tax"].create(
            {"name": "No account", "amount": 5.0, "type_tax_use": "purchase"}
        )
        archived = self.vat20.copy({"name": "Old VAT"})
        self.company.aftersales_business_tax_ids = archived
        archived.active = False
        with self.assertRefused(UserError, "“Old VAT” on rewards of .* is archived"):
            draft.action_post()
        self.company.aftersales_business_tax_ids = no_account
        with self.assertRefused(UserError, "“No account” .* has a part without account"):
            draft.action_post()
        self.company.aftersales_business_tax_ids = self.vat
        with self.assertRefused(UserError, "is a tax of sales"):
            draft.action_post()
        self.company.aftersales_business_tax_ids = self._tax("On what is owed", 20.0, self.A)
        with self.assertRefused(UserError, r"would book .*120\.00 on .* instead of .*100\.00"):
            draft.action_post()
        self.assertEqual((draft.state, draft.bill_id.ids), ("draft", []))
        self.assertSettled()

    def test_missing_and_archived_accounts_and_journals_are_refused_in_words(self):
        self._become("individual")
        draft = self._draft("cash")
        journal = self.company.aftersales_self_billing_journal_id
        journal.active = False
        with self.assertRefused(UserError, "Self-Billing Journal cannot be .*active, not archived"):
            draft.action_post()
        journal.active = True
        self.company.aftersales_self_billing_journal_id = False
        with self.assertRefused(UserError, "set Self-Billing Journal under"):
            draft.action_post()
        self.company.aftersales_self_billing_journal_id = journal
        draft.action_post()
        self.assertSettled()

    def test_a_posted_bill_is_not_changed_by_hand(self):
        self._become("business", self.vat20)
        bill = self._payout(100.0, "cash").bill_id
        line = bill.invoice_line_ids
        for record, change in (
            (bill, {"ref": "Mine"}),
            (bill, {"invoice_date": "2027-01-01"}),
            (line, {"price_unit": 1.0}),
            (line, {"tax_ids": [Command.clear()]}),
        ):
            with self.assertRefused(UserError, "belongs to the commission ledger"):
                record.write(change)
        for button in ("button_draft", "button_cancel", "_reverse_moves"):
            with self.assertRefused(UserError, "belongs to the commission ledger"):
                getattr(bill, button)()
        bill.partner_bank_id = self.env["res.partner.bank"].create(
            {"partner_id": self.referrer.id, "acc_number": "123"}
        )
        self.assertSettled()

    def test_a_company_in_another_currency_pays_in_its_own(self):
        company = self.setup_other_company(name="Kuwait", currency_id=self.env.ref("base.KWD").id)[
            "company"
        ]
        self.env.ref("base.KWD").active = True
        self.env.user.company_ids |= company
        row = self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": company.id,
                "date": TODAY,
                "available_date": TODAY,
                "amount": 100.005,
                "key": "kwd",
            }
        )
        row._post_entries()
        self._become("individual")
        for method, amount in (("cash", 50.003), ("credit", 50.002)):
            payout = self.env["aftersales.payout"].create(
                {
                    "referrer_id": self.referrer.id,
                    "method": method,
                    "amount": amount,
                    "company_id": company.id,
                }
            )
            payout.action_post()
            entry = payout.bill_id or payout.move_id
            self.assertEqual(entry.currency_id, company.currency_id)
            self.assertEqual(payout.commission_ids.amount, -amount)
        self.assertEqual(self.Commission._check_invariants(company), [])

    # --- Which accounts are whose --------------------------------------------------------------

    def test_only_what_lots_say_makes_an_account_one_of_store_credit(self):
        """Output VAT, withholding and counterparts are liabilities too, and are not mistaken."""
        self.input_vat.account_type = "liability_current"
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("business", self.vat20 | self.withheld10)
        payout = self._payout(100.0).sudo()
        old_books = self._account("Old Books", "OLDBK", "liability_current")
        opening = (
            self.env["account.move"]
            .sudo()
            .create(
                {
                    "journal_id": self.company.aftersales_commission_journal_id.id,
                    "aftersales_entry": "credit",
                    "line_ids": [
                        Command.create({"account_id": old_books.id, "balance": 70.0}),
                        Command.create({"account_id": self.L.id, "balance": -70.0}),
                    ],
                }
            )
        )
        opening._post(soft=False)
        payout.card_id._grant(70.0, "Opening", payout, kind="opening", move_id=opening.id)
        self.assertEqual(self.Commission.sudo()._store_credit_accounts(self.company), self.L)
        self.assertEqual(self.Commission.sudo()._accrued_accounts(self.company), self.A)
        self.assertSettled()

    def test_a_former_account_of_store_credit_is_remembered(self):
        self._payout(100.0)
        new = self._account("New credit", "NEWL", "liability_current")
        self.company.aftersales_store_credit_account_id = new
        self.assertEqual(self.Commission.sudo()._store_credit_accounts(self.company), self.L | new)
        self.assertSettled()
