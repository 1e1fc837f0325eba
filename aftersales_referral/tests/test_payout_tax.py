from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


class PayoutTaxCase(ReferralCommon):
    """300 earned, and taxes on rewards: VAT of businesses, what is withheld from others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order((cls.goods_untaxed, 2000.0))
        cls._pay(cls._invoice(cls.order))  # 300 earned
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.AP = cls.referrer.property_account_payable_id
        cls.input_vat = cls._account("Input VAT", "INVAT", "asset_current")
        cls.owed_tax = cls._account("Withholding Payable", "WHPAY", "liability_current")
        cls.vat20 = cls._tax("Input VAT 20", 20.0, cls.input_vat)
        cls.withheld10 = cls._tax("Withheld 10", -10.0, cls.owed_tax)

    @classmethod
    def _account(cls, name, code, kind):
        return cls.env["account.account"].create({"name": name, "code": code, "account_type": kind})

    @classmethod
    def _tax(cls, name, amount, account, **vals):
        parts = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
                **vals,
            }
        )

    @classmethod
    def _become(cls, status, taxes=None, partner=None):
        """Let the referrer have this tax status, and all that is asked for; taxes of it too."""
        partner = partner or cls.referrer
        partner.write(
            {
                "referral_tax_status": status,
                "vat": False if status == "individual" else "TAX-4711",
                "referral_self_billing_date": "2027-01-01",
            }
        )
        if taxes is not None:
            cls.company[f"aftersales_{status}_tax_ids"] = taxes

    def assertItems(self, move, *expected):
        """Check the items of ``move``: (account, partner, tax, balance), in any order."""
        found = [
            (line.account_id, line.partner_id, line.tax_line_id, round(line.balance, 2))
            for line in move.line_ids
        ]
        self.assertCountEqual(found, expected)

    def _item(self, account, balance, tax=None, partner=None):
        return account, partner or self.referrer, tax or self.env["account.tax"], balance

    def assertSettled(self):
        self.assertInvariants()
        checker = self.Commission.sudo()
        found = [
            one.text for _k, compare in checker._comparisons() for one in compare(self.company)
        ]
        self.assertEqual(found, [])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutTax(PayoutTaxCase):
    """What is asked first, which entries follow, line by line (requirements 74, 86; design §6)."""

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

    def _draft(self, method, referrer=None, amount=100.0):
        return self.env["aftersales.payout"].create(
            {"referrer_id": (referrer or self.referrer).id, "method": method, "amount": amount}
        )

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
        with self.assertLogs("odoo.addons.aftersales_referral", "ERROR"):
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
