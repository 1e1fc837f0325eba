# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_portal import EVERY_SCRIPT, what_runs

from .test_commission_ledger import FEBRUARY, JANUARY, MARCH, TODAY, LedgerCase

REPORT = "aftersales_referral.statement_report"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionStatement(LedgerCase):
    """What a referrer is told about his rewards, and what not (requirements 75, 79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.sudo().date_start = "2026-01-01"
        cls.referrer.email = "rita@example.com"
        cls.Statement = cls.env["aftersales.statement"].with_user(cls.accountant)

    def _statement(self, first=FEBRUARY, last=MARCH, referrer=None):
        return self.Statement._of(
            referrer or self.referrer,
            self.company,
            date.fromisoformat(first),
            date.fromisoformat(last),
        )

    def _html(self, statement):
        report = self.env["ir.actions.report"].with_user(self.accountant)
        return report._render_qweb_html(REPORT, statement.ids)[0].decode()

    def _wizard(self, referrers=None, **vals):
        referrers = self.referrer if referrers is None else referrers
        return (
            self.env["aftersales.statement.wizard"]
            .with_user(self.accountant)
            .create({"referrer_ids": [(6, 0, referrers.ids)], **vals})
        )

    # --- What it says --------------------------------------------------------------------------

    def test_it_goes_from_the_balance_before_to_the_balance_after(self):
        first = self._sell(JANUARY, "Nora North")  # 150 before
        self._sell("2027-02-10", "Olga Old", 400.0)  # 60 on the first day
        paid = self._pay_out("2027-02-20", 100.0)
        self._take_back(MARCH, first)  # on the last day
        self._sell("2027-03-11", "Pia Past")  # after
        statement = self._statement()
        self.assertEqual(
            [(str(line["date"]), line["text"], line["amount"], line["balance"])
             for line in statement._lines()],
            [
                ("2027-02-10", "Reward: Olga", 60.0, 210.0),
                ("2027-02-20", f"Paid out in store credit, {paid.name}", -100.0, 110.0),
                ("2027-03-10", "Reward taken back: Nora", -150.0, -40.0),
            ],
        )  # fmt: skip
        self.assertRecordValues(
            statement,
            [{"opening_balance": 150.0, "movement": -190.0, "closing_balance": -40.0}],
        )
        self.assertEqual(statement._available(), -40.0)

    def test_a_list_of_statements_reads_the_ledger_once(self):
        self._sell(JANUARY, "Nora")
        self._sell("2027-02-10", "Olga", 400.0)
        other = self.env["res.partner"].create({"name": "Otto Other"})
        statements = self._statement(JANUARY, "2027-01-31") | self._statement()
        statements |= self._statement(referrer=other)
        names = ["opening_balance", "movement", "closing_balance"]
        balances = [[one[name] for name in names] for one in statements]
        self.assertEqual(balances, [[0.0, 150.0, 150.0], [150.0, 60.0, 210.0], [0.0, 0.0, 0.0]])

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("movement")
            return self.env.cr.sql_log_count - before

        queries(statements)  # warms up what is cached for good
        self.assertEqual(queries(statements), queries(statements[0]))

    def test_what_is_on_hold_and_until_when(self):
        self._sell(FEBRUARY, "Nora")
        self.company.aftersales_hold_days = 30
        self._sell("2027-03-01", "Olga", 400.0)
        statement = self._statement(last=TODAY)
        self.assertEqual(
            statement._hold(), [{"text": "Can be paid out from March 31, 2027", "amount": 60.0}]
        )
        self.assertEqual((statement._available(), statement.closing_balance), (150.0, 210.0))

    def test_what_waits_for_its_goods_has_no_day_yet(self):
        self._sell(FEBRUARY, "Nora", ship=True)
        self.assertEqual(
            self._statement()._hold(),
            [{"text": "Can be paid out after everything is delivered", "amount": 150.0}],
        )

    def test_of_who_bought_only_the_first_name_is_told(self):
        order = self._sell(FEBRUARY, "Nora Northwood")
        html = self._html(self._statement())
        self.assertIn("Reward: Nora", html)
        for secret in ("Northwood", order.name, order.invoice_ids.name, "15.0", "VIP", "1,000"):
            self.assertNotIn(secret, html)

    def test_notes_for_colleagues_are_not_told(self):
        self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": self.company.id,
                "date": FEBRUARY,
                "available_date": FEBRUARY,
                "amount": -5.0,
                "note": "He shouted at Bill",
                "key": "note",
            }
        )
        html = self._html(self._statement())
        self.assertIn("Adjustment", html)
        self.assertNotIn("shouted", html)

    def test_it_speaks_the_referrer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.referrer.lang = "fr_FR"
        self._sell(FEBRUARY, "Nora")
        html = self._html(self._statement())
        self.assertIn("10 févr. 2027", html)
        self.assertNotIn("Feb 10, 2027", html)

    def test_a_period_that_still_runs_ends_today(self):
        statement = self._statement(last="2027-12-31")
        html = self._html(statement)
        self.assertIn("Mar 15, 2027", html)
        self.assertIn("Nothing was earned or paid out", html)

    def test_another_company_s_rewards_are_not_told(self):
        company = self.setup_other_company(name="Elsewhere")["company"]
        self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": company.id,
                "date": FEBRUARY,
                "available_date": FEBRUARY,
                "amount": 7.0,
                "key": "elsewhere",
            }
        )
        self._sell(FEBRUARY, "Nora")
        self.assertEqual(self._statement().closing_balance, 150.0)

    def test_a_contact_s_statement_is_his_company_s(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Con", "parent_id": firm.id})
        self.assertEqual(self._statement(referrer=contact).referrer_id, firm)

    # --- Asking for it -------------------------------------------------------------------------

    def test_the_same_period_is_the_same_statement(self):
        first, again = self._statement(), self._statement()
        self.assertEqual(first, again)
        self.assertNotEqual(first, self._statement(last=TODAY))

    def test_a_period_cannot_end_before_it_begins(self):
        with self.assertRefused(ValidationError, "cannot end before it begins"):
            self._statement(first=MARCH, last=FEBRUARY)

    def test_periods_are_chosen_by_name(self):
        form = Form(self.env["aftersales.statement.wizard"])
        for period, first, last in (
            ("this_year", "2027-01-01", TODAY),
            ("last_year", "2026-01-01", "2026-12-31"),
            ("this_quarter", "2027-01-01", TODAY),
            ("last_quarter", "2026-10-01", "2026-12-31"),
            ("this_month", "2027-03-01", TODAY),
            ("last_month", "2027-02-01", "2027-02-28"),
        ):
            form.period = period
            self.assertEqual(
                (period, str(form.date_from), str(form.date_to)), (period, first, last)
            )
        form.period = "other"
        form.date_from = "2027-02-03"
        self.assertEqual((str(form.date_from), str(form.date_to)), ("2027-02-03", "2027-02-28"))

    def test_without_names_everybody_with_rewards_or_a_balance_is_asked_for(self):
        other, silent = self._second_referrer(), self.env["res.partner"].create({"name": "Nil"})
        self._sell(JANUARY, "Nora")  # balance from before
        self._sell(FEBRUARY, "Olga", referrer=other)
        self._pay_out(FEBRUARY, 150.0, referrer=other)  # nothing left, but rows
        wizard = self._wizard(period="last_month", referrers=self.env["res.partner"])
        self.assertEqual(wizard._statements().referrer_id, self.referrer | other)
        self.assertNotIn(silent, wizard._statements().referrer_id)

    def test_several_are_opened_as_a_list(self):
        other = self.env["res.partner"].create({"name": "Olaf"})
        action = self._wizard(self.referrer | other).action_open()
        found = self.env["aftersales.statement"].search(action["domain"])
        self.assertEqual(found.referrer_id, self.referrer | other)

    def test_nobody_to_tell_anything_is_said(self):
        company = self.setup_other_company(name="Elsewhere")["company"]
        self.accountant.company_ids += company
        wizard = self._wizard(referrers=self.env["res.partner"])
        wizard.company_id = company
        with self.assertRefused(UserError, "Nobody had rewards"):
            wizard.action_print()

    def test_it_is_asked_for_from_the_ledger(self):
        other = self._second_referrer()
        self._sell(JANUARY, "Nora")
        self._sell(JANUARY, "Olga", referrer=other)
        rows = self.Commission.search([("company_id", "=", self.company.id)])
        wizard = self.env["aftersales.statement.wizard"].with_context(
            active_model=rows._name, active_ids=rows.ids
        )
        self.assertEqual(wizard.create({}).referrer_ids, self.referrer | other)

    # --- Sending -------------------------------------------------------------------------------

    def _send(self, action):
        """Send what the composer of ``action`` proposes."""
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.accountant)
            .with_context(**action["context"])
        ).save()
        composer._action_send_mail()
        return composer

    def test_the_mail_carries_the_statement_to_the_referrer(self):
        self._sell(FEBRUARY, "Nora")
        action = self._wizard(period="last_month").action_send()
        self.assertEqual(action["res_model"], "mail.compose.message")
        composer = self._send(action)
        statement = self.Statement.search([("referrer_id", "=", self.referrer.id)])
        message = statement.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, self.referrer)
        self.assertIn("150.00</strong>", message.body)
        self.assertIn("February 1, 2027 to February 28, 2027", message.body)
        self.assertEqual(
            message.attachment_ids.mapped("name"), ["Rewards 2027-02-01 to 2027-02-28.html"]
        )
        self.assertEqual(composer.composition_mode, "comment")
        self.assertFalse(self.referrer.message_ids.attachment_ids)  # others read the contact

    def test_no_text_runs_on_the_statement_or_in_mails_and_their_button_leads_to_the_rewards(self):
        row = self._sell(FEBRUARY, "Nora")
        statement = self._statement().sudo()
        self.company.email_secondary_color = "#0b6e4f"
        buyer = self.env["sale.order"].search([], order="id desc", limit=1).partner_id
        self.assertTrue(row and buyer)
        script = EVERY_SCRIPT
        self.referrer.name = buyer.name = script
        written = [self._html(statement)]
        for name, record in (("statement", statement), ("referral_link", self.referrer)):
            template = self.env.ref(f"aftersales_referral.mail_template_{name}")
            written.append(template._render_field("body_html", record.ids)[record.id])
        self.assertIn("/my/rewards", written[1])
        self.assertIn("#0b6e4f", written[1])
        for text in written:
            self.assertEqual(what_runs(text), [])

    def test_several_are_mailed_at_once(self):
        other = self._second_referrer(email="otto@example.com")
        self._sell(FEBRUARY, "Nora")
        self._sell(FEBRUARY, "Olga", 400.0, referrer=other)
        wizard = self._wizard(self.referrer | other, period="last_month")
        self.assertFalse(wizard.is_for_one)
        action = wizard.action_send()
        self.assertEqual(action["params"]["message"], "Statements mailed: 2.")
        for partner, balance in ((self.referrer, "150.00"), (other, "60.00")):
            statement = self.Statement.search([("referrer_id", "=", partner.id)])
            message = statement.message_ids.filtered("attachment_ids")
            self.assertEqual((message.partner_ids, len(message.attachment_ids)), (partner, 1))
            self.assertIn(f"{balance}</strong>", message.body)

    def test_without_an_address_nothing_is_sent_and_it_is_said(self):
        self._sell(FEBRUARY, "Nora")
        self.referrer.email = False
        with self.assertRefused(UserError, "Rita Referrer: no e-mail address"):
            self._wizard().action_send()

    def test_who_has_no_address_does_not_keep_the_others_from_getting_theirs(self):
        other = self._second_referrer()
        action = self._wizard(self.referrer | other).action_send()
        self.assertEqual(
            action["params"]["message"],
            "Statements mailed: 1. No e-mail address, please print theirs: Otto Other",
        )
        statements = self.Statement.search([])
        self.assertEqual(
            statements.filtered("message_ids.attachment_ids").referrer_id, self.referrer
        )

    # --- Rights --------------------------------------------------------------------------------

    def test_only_who_reads_the_whole_ledger_makes_and_reads_statements(self):
        statement = self._statement()
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                statement.with_user(user).read(["closing_balance"])
            with self.assertRaises(AccessError):
                self.env["aftersales.statement.wizard"].with_user(user).create({})
        with self.assertRaises(AccessError):
            statement.write({"date_from": JANUARY})

    def test_another_company_s_accountant_reads_none(self):
        statement = self._statement()
        company = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._user("stan", "aftersales_plans.group_accountant")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            statement.with_user(stranger).read(["closing_balance"])
