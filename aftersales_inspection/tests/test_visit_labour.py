# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.visit_labour import WAS_MADE
from .common import VisitCase


@tagged("post_install", "-at_install")
class TestVisitLabour(VisitCase):
    """A visit on 1 June 2026 from 9:00 to 10:00 (requirement 29)."""

    def setUp(self):
        super().setUp()
        self.visit.date_start = "2026-06-01 08:30:00"  # 1.5 hours until completion

    def costs(self):
        self.env.invalidate_all()
        return self.contract._contract_costs()[self.contract]

    def test_hours_cost_what_the_technician_cost_then_and_reopening_takes_it_back(self):
        self.technician.aftersales_hourly_cost = 40.0
        self.complete()
        self.technician.aftersales_hourly_cost = 90.0
        self.assertEqual(self.visit.sudo().aftersales_labour_cost, 60.0)
        self.assertEqual(self.costs(), {"parts": 0.0, "labour": 60.0})
        self.reopen()
        self.assertEqual(self.costs(), {"parts": 0.0})
        self.complete()
        self.assertEqual(self.costs()["labour"], 135.0)

    def test_everybody_who_went_counts_and_who_has_no_cost_costs_the_companys(self):
        helper = self.env["fsm.person"].create({"name": "Hal"})
        self.technician.aftersales_hourly_cost = 40.0
        self.company.aftersales_hourly_cost = 20.0
        self.visit.person_ids = helper | self.technician
        self.complete()
        self.assertEqual(self.costs()["labour"], 90.0)

    def test_a_visit_in_vain_costs_too(self):
        self.company.aftersales_hourly_cost = 20.0
        self.complete(outcome="no_access")
        self.assertEqual(self.costs()["labour"], 30.0)

    def test_without_cost_the_profit_says_so_until_it_is_filled_in(self):
        with freeze_time("2026-03-16 12:00:00"):
            self.contract.sale_order_id._create_invoices().action_post()
        self.complete()
        self.assertEqual(
            self.contract.with_user(self.manager).profit_label,
            "not enough data: 1 visit without hourly cost",
        )
        listed = self.env["fsm.order"].with_user(self.manager)
        found = listed.search(
            [("aftersales_labour_missing", "=", True), ("id", "=", self.visit.id)]
        )
        with self.assertRefused("state what an hour costs"):
            found.action_fill_labour()
        self.technician.aftersales_hourly_cost = 40.0
        found.action_fill_labour()
        profit = self.contract._profit()[self.contract]
        self.assertEqual((profit.costs["labour"], profit.missing), (60.0, ()))

    def test_hours_nobody_noted_are_said_until_somebody_enters_them(self):
        self.technician.aftersales_hourly_cost = 40.0
        self.visit.date_start = False
        self.complete()
        profit = self.contract._profit()[self.contract]
        self.assertIn("1 visit without start and end", profit.missing)
        self.visit.with_user(self.agent).date_start = "2026-06-01 08:30:00"
        self.env.invalidate_all()
        profit = self.contract._profit()[self.contract]
        self.assertEqual((profit.costs["labour"], profit.missing), (60.0, ("no revenue yet",)))

    def test_a_start_of_last_week_is_no_week_of_work(self):
        self.technician.aftersales_hourly_cost = 40.0
        self.visit.date_start = "2026-05-25 08:30:00"
        self.complete()
        profit = self.contract._profit()[self.contract]
        self.assertEqual(profit.costs.get("labour", 0.0), 0.0)
        self.assertIn("1 visit without start and end", profit.missing)

    def test_years_before_say_so_as_well(self):
        was_made = SQL(
            "SELECT %s FROM fsm_order WHERE id = %s", SQL("(%s)", WAS_MADE), self.visit.id
        )
        self.visit.date_start = False
        self.complete()
        self.env.flush_all()
        self.assertEqual(self.env.execute_query(was_made), [(True,)])
        self.visit.sudo().outcome = "no_access"
        self.env.flush_all()
        self.assertEqual(self.env.execute_query(was_made), [(False,)])

    def test_it_is_told_to_the_analytic_accounts_and_taken_back(self):
        plan = self.env["account.analytic.plan"].create({"name": "Sites"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Elm Street", "Oak Street")]
        )
        self.contract.sale_line_id.analytic_distribution = {
            str(accounts[0].id): 70.0,
            str(accounts[1].id): 30.0,
        }
        self.technician.aftersales_hourly_cost = 40.0
        self.complete()
        found = self.visit.sudo().aftersales_labour_line_ids.sorted("amount")
        column = plan._column_name()
        self.assertRecordValues(
            found,
            [
                {column: accounts[0].id, "amount": -42.0, "name": self.visit.display_name},
                {column: accounts[1].id, "amount": -18.0, "name": self.visit.display_name},
            ],
        )
        self.reopen()
        self.assertFalse(found.exists())

    def test_it_changes_no_refund(self):
        self.technician.aftersales_hourly_cost = 40.0
        self.complete()
        self.assertEqual(self.contract._used_value(), self.contract.visit_rate)

    def test_technicians_neither_read_nor_write_salaries(self):
        self.complete()
        for record, name in (
            (self.visit, "aftersales_labour_cost"),
            (self.technician, "aftersales_hourly_cost"),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.user).read([name])
            with self.assertRaises(UserError):
                record.with_user(self.user).write({name: 1.0})
        with self.assertRaises(AccessError):
            self.visit.with_user(self.user).action_fill_labour()

    def test_another_company_states_its_own_cost_of_the_same_worker(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.technician.aftersales_hourly_cost = 40.0
        self.technician.with_company(company).aftersales_hourly_cost = 70.0
        self.complete()
        self.assertEqual(self.costs()["labour"], 60.0)

    def test_visits_nobody_knows_the_cost_of_are_counted_in_words(self):
        say = self.env["aftersales.profit"]._missing_in_words
        for lacks, count, words in (
            ("worker_rate", 1, "1 visit without hourly cost"),
            ("worker_rate", 3, "3 visits without hourly cost"),
            ("visit_hours", 1, "1 visit without start and end"),
            ("visit_hours", 2, "2 visits without start and end"),
            ("part_cost", 2, "2 parts without cost"),
        ):
            with self.subTest(words):
                self.assertEqual(say(lacks, count), words)

    def test_costs_of_a_visit_lead_to_it(self):
        self.technician.aftersales_hourly_cost = 40.0
        self.use(self.seal, 2)
        self.complete()
        self.env.flush_all()
        rows = self.env["aftersales.profit"].search([("contract_id", "=", self.contract.id)])
        self.assertEqual(sorted(rows.mapped("cost")), [8.0, 60.0])
        for row in rows:
            action = row.action_open()
            self.assertEqual((action["res_model"], action["res_id"]), ("fsm.order", self.visit.id))
