# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon

LOGGER = "odoo.addons.aftersales_referral"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRewardAccounts(ReferralCommon):
    """What rewards are booked with: wrong settings are refused, and never stop a payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense = cls.company.aftersales_commission_expense_account_id
        cls.accrued = cls.company.aftersales_accrued_commission_account_id
        cls.credit = cls.company.aftersales_store_credit_account_id
        cls.journal = cls.company.aftersales_commission_journal_id

    def _paid_order(self, name="Nora"):
        order = self._order(partner=self.env["res.partner"].create({"name": name}))
        self._pay(self._invoice(order))
        return order

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_post_entries").method_direct_trigger()

    # --- At configuration ----------------------------------------------------------------------

    def test_an_account_or_journal_that_does_not_fit_is_refused_in_words(self):
        other = self.setup_other_company()["company"]
        for name, record, words in (
            ("commission_expense_account", self.credit, "must be an expense account"),
            ("accrued_commission_account", self.expense, "of current liabilities"),
            ("accrued_commission_account", self.credit.copy(), "allows reconciliation"),
            ("accrued_commission_account", self.credit, "reconciliation"),
            ("store_credit_account", self.accrued, "an account of its own"),
            ("store_credit_account", self.expense, "of current liabilities"),
            ("commission_journal", self.company_data["default_journal_sale"], "miscellaneous"),
            ("self_billing_journal", self.journal, "a purchase journal"),
            ("commission_journal", other.aftersales_commission_journal_id, "."),
            ("accrued_commission_account", other.aftersales_accrued_commission_account_id, "."),
        ):
            with self.assertRefused(UserError, words):
                self.company[f"aftersales_{name}_id"] = record
        archived = self.accrued.copy()
        archived.active = False
        with self.assertRefused(ValidationError, "must be active, not archived"):
            self.company.aftersales_accrued_commission_account_id = archived

    def test_less_revenue_makes_an_income_account_and_leaves_what_is_booked(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self.company.aftersales_reward_booking = "contra_revenue"
        contra = self.company.aftersales_commission_expense_account_id
        self.assertEqual(contra.internal_group, "income")
        self._pay(invoice)
        booked = self._rows(order).account_move_id.line_ids - self._accrued_lines(order)
        self.assertEqual(
            [(line.account_id, line.balance) for line in booked.sorted("id")],
            [(self.expense, 75.0), (contra, 75.0)],
        )
        with self.assertRefused(ValidationError, "must be an income account"):
            self.company.aftersales_commission_expense_account_id = self.expense
        self.company.aftersales_reward_booking = "expense"
        self.assertEqual(
            self.company.aftersales_commission_expense_account_id, self.expense, "as before"
        )
        self.company.aftersales_reward_booking = "contra_revenue"
        self.assertEqual(self.company.aftersales_commission_expense_account_id, contra)
        self.assertEarned(order, 150.0)

    def _accrued_lines(self, order):
        lines = self._rows(order).account_move_id.line_ids
        return lines.filtered(lambda line: line.account_id == self.accrued)

    def test_the_settings_screen_tells_and_saves_both_together(self):
        settings = self.env["res.config.settings"]
        with Form(settings) as form:
            form.aftersales_reward_booking = "contra_revenue"
            self.assertFalse(form.aftersales_commission_expense_account_id)
        form.record.execute()
        made = self.company.aftersales_commission_expense_account_id
        self.assertEqual(self.company.aftersales_reward_booking, "contra_revenue")
        self.assertEqual(made.internal_group, "income")
        chosen = self.company_data["default_account_expense"]
        with Form(settings) as form:
            form.aftersales_reward_booking = "expense"
            form.aftersales_commission_expense_account_id = chosen
        form.record.execute()
        self.assertEqual(self.company.aftersales_commission_expense_account_id, chosen)
        with Form(settings) as form:
            self.assertFalse(form.aftersales_reward_problem)
            self.assertEqual(form.aftersales_rows_waiting, 0)

    def test_another_account_alone_is_saved_and_one_that_fits_is_kept(self):
        settings, account = self.env["res.config.settings"], self.expense.copy({"code": "T4713"})
        with Form(settings) as form:
            form.aftersales_commission_expense_account_id = account
        form.record.execute()
        self.assertEqual(self.company.aftersales_commission_expense_account_id, account)
        self.assertEqual(self.company._aftersales_reward_account("expense"), account)

    # --- When something became wrong -----------------------------------------------------------

    def test_a_payment_goes_on_and_its_row_is_booked_once_settings_are_right(self):
        company = self.company

        def unset(name):
            value = company[name]
            company[name] = False
            return lambda: company.write({name: value})

        def spoil(record, **vals):
            before = {name: record[name] for name in vals}
            record.write(vals)
            return lambda: record.write(before)

        for number, (words, broken) in enumerate(
            [
                (
                    "set Account of Earned",
                    lambda: unset("aftersales_commission_expense_account_id"),
                ),
                ("set Accrued", lambda: unset("aftersales_accrued_commission_account_id")),
                ("set After-Sales Journal", lambda: unset("aftersales_commission_journal_id")),
                ("not archived", lambda: spoil(self.expense, active=False)),
                ("not archived", lambda: spoil(self.accrued, active=False)),
                ("not archived", lambda: spoil(self.journal, active=False)),
                ("must be an expense account", lambda: spoil(self.expense, account_type="income")),
                (
                    "current liabilities",
                    lambda: spoil(self.accrued, account_type="equity", reconcile=False),
                ),
            ]
        ):
            mend = broken()
            with self.subTest(words), self.assertLogs(LOGGER, "WARNING") as logs:
                order = self._paid_order(f"Customer {number}")
                self.assertIn(words, logs.output[0])
                row = self._rows(order)
                self.assertEqual(row.amount, 150.0)
                self.assertFalse(row.account_move_id)
                settings = self.env["res.config.settings"].new({"company_id": company.id})
                self.assertIn(words, settings.aftersales_reward_problem)
                self.assertEqual(settings.aftersales_rows_waiting, 1)
                mend()
                self._run_cron()
                self.assertEqual(row.account_move_id.state, "posted")
                self.assertEarned(order, 150.0)

    def test_what_only_payouts_need_does_not_stop_accruals(self):
        self.company.aftersales_store_credit_account_id = False
        self.company.aftersales_self_billing_journal_id = False
        order = self._paid_order()
        self.assertTrue(self._rows(order).account_move_id)
        with self.assertRefused(UserError, "set Store Credit and Self-Billing Journal"):
            self._payout(10.0)

    def test_an_entry_another_add_on_refuses_waits(self):
        plain = type(self.env["account.move"])._post

        def refuse_ours(moves, soft=True):
            if moves.filtered("aftersales_entry"):
                raise ValueError("some add-on is broken")
            return plain(moves, soft=soft)

        with (
            patch.object(type(self.env["account.move"]), "_post", refuse_ours),
            self.assertLogs(LOGGER, "WARNING"),
        ):
            order = self._paid_order()
        self.assertFalse(self._rows(order).account_move_id)
        self._run_cron()
        self.assertEarned(order, 150.0)

    def test_a_company_without_chart_says_what_to_set(self):
        company = self.env["res.company"].create({"name": "Bare"})
        self.assertIn(
            "Bare: set Account of Earned Rewards, Accrued Commissions",
            company._aftersales_settings_problem(
                ("aftersales_commission_expense_account_id",
                 "aftersales_accrued_commission_account_id",
                 "aftersales_commission_journal_id")
            ),
        )  # fmt: skip

    # --- Analytic ------------------------------------------------------------------------------

    def test_a_mandatory_analytic_plan_does_not_stop_the_entry(self):
        self.env["account.analytic.plan"].create(
            {
                "name": "Shops",
                "applicability_ids": [
                    Command.create({"business_domain": "general", "applicability": "mandatory"})
                ],
            }
        )
        order = self._order()
        invoice = self._invoice(order)
        wizard = (
            self.env["account.payment.register"]
            .with_context(
                active_model="account.move", active_ids=invoice.ids, validate_analytic=True
            )
            .create({})
        )
        wizard._create_payments()
        self.assertTrue(self._rows(order).account_move_id)
        self.assertEarned(order, 150.0)

    def test_a_deleted_analytic_account_does_not_stop_the_entry(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        north, south = self.env["account.analytic.account"].create(
            [{"name": "North", "plan_id": plan.id}, {"name": "South", "plan_id": plan.id}]
        )
        order = self._order(confirm=False)
        order.order_line.analytic_distribution = {str(north.id): 60.0, str(south.id): 40.0}
        order.action_confirm()
        invoice = self._invoice(order)
        invoice.line_ids.analytic_line_ids.unlink()
        south.unlink()
        self._pay(invoice)
        expense = self._rows(order).account_move_id.line_ids - self._accrued_lines(order)
        self.assertEqual(expense.analytic_distribution, {str(north.id): 60.0})
        self.assertEarned(order, 150.0)

    def test_a_default_tax_of_the_expense_account_stays_out(self):
        tax = self.env["account.tax"].create(
            {"name": "Input VAT", "amount": 20.0, "type_tax_use": "purchase"}
        )
        self.expense.tax_ids = tax
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice.with_context(account_default_taxes=True))
        self.assertEqual(len(self._rows(order).account_move_id.line_ids), 2)
        self.assertEarned(order, 150.0)

    # --- Lock dates ----------------------------------------------------------------------------

    def test_every_lock_date_moves_the_entry_to_the_first_open_day(self):
        for number, (field, expected) in enumerate(
            [
                ("fiscalyear_lock_date", "2027-04-01"),
                ("tax_lock_date", TODAY),  # no tax in our entries
                ("sale_lock_date", TODAY),  # not a sales journal
                ("purchase_lock_date", TODAY),
                ("hard_lock_date", "2027-04-01"),  # cannot be undone: last
            ]
        ):
            order = self._order(partner=self.env["res.partner"].create({"name": f"P{number}"}))
            invoice = self._invoice(order)
            payment = self._pay(invoice)
            self.company[field] = "2027-03-31"
            with self.subTest(field):
                # core lets nobody pay in a locked period; taking a payment apart it does
                payment.move_id.line_ids.remove_move_reconcile()
                entry = self._rows(order)[-1].account_move_id
                self.assertEqual(str(entry.date), expected)
                self.assertEarned(order, 0.0)
            if field != "hard_lock_date":
                self.company[field] = False

    def test_a_users_exception_to_a_lock_is_not_the_ledgers(self):
        order = self._order()
        invoice = self._invoice(order)
        self.company.fiscalyear_lock_date = "2027-03-31"
        self.env["account.lock_exception"].create(
            {"company_id": self.company.id, "user_id": self.env.uid, "fiscalyear_lock_date": False}
        )
        self._pay(invoice)
        self.assertEqual(str(self._rows(order).account_move_id.date), "2027-04-01")
        self.assertEarned(order, 150.0)

    # --- Branches ------------------------------------------------------------------------------

    def test_a_branch_books_as_its_parent_does_in_its_own_ledger(self):
        rules = {"aftersales_hold_days": 0, "aftersales_minimum_margin_percent": 2.0}
        self.company.write(rules)
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # loads the branch's share of the chart
        self.assertEqual(branch.aftersales_accrued_commission_account_id, self.accrued)
        self.assertEqual(branch.aftersales_commission_journal_id, self.journal)
        self.assertRecordValues(branch, [rules])
        self.env.user.company_ids |= branch
        env = self.env(
            context={**self.env.context, "allowed_company_ids": (branch + self.company).ids}
        )
        plan = env["aftersales.plan"].create(
            {"name": "B", "code": "VB", "referral_percent": 20.0, "company_id": branch.id}
        )
        self._contract(self.referrer, plan, branch)
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "referrer_id": self.referrer.id,
                "company_id": branch.id,
                "order_line": [
                    Command.create({"product_id": self.goods_untaxed.id, "price_unit": 1000.0})
                ],
            }
        )
        order.order_line.tax_ids = False
        order.action_confirm()
        self._pay(self._invoice(order))
        row = self._rows(order)
        self.assertEqual((row.company_id, row.amount), (branch, 200.0))
        entry = row.account_move_id
        self.assertEqual((entry.company_id, entry.journal_id), (branch, self.journal))
        self.assertEqual(entry.line_ids.account_id, self.expense + self.accrued)
        self.assertEqual(self.Commission._balances(self.referrer, branch), {self.referrer: 200.0})
        self.assertFalse(self.Commission._balances(self.referrer, self.company))
        self.assertEqual(self.Commission._check_invariants(branch | self.company), [])

    def test_branches_follow_their_parent_unless_they_have_their_own(self):
        north, south = self.env["res.company"].create(
            [{"name": name, "parent_id": self.company.id} for name in ("North", "South")]
        )
        own = self.accrued.copy()
        south.aftersales_accrued_commission_account_id = own
        self.company.aftersales_reward_booking = "contra_revenue"
        contra = self.company.aftersales_commission_expense_account_id
        self.assertEqual(north.aftersales_reward_booking, "contra_revenue")
        self.assertEqual(north.aftersales_commission_expense_account_id, contra)
        self.assertEqual(south.aftersales_reward_booking, "expense")
        self.assertEqual(south.aftersales_accrued_commission_account_id, own)

    # --- Protection ----------------------------------------------------------------------------

    def test_entries_refuse_what_a_client_can_send(self):
        order = self._paid_order()
        boss = self._user("boss", "account.group_account_manager,base.group_system")
        entry = self._rows(order).account_move_id.with_user(boss)
        other = self.company_data["default_account_expense"]
        new_line = {"account_id": other.id, "balance": 0.0, "name": "x"}
        with self.assertRefused(UserError, "posted"):
            entry.write({"line_ids": [Command.create(new_line)]})
        wizard = self.env["account.move.reversal"].with_user(boss)
        wizard = wizard.with_context(active_model="account.move", active_ids=entry.ids)
        for attempt in (
            lambda: entry.line_ids.create({**new_line, "move_id": entry.id}),
            lambda: entry.line_ids.with_context(force_delete=True).unlink(),
            lambda: entry.line_ids[:1].with_context(dynamic_unlink=True).unlink(),
            lambda: entry.write({"name": "ASC/9"}),
            lambda: entry.write({"currency_id": self.env.ref("base.EUR").id}),
            lambda: entry.line_ids[:1].write({"tax_ids": [Command.set(self.vat.ids)]}),
            lambda: entry.with_context(force_delete=True).unlink(),
            lambda: wizard.create({"journal_id": self.journal.id}).refund_moves(),
            lambda: wizard.create({"journal_id": self.journal.id}).modify_moves(),
        ):
            with self.assertRefused(UserError, "belongs to the commission ledger"):
                attempt()
        self.assertInvariants()

    def test_no_client_passes_an_entry_off_as_the_ledgers(self):
        boss = self._user("boss", "account.group_account_manager,base.group_system")
        lines = [
            Command.create({"account_id": self.expense.id, "balance": 5.0}),
            Command.create({"account_id": self.accrued.id, "balance": -5.0}),
        ]
        move = (
            self.env["account.move"]
            .with_user(boss)
            .with_context(default_aftersales_entry="commission")
            .create({"line_ids": lines, "aftersales_entry": "commission"})
        )
        self.assertFalse(move.aftersales_entry)
        with self.assertRefused(UserError, "by after-sales alone"):
            move.aftersales_entry = "commission"

    def test_what_is_owed_can_be_reconciled(self):
        order = self._paid_order()
        payout = self._payout(150.0)
        lines = (self._rows(order).account_move_id + payout.move_id).line_ids.filtered(
            lambda line: line.account_id == self.accrued
        )
        lines.with_user(self.accountant).reconcile()
        self.assertTrue(all(lines.mapped("reconciled")))
        lines.with_user(self.accountant).remove_move_reconcile()
        self.assertFalse(any(lines.mapped("reconciled")))
        self.assertInvariants()

    def test_a_hashed_journal_takes_the_entries(self):
        self.journal.restrict_mode_hash_table = True
        order = self._paid_order()
        self._credit(order.invoice_ids)
        self.assertEqual(self._rows(order).mapped("amount"), [150.0, -150.0])
        self.assertTrue(all(row.account_move_id for row in self._rows(order)))
        self.assertInvariants()

    def test_an_order_in_another_currency_has_its_row_in_the_companys(self):
        eur = self.setup_other_currency("EUR", rates=[("2027-01-01", 1 / 1.10)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": eur.id})
        order = self._order((self.goods_untaxed, 1000.0), pricelist_id=pricelist.id)
        self._pay(self._invoice(order))
        row = self._rows(order)
        self.assertEqual((row.currency_id, row.amount), (self.company.currency_id, 165.0))
        self.assertEqual(row.account_move_id.line_ids.currency_id, self.company.currency_id)
