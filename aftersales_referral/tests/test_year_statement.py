# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_payout_tax import PayoutTaxCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestYearStatement(PayoutTaxCase):
    """What was paid to whom in a calendar year, for tax returns (requirement 86)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referrer.email = "rita@example.com"
        cls.Year = cls.env["aftersales.year.statement"].with_user(cls.accountant)

    def _years(self, referrer=None):
        self.env.flush_all()
        self.env.invalidate_all()  # as in the next request: it is no table
        return self.Year.search([("referrer_id", "=", (referrer or self.referrer).id)])

    def _second_referrer(self):
        other = self.env["res.partner"].create({"name": "Otto Other"})
        self._contract(other, self.plan)
        neighbour = self.env["res.partner"].create({"name": "Nina"})
        self._pay(self._invoice(self._order(partner=neighbour, referrer=other)))
        self._become("individual", partner=other)
        return other

    # --- Figures -------------------------------------------------------------------------------

    def test_a_year_says_what_was_earned_and_paid_and_with_which_taxes(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("business", self.vat20 | self.withheld10)
        self._payout(100.0, "cash")
        self._payout(50.0)
        self.assertRecordValues(
            self._years(),
            [
                {
                    "year": "2027",
                    "earned": 300.0,
                    "adjusted": 0.0,
                    "cash_net": 100.0,
                    "cash_tax": 20.0,
                    "cash_withheld": 10.0,
                    "cash_total": 110.0,
                    "credit_net": 50.0,
                    "credit_bonus": 5.0,
                    "credit_tax": 10.0,
                    "credit_withheld": 5.0,
                    "credit_total": 60.0,
                    "expired": 0.0,
                    "reported": 155.0,
                    "tax_status": "business",
                    "tax_id": "TAX-4711",
                    "agreement_date": fields.Date.to_date("2027-01-01"),
                }
            ],
        )
        card = self.env["aftersales.payout"].search([("method", "=", "credit")]).card_id
        self.assertEqual(card.points, 60.0)

    def test_a_tax_that_is_due_and_deducted_at_once_is_neither_added_nor_withheld(self):
        parts = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": self.input_vat.id}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": -100,
                    "account_id": self.owed_tax.id,
                }
            ),
        ]
        reverse = self.env["account.tax"].create(
            {
                "name": "Reverse charge",
                "amount": 20.0,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
            }
        )
        self._become("business", reverse)
        payout = self._payout(100.0, "cash")
        self.assertItems(
            payout.bill_id,
            self._item(self.A, 100.0),
            self._item(self.input_vat, 20.0, reverse),
            self._item(self.owed_tax, -20.0, reverse),
            self._item(self.AP, -100.0),
        )
        self.assertRecordValues(
            self._years(), [{"cash_net": 100.0, "cash_tax": 0.0, "cash_withheld": 0.0}]
        )
        self._payout(100.0)
        self.assertSettled()

    def test_a_payout_cancelled_in_another_year_counts_negative_there(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self._become("business", self.vat20 | self.withheld10)
        for payout in (self._payout(100.0, "cash"), self._payout(100.0)):
            with freeze_time("2028-02-01"):
                payout.action_cancel()
        amounts = {
            "cash_net": 100.0,
            "cash_tax": 20.0,
            "cash_withheld": 10.0,
            "cash_total": 110.0,
            "credit_net": 100.0,
            "credit_bonus": 10.0,
            "credit_tax": 20.0,
            "credit_withheld": 10.0,
            "credit_total": 120.0,
            "reported": 210.0,
        }
        self.assertRecordValues(
            self._years(),
            [
                {"year": "2028", **{name: -amount for name, amount in amounts.items()}},
                {"year": "2027", **amounts},
            ],
        )

    def test_companies_and_referrers_have_rows_of_their_own(self):
        other = self._second_referrer()
        self._payout(30.0, referrer=other)
        self._payout(20.0)
        self.assertEqual(self._years(other).reported, 30.0)
        self.assertEqual(self._years().reported, 20.0)
        company = self.setup_other_company(name="Elsewhere")["company"]
        self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": company.id,
                "date": TODAY,
                "available_date": TODAY,
                "amount": 7.0,
                "key": "elsewhere",
            }
        )
        self.assertEqual(self._years().company_id, self.company)  # of the accountant's company

    def test_the_list_can_be_summed_sorted_and_exported(self):
        other = self._second_referrer()
        self._payout(30.0, referrer=other)
        self._payout(20.0)
        mine = [("referrer_id", "in", (self.referrer | other).ids)]
        self.env.flush_all()
        self.assertEqual(
            self.Year._read_group(mine, ["year"], ["reported:sum", "earned:sum"]),
            [("2027", 50.0, 450.0)],
        )
        self.assertEqual(
            self.Year.search(mine, order="reported").referrer_id.ids, [self.referrer.id, other.id]
        )
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        rows = self.Year.search(mine, order="reported desc").export_data(
            ["referrer_id", "year", "tax_status", "reported"]
        )["datas"]
        self.assertEqual(
            rows,
            [
                ["Otto Other", "2027", "Private person", 30.0],
                ["Rita Referrer", "2027", "Private person", 20.0],
            ],
        )

    def test_what_expired_is_told(self):
        payout = self._payout(100.0).sudo()
        with freeze_time("2028-03-20"):
            payout.card_id._take(
                payout.card_id.aftersales_lot_ids, 40.0, "expired", "Expired", payout
            )
        self.assertEqual(
            [(row.year, row.expired, row.credit_total) for row in self._years()],
            [("2028", 40.0, 0.0), ("2027", 0.0, 100.0)],
        )

    # --- The threshold -------------------------------------------------------------------------

    def test_the_payout_that_reaches_the_threshold_says_so(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        self.company.aftersales_year_threshold = 155.0
        self._payout(100.0)  # 110 with its bonus
        below = self._payout(40.9, post=False)
        reaching = self._payout(40.91, post=False)
        self.assertEqual(below._year_warning(), "")  # 154.99
        self.assertRegex(
            reaching._year_warning(),
            r"^Paid to Rita Referrer in 2027, with this payout: .*155\.00\. .* from .*155\.00 on",
        )
        self.assertFalse(self._years().above_threshold)
        reaching.action_post()
        self.assertTrue(self._years().above_threshold)
        self.assertEqual(
            self.Year.search([("above_threshold", "=", True)]).referrer_id, self.referrer
        )
        self.assertIn("155.00", reaching._year_warning())
        reaching.action_cancel()
        self.assertEqual(reaching._year_warning(), "")
        self.assertEqual(below._year_warning(), "")
        self.assertFalse(self._years().above_threshold)
        with freeze_time("2028-01-02"):
            self.assertEqual(self._payout(41.0, post=False)._year_warning(), "")

    def test_a_company_and_its_branch_reach_the_threshold_together(self):
        self.company.aftersales_year_threshold = 100.0
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # loads the branch's share of the chart
        self.env.user.company_ids |= branch
        self.accountant.company_ids |= branch
        self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": branch.id,
                "date": TODAY,
                "available_date": TODAY,
                "amount": 50.0,
                "key": "north",
            }
        )
        self._payout(60.0)
        self.assertFalse(any(self._years().mapped("above_threshold")))
        there = self.env["aftersales.payout"].create(
            {
                "referrer_id": self.referrer.id,
                "method": "credit",
                "amount": 40.0,
                "company_id": branch.id,
            }
        )
        self.assertRegex(there._year_warning(), r"in 2027, with this payout: .*100\.00")
        there.action_post()
        rows = self._years()
        self.assertEqual(sorted(rows.mapped("reported")), [40.0, 60.0])
        self.assertEqual(rows.mapped("above_threshold"), [True, True])

    def test_without_a_threshold_nobody_is_warned(self):
        self.assertEqual(self._payout(300.0)._year_warning(), "")
        self.assertFalse(self._years().above_threshold)

    # --- Printed and mailed --------------------------------------------------------------------

    def _html(self, statement):
        report = self.env["ir.actions.report"].with_user(self.accountant)
        name = "aftersales_referral.statement_report"
        html = report._render_qweb_html(name, statement.ids)[0].decode()
        return " ".join(html.replace("\xa0", " ").split())

    def test_the_statement_of_a_year_has_a_part_for_the_tax_return(self):
        self._become("business", self.vat20 | self.withheld10)
        self._payout(100.0, "cash")
        statement = self._years()._statements()
        self.assertEqual(
            (str(statement.date_from), str(statement.date_to)), ("2027-01-01", "2027-12-31")
        )
        self.assertEqual(self._years()._statements(), statement)
        html = self._html(statement)
        for words in (
            "Your rewards in 2027", "For your tax return", "VAT added", "Withheld and paid",
            "110.00", "Business", "TAX-4711", "January 1, 2027",
        ):  # fmt: skip
            self.assertIn(words, html)
        self.assertEqual(statement._get_statement_filename(), "Rewards 2027")

    def test_another_period_has_none(self):
        self._payout(100.0)
        statement = self.env["aftersales.statement"]._of(
            self.referrer,
            self.company,
            fields.Date.to_date("2027-01-01"),
            fields.Date.to_date("2027-12-30"),
        )
        self.assertEqual(statement._year(), "")
        self.assertNotIn("For your tax return", self._html(statement))

    def test_statements_of_a_year_are_mailed_to_all(self):
        other = self._second_referrer()
        other.email = "otto@example.com"
        self._payout(30.0, referrer=other)
        self._payout(20.0)
        action = (self._years() | self._years(other)).action_send()
        self.assertEqual(action["params"]["message"], "Statements mailed: 2.")
        statement = self._years(other)._statements()
        message = statement.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, other)
        self.assertEqual(message.attachment_ids.name, "Rewards 2027.html")

    def test_only_who_reads_the_whole_ledger_reads_years(self):
        self._payout(20.0)
        year = self._years()
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                year.with_user(user).read(["reported"])
        self.assertEqual(year.read(["reported"])[0]["reported"], 20.0)

    # --- The contact ---------------------------------------------------------------------------

    def test_the_contact_s_form_asks_on_the_company_that_is_paid(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": firm.id})
        with Form(firm) as form:
            form.referral_tax_status = "business"
        self.assertEqual(firm.referral_tax_status, "business")
        with self.assertRaises(AssertionError), Form(contact) as form:
            form.referral_tax_status = "individual"
