# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_proof import poisoned
from .common_revenue import RevenueCase


@tagged("post_install", "-at_install")
class TestRevenueBooks(RevenueCase):
    """Where plan revenue is booked, by whom, and what happens when it cannot be (design §6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.start("2026-03-15")
        cls.accountant = new_test_user(cls.env, "t-accountant", "aftersales_plans.group_accountant")

    # --- Account D -----------------------------------------------------------------------------

    def test_a_company_with_a_chart_has_account_and_journal(self):
        self.assertEqual(self.deferred.account_type, "liability_current")
        self.assertEqual(self.company.aftersales_revenue_journal_id.type, "general")
        self.assertEqual(self.company.aftersales_revenue_journal_id.code[:3], "ASR")
        company = self.env["res.company"].create({"name": "With Chart"})
        self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        self.assertTrue(company.aftersales_deferred_revenue_account_id)
        self.assertTrue(company.aftersales_revenue_journal_id)
        self.assertFalse(company.aftersales_defer_revenue)

    def test_switched_off_invoices_are_revenue_and_d_is_worked_off(self):
        self.invoice(self.contract, "2026-03-20")
        self.company.aftersales_defer_revenue = False
        later = self.start("2026-03-20")
        line = self.invoice(later, "2026-03-25").invoice_line_ids.filtered("product_id")
        self.assertIn(self.income, line.account_id)
        self.run_months("2026-04-01")
        self.assertEqual(self.rows(self.contract), [("2026-03-31", 55.89)])
        self.assertEqual(self.rows(later), [])
        self.assertExplained(1144.11)

    def test_the_product_says_which_account_counts(self):
        template = self.plan_product.product_tmpl_id
        self.assertIn(self.deferred.display_name, template.aftersales_revenue_hint)
        self.assertIn(self.income.display_name, template.aftersales_revenue_hint)
        self.assertFalse(self.goods.product_tmpl_id.aftersales_revenue_hint)
        self.company.aftersales_defer_revenue = False
        template.invalidate_recordset()
        self.assertFalse(template.aftersales_revenue_hint)

    def test_a_fiscal_position_maps_where_revenue_ends(self):
        abroad = self.income.copy({"name": "Plans sold abroad", "code": "T4712"})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "account_ids": [
                    Command.create({"account_src_id": self.income.id, "account_dest_id": abroad.id})
                ],
            }
        )
        contract = self.start("2026-03-15", fiscal_position_id=position.id)
        self.invoice(contract, "2026-03-20")
        self.assertEqual(self.balance(), 1200.0)
        self.run_months("2026-04-01")
        self.assertEqual(self.balance(abroad), 55.89)

    def test_another_account_d_leaves_the_old_one_to_be_worked_off(self):
        self.invoice(self.contract, "2026-03-20")
        other = self.deferred.copy({"name": "Another D", "code": "T2999"})
        self.company.aftersales_deferred_revenue_account_id = other
        second = self.start("2026-03-15")
        self.invoice(second, "2026-03-20")
        self.assertEqual(self.balance(other), 1200.0)
        self.run_months("2026-04-01")
        self.assertEqual((self.balance(), self.balance(other)), (1144.11, 1144.11))

    def test_d_must_be_a_liability(self):
        with self.assertRaisesRegex(ValidationError, "account of current liabilities"):
            self.company.aftersales_deferred_revenue_account_id = self.income

    def test_the_journal_of_plan_revenue_is_for_miscellaneous_operations(self):
        sales = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRaisesRegex(ValidationError, "a journal of miscellaneous operations"):
            self.company.aftersales_revenue_journal_id = sales

    def test_a_code_that_is_taken_gets_a_number(self):
        first, second = (
            self.company._aftersales_create_journal(f"Try {n}", "TRY", "general") for n in (1, 2)
        )
        third = self.company._aftersales_create_journal("Try 3", "TRY", "general")
        self.assertEqual([one.code for one in (first, second, third)], ["TRY", "TRY2", "TRY3"])
        self.assertFalse(self.company._aftersales_entry_journal("nobody's"))

    def test_no_account_is_made_where_there_is_none_like_it(self):
        bare = self.env["res.company"].create({"name": "Without Chart"})
        made = bare._aftersales_create_account("Plans", ["liability_current"])
        self.assertEqual(made, self.env["account.account"])

    def test_every_reason_why_a_row_waits_is_said(self):
        self.invoice(self.contract, "2026-03-20")
        self.company.aftersales_revenue_journal_id = False
        self.run_months("2026-04-01")
        row = self.env["aftersales.revenue"].search([("contract_id", "=", self.contract.id)])
        self.assertIn("Plan Revenue Journal", row.booking_problem)
        journal = self.env["account.journal"].search(
            [("code", "=like", "ASR%"), ("company_id", "=", self.company.id)], limit=1
        )
        self.company.aftersales_revenue_journal_id = journal
        row.invalidate_recordset()
        refused = "The entry was refused; it is tried again daily."
        self.assertEqual(row.booking_problem, refused)
        for account in (row.account_id, row.deferred_account_id):
            self.env.cr.execute(
                "UPDATE account_account SET active = FALSE WHERE id = %s", [account.id]
            )
            self.env.invalidate_all()
            words = f"The account {account.display_name} is archived: unarchive it."
            self.assertEqual(row.booking_problem, words)
            self.env.cr.execute(
                "UPDATE account_account SET active = TRUE WHERE id = %s", [account.id]
            )
            self.env.invalidate_all()

    def test_analytic_accounts_follow_the_revenue(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        north = self.env["account.analytic.account"].create({"name": "N", "plan_id": plan.id})
        with freeze_time("2026-03-15 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[1].analytic_distribution = {str(north.id): 100.0}
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.invoice(order.aftersales_contract_ids, "2026-03-20")
        Items, mine = self.env["account.analytic.line"], [(plan._column_name(), "=", north.id)]
        self.assertFalse(Items.search(mine))
        self.run_months("2026-04-01")
        item = Items.search(mine)
        self.assertEqual((item.amount, item.general_account_id), (55.89, self.income))

    # --- When it cannot be booked --------------------------------------------------------------

    def test_a_locked_period_moves_the_entry_not_the_row(self):
        self.invoice(self.contract, "2026-03-20")
        self.company.fiscalyear_lock_date = "2026-04-10"
        self.run_months("2026-04-12")
        self.assertEqual(self.rows(self.contract), [("2026-03-31", 55.89)])
        self.assertEqual(str(self.entries().date), "2026-04-11")

    def test_without_an_income_account_the_row_waits(self):
        self.invoice(self.contract, "2026-03-20")
        self.plan_product.property_account_income_id = False
        category = self.plan_product.categ_id
        category.property_account_income_categ_id = False
        self.company.income_account_id = False
        problems = self.company._aftersales_problems()["revenue"]
        self.assertIn("Gold plan", problems[0].sentence)
        self.run_months("2026-04-01")
        row = self.env["aftersales.revenue"].search([("contract_id", "=", self.contract.id)])
        self.assertRecordValues(
            row, [{"amount": 55.89, "account_move_id": False, "account_id": False}]
        )
        self.assertIn("Gold plan has no income account", row.booking_problem.replace("[", ""))
        report = self.env["aftersales.deferred.revenue"].search(
            [("contract_id", "=", self.contract.id)]
        )
        self.assertRecordValues(
            report, [{"left_amount": 1144.11, "waiting": 55.89, "balance": 1200.0}]
        )
        self.plan_product.property_account_income_id = self.income
        self.run_months("2026-04-02")
        self.assertEqual(row.account_move_id.state, "posted")
        self.assertEqual(str(row.account_move_id.date), "2026-03-31")
        self.assertExplained(1144.11)

    def test_without_a_journal_rows_wait_and_are_booked_later(self):
        self.invoice(self.contract, "2026-03-20")
        journal = self.company.aftersales_revenue_journal_id
        self.company.aftersales_revenue_journal_id = False
        self.run_months("2026-05-01")
        self.assertEqual(len(self.rows(self.contract)), 2)
        self.assertFalse(self.entries())
        self.assertIn("Plan Revenue Journal", str(self.company._aftersales_problems()["revenue"]))
        self.company.aftersales_revenue_journal_id = journal
        self.run_months("2026-05-02")
        self.assertEqual([str(day) for day in self.entries().mapped("date")],
                         ["2026-03-31", "2026-04-30"])  # fmt: skip

    def test_without_account_d_a_sale_goes_on(self):
        self.company.aftersales_deferred_revenue_account_id = False
        invoice = self.invoice(self.contract, "2026-03-20")
        self.assertIn(self.income, invoice.invoice_line_ids.account_id)
        self.assertIn("Deferred Plan Revenue", str(self.company._aftersales_problems()["revenue"]))

    # --- Entries and rows stay -----------------------------------------------------------------

    def test_entries_and_rows_stay_as_they_are(self):
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        entry = self.entries()
        for refused in (
            lambda: entry.button_draft(),
            lambda: entry.button_cancel(),
            lambda: entry._reverse_moves(),
            lambda: entry.unlink(),
            lambda: entry.write({"date": "2026-04-02"}),
            lambda: entry.line_ids[0].write({"balance": 1.0}),
        ):
            with self.assertRefused("belongs to the plan revenue of contracts"):
                refused()
        row = self.env["aftersales.revenue"].search([("contract_id", "=", self.contract.id)])
        for refused in (lambda: row.write({"amount": 1.0}), lambda: row.unlink()):
            with self.assertRefused("never"):
                refused()

    def test_an_entry_is_taken_back_and_booked_again_when_asked(self):
        wrong = self.income.copy({"code": "T4712", "name": "Wrong"})
        self.plan_product.property_account_income_id = wrong
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        entry = self.entries()
        self.plan_product.property_account_income_id = self.income
        with freeze_time("2026-04-03 12:00:00"):
            action = entry.with_user(self.accountant).action_take_back_aftersales()
        opposite = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((opposite.reversed_entry_id, opposite.state), (entry, "posted"))
        self.assertEqual(str(opposite.date), "2026-03-31")
        self.assertEqual(self.balance(wrong), 0.0)
        self.assertExplained(1200.0)
        self.run_months("2026-04-04")  # nobody asked for it
        self.assertEqual(self.rows(self.contract), [("2026-03-31", 55.89), ("2026-03-31", -55.89)])
        self.recognise("2026-03-31", "2026-04-04")
        self.assertEqual(self.rows(self.contract)[2:], [("2026-03-31", 55.89)])
        self.assertEqual((self.balance(wrong), self.balance(self.income)), (0.0, 55.89))
        self.assertExplained(1144.11)

    def test_taken_back_where_it_is_not_locked_and_recognised_with_the_next_month(self):
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        self.company.fiscalyear_lock_date = "2026-03-31"
        with freeze_time("2026-04-03 12:00:00"):
            self.entries().action_take_back_aftersales()
        days = [str(entry.date) for entry in self.entries()]
        self.assertEqual(days, ["2026-03-31", "2026-04-01"])
        self.run_months("2026-05-01")
        self.assertEqual(self.rows(self.contract)[2:], [("2026-04-30", 154.52)])
        self.assertExplained(1045.48)

    def test_it_is_not_taken_back_before_it_was_booked(self):
        self.invoice(self.contract, "2026-03-20")
        self.company.fiscalyear_lock_date = "2026-04-10"
        self.run_months("2026-04-12")
        self.company.fiscalyear_lock_date = False
        with freeze_time("2026-04-13 12:00:00"):
            self.entries().action_take_back_aftersales()
        days = [str(entry.date) for entry in self.entries()]
        self.assertEqual(days, ["2026-04-11", "2026-04-11"])
        self.assertExplained(1200.0)

    def test_a_credit_note_comes_off_where_revenue_stands_after_an_entry_was_taken_back(self):
        wrong = self.income.copy({"code": "T4712", "name": "Wrong"})
        self.plan_product.property_account_income_id = wrong
        invoice = self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        march = self.entries()
        self.plan_product.property_account_income_id = self.income
        self.run_months("2026-05-01")
        with freeze_time("2026-05-03 12:00:00"):
            march.action_take_back_aftersales()
        self.assertEqual((self.balance(wrong), self.balance(self.income)), (0.0, 98.63))
        self.credit(invoice, "2026-05-04")
        self.run_months("2026-06-01")
        self.assertEqual((self.balance(wrong), self.balance(self.income)), (0.0, 0.0))
        self.assertExplained(0.0)

    def test_only_accountants_take_back_and_only_once(self):
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        entry = self.entries()
        with self.assertRaises(AccessError):
            entry.with_user(self.agent).action_take_back_aftersales()
        biller = new_test_user(self.env, "t-no-accountant", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            entry.with_user(biller).action_take_back_aftersales()
        with freeze_time("2026-04-03 12:00:00"):
            action = entry.action_take_back_aftersales()
            opposite = self.env["account.move"].browse(action["res_id"])
            for refused in (entry, opposite, self.contract.sale_order_id.invoice_ids):
                with self.assertRefused("taken back"):
                    refused.action_take_back_aftersales()
        self.assertFalse((entry | opposite).filtered("aftersales_can_take_back"))

    def test_what_cannot_be_booked_is_not_taken_back(self):
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        self.company.aftersales_revenue_journal_id.active = False
        with self.assertRaises(UserError):
            self.entries().action_take_back_aftersales()
        self.company.aftersales_revenue_journal_id.active = True
        self.income.active = False
        with self.assertRefused(f"{self.income.display_name} is archived: unarchive it"):
            self.entries().action_take_back_aftersales()
        self.assertEqual(len(self.rows(self.contract)), 1)

    def test_the_dialog_tells_what_will_be_booked(self):
        self.invoice(self.contract, "2026-03-20")
        with freeze_time("2026-05-20 12:00:00"):
            form = Form(self.env["aftersales.revenue.recognise"].with_user(self.accountant))
            self.assertIn("Entries: 3", form.preview)
            self.assertIn("220.27", form.preview)  # 67 days
            form.date = "2026-05-21"
            self.assertIn("today at the latest", form.problem)
            self.assertFalse(form.preview)
            form.date = "2026-05-20"
            form.save().action_confirm()
            again = Form(self.env["aftersales.revenue.recognise"].with_user(self.accountant))
            self.assertIn("Nothing is due", again.preview)
        self.assertEqual(round(sum(amount for _day, amount in self.rows(self.contract)), 2), 220.27)

    def test_the_contract_says_how_much_was_recognised(self):
        self.assertEqual(self.contract.recognised_amount, 0.0)
        self.invoice(self.contract, "2026-03-20")
        self.run_months("2026-04-01")
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.recognised_amount, 55.89)

    def test_what_is_booked_by_hand_is_shown(self):
        self.invoice(self.contract, "2026-03-20")
        by_hand = self.env["account.move"].create(
            {
                "date": "2026-03-21",
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "balance": -40.0}),
                    Command.create({"account_id": self.income.id, "balance": 40.0}),
                ],
            }
        )
        by_hand.action_post()
        report = self.env["aftersales.deferred.revenue"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(sum(report.mapped("balance")), 1240.0)
        self.assertEqual(self.balance(), 1240.0)
        unexplained = report.filtered("is_unexplained")
        self.assertEqual((unexplained.item_id.move_id, unexplained.balance), (by_hand, 40.0))
        self.assertEqual(unexplained.action_open_rows()["res_id"], by_hand.id)
        explained = report - unexplained
        items = self.env["account.move.line"].search(explained.action_open_items()["domain"])
        self.assertEqual((items.account_id, items.credit), (self.deferred, 1200.0))

    def test_accountants_recognise_and_nobody_writes(self):
        self.invoice(self.contract, "2026-03-20")
        with freeze_time("2026-04-20 12:00:00"):
            form = Form(self.env["aftersales.revenue.recognise"].with_user(self.accountant))
            form.date = "2026-04-15"
            action = form.save().action_confirm()
        rows = self.env["aftersales.revenue"].with_user(self.accountant).search(action["domain"])
        self.assertEqual(rows.amount, 49.32)  # 15 days, after March by itself
        self.assertEqual(len(self.rows(self.contract)), 2)
        self.assertEqual(rows.action_open_entry()["res_id"], rows.account_move_id.id)
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                self.env["aftersales.revenue"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["aftersales.revenue.recognise"].with_user(user).create({})
        with self.assertRaises(UserError):
            rows.create({"contract_id": self.contract.id, "amount": 5.0})

    def test_billing_people_invoice_without_rights_of_ours(self):
        biller = new_test_user(
            self.env, "t-biller", "account.group_account_invoice,sales_team.group_sale_salesman"
        )
        with freeze_time("2026-03-20 12:00:00"):
            order = self.contract.sale_order_id
            order.user_id = biller
            invoice = order.with_user(biller)._create_invoices(final=True)
            invoice.action_post()
        self.assertEqual(self.balance(), 1200.0)

    # --- Companies -----------------------------------------------------------------------------

    def test_branches_follow_and_have_their_own_entries(self):
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # loads the branch's share of the chart
        self.assertTrue(branch.aftersales_defer_revenue)
        self.assertEqual(branch.aftersales_deferred_revenue_account_id, self.deferred)
        self.assertEqual(branch.aftersales_deferred_account_ids, self.deferred)
        self.company.aftersales_defer_revenue = False
        self.assertFalse(branch.aftersales_defer_revenue)
        self.company.aftersales_defer_revenue = True
        self.env.user.company_ids |= branch
        with freeze_time("2026-03-10 12:00:00"):
            self.env["aftersales.asset"].create(
                {"product_id": self.goods.id, "partner_id": self.customer.id,
                 "site_id": self.customer.id, "company_id": branch.id,
                 "date_delivered": "2026-03-10"}
            )  # fmt: skip
        env = self.env(
            context={**self.env.context, "allowed_company_ids": (branch + self.company).ids}
        )
        branch.aftersales_revenue_until = "2026-02-28"
        with freeze_time("2026-03-15 12:00:00"):
            plan = env["aftersales.plan"].create(
                {"name": "North", "code": "T-N", "company_id": branch.id,
                 "start_policy": "confirmation"}
            )  # fmt: skip
            product = env["product.product"].create(
                {"name": "North plan", "type": "service", "list_price": 1200.0,
                 "aftersales_plan_id": plan.id, "taxes_id": [],
                 "property_account_income_id": self.income.id}
            )  # fmt: skip
            order = env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": branch.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.invoice(self.contract, "2026-03-20")
        self.invoice(contract, "2026-03-20")
        self.assertEqual(self.balance(company=branch), 1200.0)
        self.run_months("2026-04-01")
        self.assertEqual(self.balance(company=branch), 1144.11)
        self.assertEqual(self.balance(), 1144.11)
        entries = self.env["account.move"].search([("aftersales_entry", "=", "revenue")])
        self.assertEqual(entries.company_id, self.company | branch)

    def test_other_companies_see_nothing_of_it(self):
        self.invoice(self.contract, "2026-03-20")
        self.recognise("2026-04-01")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "t-stranger", "aftersales_plans.group_accountant",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        for model in ("aftersales.revenue", "aftersales.deferred.revenue"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_a_contract_that_cannot_be_reckoned_does_not_stop_the_others(self):
        others = [self.start("2026-03-15") for _number in range(3)]
        for contract in (self.contract, *others):
            self.invoice(contract, "2026-03-20")
        bad = others[1]
        with poisoned(bad, "_earned_share"):
            self.run_months("2026-04-01")
        for contract in (self.contract, others[0], others[2]):
            self.assertEqual(self.rows(contract), [("2026-03-31", 55.89)])
        self.assertEqual((self.rows(bad), self.balance(self.income)), ([], 167.67))
        self.assertIn("poison", bad.activity_ids.note)
        self.run_months("2026-05-01")
        self.assertEqual(self.rows(bad), [("2026-04-30", self.rows(bad)[0][1])])
        self.assertEqual(
            self.rows(bad)[0][1], round(sum(amount for _day, amount in self.rows(others[0])), 2)
        )
