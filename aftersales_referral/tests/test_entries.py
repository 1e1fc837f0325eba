# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEntries(ReferralCommon):
    """What the ledger books, and that its entries stay (design §6)."""

    def test_a_company_with_a_chart_has_accounts_and_journals(self):
        company = self.company
        self.assertEqual(
            company.aftersales_accrued_commission_account_id.account_type, "liability_current"
        )
        self.assertTrue(company.aftersales_accrued_commission_account_id.reconcile)
        self.assertEqual(
            company.aftersales_store_credit_account_id.account_type, "liability_current"
        )
        self.assertEqual(company.aftersales_commission_expense_account_id.internal_group, "expense")
        self.assertEqual(company.aftersales_commission_journal_id.type, "general")
        self.assertEqual(company.aftersales_commission_journal_id.code, "ASC")
        self.assertEqual(company.aftersales_self_billing_journal_id.type, "purchase")

    def test_earning_books_expense_against_what_is_owed(self):
        order = self._order()
        self._pay(self._invoice(order))
        row = self._rows(order)
        entry = row.account_move_id
        self.assertEqual(entry.state, "posted")
        self.assertEqual(str(entry.date), TODAY)
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {
                    "account_id": self.company.aftersales_accrued_commission_account_id.id,
                    "partner_id": self.referrer.id,
                    "balance": -150.0,
                },
                {
                    "account_id": self.company.aftersales_commission_expense_account_id.id,
                    "partner_id": self.referrer.id,
                    "balance": 150.0,
                },
            ],
        )

    def test_the_expense_carries_the_analytic_distribution_of_the_order(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        north, south = self.env["account.analytic.account"].create(
            [{"name": "North", "plan_id": plan.id}, {"name": "South", "plan_id": plan.id}]
        )
        order = self._order((self.goods_untaxed, 750.0), (self.goods_untaxed, 250.0), confirm=False)
        order.order_line[0].analytic_distribution = {str(north.id): 100.0}
        order.order_line[1].analytic_distribution = {str(south.id): 100.0}
        order.action_confirm()
        self._pay(self._invoice(order))
        expense = self._rows(order).account_move_id.line_ids.filtered("analytic_distribution")
        self.assertEqual(expense.analytic_distribution, {str(north.id): 75.0, str(south.id): 25.0})
        self.assertEqual(expense.balance, 150.0)

    def test_nothing_is_posted_into_a_locked_period(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self.company.fiscalyear_lock_date = "2027-03-31"
        payment.move_id.line_ids.remove_move_reconcile()
        entry = self._rows(order)[-1].account_move_id
        self.assertEqual(entry.state, "posted")
        self.assertGreater(str(entry.date), "2027-03-31")
        self.assertEarned(order, 0.0)

    def test_without_account_the_row_waits_and_the_cron_posts_it(self):
        account = self.company.aftersales_accrued_commission_account_id
        self.company.aftersales_accrued_commission_account_id = False
        order = self._order()
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            self._pay(self._invoice(order))
        row = self._rows(order)
        self.assertEqual(row.amount, 150.0)
        self.assertFalse(row.account_move_id)
        self.assertTrue(self.Commission._check_invariants(self.company))
        self.company.aftersales_accrued_commission_account_id = account
        cron = self.env.ref("aftersales_referral.cron_post_entries")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(row.account_move_id.state, "posted")
        self.assertEarned(order, 150.0)

    def test_a_row_that_cannot_be_posted_does_not_stop_the_others(self):
        account = self.company.aftersales_accrued_commission_account_id
        self.company.aftersales_accrued_commission_account_id = False
        rows = self.Commission
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            for name in ("Anna", "Berta"):
                order = self._order(partner=self.env["res.partner"].create({"name": name}))
                self._pay(self._invoice(order))
                rows |= self._rows(order)
        self.company.aftersales_accrued_commission_account_id = account
        plain = type(self.Commission)._prepare_entry_lines

        def refuse_anna(row, company):
            if row.order_id.partner_id.name == "Anna":
                raise UserError(row.env._("no"))
            return plain(row, company)

        cron = self.env.ref("aftersales_referral.cron_post_entries")
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.Commission), "_prepare_entry_lines", refuse_anna),
            self.assertLogs("odoo.addons.aftersales_referral", "WARNING"),
        ):
            cron.method_direct_trigger()
        self.assertEqual([bool(row.account_move_id) for row in rows], [False, True])

    def test_entries_of_the_ledger_stay_as_they_are(self):
        order = self._order()
        self._pay(self._invoice(order))
        entry = self._rows(order).account_move_id
        attempts = [
            entry.button_draft,
            entry.button_cancel,
            entry._reverse_moves,
            entry.with_context(aftersales_payout_cancel=True)._reverse_moves,
            lambda: entry.write({"state": "draft"}),
            lambda: entry.line_ids[0].write({"balance": 1.0}),
            lambda: entry.line_ids[0].write({"account_id": self.account_other().id}),
            lambda: entry.sudo().button_draft(),
        ]
        for attempt in attempts:
            with self.assertRaisesRegex(UserError, "belongs to the commission ledger"):
                attempt()
        with self.assertRaises(UserError):
            entry.unlink()
        self.assertInvariants()

    def account_other(self):
        return self.company_data["default_account_expense"]

    def test_who_joins_a_company_brings_rows_and_entries_along(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        firm = self.env["res.partner"].create({"name": "Rita & Sons", "is_company": True})
        clerk = self._user("clara", "base.group_user,base.group_partner_manager")
        self.referrer.with_user(clerk).parent_id = firm
        self._pay(invoice)
        rows = self._rows(order)
        self.assertEqual(rows.mapped("amount"), [75.0, 75.0])
        self.assertEqual(rows.referrer_id, firm)
        self.assertEqual(rows.account_move_id.line_ids.partner_id, firm)
        self.assertEqual(self.Commission._balances(firm, self.company), {firm: 150.0})
        self._payout(150.0, referrer=self.referrer)
        self.assertBalance(self.company.aftersales_accrued_commission_account_id, 0.0)
        self.assertInvariants()
        stranger = self.env["res.partner"].create({"name": "Sid Stranger"})
        with self.assertRefused(UserError, "belongs to the commission ledger"):
            rows[0].account_move_id.line_ids.partner_id = stranger

    def test_payments_settled_together_share_one_entry(self):
        orders = self.env["sale.order"]
        for name in ("Anna", "Berta"):
            partner = self.env["res.partner"].create({"name": name})
            orders |= self._order(partner=partner)
        invoices = self.env["account.move"].union(*(self._invoice(order) for order in orders))
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_journal_bank"
                            ].default_account_id.id,
                            "balance": 2400.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_receivable"].id,
                            "balance": -2400.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        self._reconcile(invoices, entry)
        rows = self._rows(orders[0]) | self._rows(orders[1])
        self.assertEqual(rows.mapped("amount"), [150.0, 150.0])
        self.assertEqual(len(rows.account_move_id), 1)
        self.assertEqual(len(rows.account_move_id.line_ids), 4)
        self.assertInvariants()

    def test_invariants_name_a_difference(self):
        order = self._order()
        self._pay(self._invoice(order))
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.referrer.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.company.aftersales_accrued_commission_account_id, 10.0),
                        (self.company.aftersales_store_credit_account_id, -10.0),
                    )
                ],
            }
        ).action_post()
        differences = self.Commission._check_invariants(self.company)
        self.assertEqual(len(differences), 2)
        self.assertIn("Rita Referrer", differences[0])

    def test_another_account_for_what_is_owed_changes_nothing_in_what_is_compared(self):
        order = self._order()
        self._pay(self._invoice(order), 600.0)
        old = self.company.aftersales_accrued_commission_account_id
        self.company.aftersales_accrued_commission_account_id = old.copy()
        self._pay(order.invoice_ids)
        self._payout(100.0)
        self.company.aftersales_store_credit_account_id = (
            self.company.aftersales_store_credit_account_id.copy()
        )
        self._payout(50.0)
        self.assertEqual(sum(self._rows(referrer=self.referrer).mapped("amount")), 0.0)
        self.assertInvariants()

    def test_each_company_has_its_own_ledger(self):
        other = self.setup_other_company()["company"]
        self.assertTrue(other.aftersales_accrued_commission_account_id)
        other.aftersales_hold_days = 0
        self.env.user.company_ids |= other
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        plan = env["aftersales.plan"].create(
            {"name": "VIP", "code": "VIP2", "referral_percent": 10.0}
        )
        self._contract(self.referrer, plan, other)
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "referrer_id": self.referrer.id,
                "order_line": [
                    Command.create({"product_id": self.goods_untaxed.id, "price_unit": 1000.0})
                ],
            }
        )
        order.order_line.tax_ids = False
        order.action_confirm()
        self._pay(self._invoice(order))
        row = self._rows(order)
        self.assertEqual((row.company_id, row.amount), (other, 100.0))
        self.assertEqual(row.account_move_id.company_id, other)
        self.assertEqual(self.Commission._check_invariants(other | self.company), [])
        rows = self.Commission.with_user(self.accountant)
        self.assertFalse(rows.search([("order_id", "=", order.id)]))
        with self.assertRaisesRegex(UserError, "0.00 today"):
            self._payout(100.0)
