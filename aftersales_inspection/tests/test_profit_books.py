# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_revenue import RevenueCase

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestProfitBooks(RevenueCase, VisitCase):
    """Profit, deferred revenue, books and analytic accounts say the same of one contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Sites"})
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Elm Street", "plan_id": plan.id}
        )
        cls.technician.aftersales_hourly_cost = 40.0
        cls.company.aftersales_hourly_cost = 30.0
        cls.contract = cls.start("2026-03-15")
        cls.contract.sale_line_id.analytic_distribution = {str(cls.analytic.id): 100.0}
        cls.contract.labour_included = True
        cls.visit = cls.visit_of(cls.contract, 1)
        cls.visit.person_id = cls.technician

    def told(self):
        """Return what the analytic account of the contract says it earned and cost."""
        items = self.env["account.analytic.line"].search(
            [(self.analytic.plan_id._column_name(), "=", self.analytic.id)]
        )
        earned = items.filtered("general_account_id.internal_group")
        earned = earned.filtered(lambda item: item.general_account_id.internal_group == "income")
        return sum(earned.mapped("amount")), -sum((items - earned).mapped("amount"))

    def assertBooked(self, contract, left):
        """Expect profit, rows, account D and analytic items of ``contract`` to agree."""
        self.assertExplained(left)
        profit = contract._profit()[contract]
        revenue, cost = self.told()
        self.assertAlmostEqual(profit.revenue, contract._recognised()[contract], 2)
        self.assertAlmostEqual(profit.revenue, self.balance(self.income), 2)
        self.assertAlmostEqual(profit.revenue, revenue, 2)
        self.assertAlmostEqual(profit.cost, cost, 2)
        self.assertEqual(profit.missing, ())
        return profit

    def test_a_contract_from_its_invoice_to_its_early_end(self):
        contract = self.contract
        invoice = self.invoice(contract, "2026-03-20")
        self.run_months("2026-06-01")
        self.assertEqual(self.assertBooked(contract, 943.56).revenue, 256.44)  # 78 of 365 days
        self.visit.date_start = "2026-06-01 08:30:00"
        self.use(self.seal, 2)
        self.complete()
        with freeze_time("2026-06-10 10:00:00"):
            claim = self.claim(contract.asset_ids[:1], labour_hours=2.0)
            claim.with_user(self.manager).action_approve()
            self.deliver(claim.sudo().picking_ids)
        costs = self.assertBooked(contract, 943.56).costs
        self.assertEqual(costs["visit_parts"], 8.0)
        self.assertEqual(costs["parts"], 300.0)
        self.assertEqual(costs["labour"], 2.0 * 30.0 + self.visit.duration * 40.0)
        note = self.credit(invoice, "2026-06-12", net=100.0)
        self.assertEqual(note.amount_untaxed, 100.0)
        with freeze_time("2026-06-14 12:00:00"):
            reason = self.env.ref("aftersales_plans.close_reason_moved")
            contract._end(contract._fields["date_start"].today(), reason).action_post()
        self.run_months("2026-07-01")
        self.assertBooked(contract, 0.0)

    def test_what_is_invoiced_with_the_switch_off_is_revenue_at_once_and_once(self):
        self.invoice(self.contract, "2026-03-20")
        self.company.aftersales_defer_revenue = False
        later = self.start("2026-03-20")
        self.invoice(later, "2026-03-25")
        self.run_months("2026-04-01")
        both = self.contract | later
        revenue = sum(profit.revenue for profit in both._profit().values())
        self.assertAlmostEqual(revenue, 55.89 + 1200.0, 2)
        self.assertAlmostEqual(revenue, self.balance(self.income), 2)
        self.assertExplained(1144.11)
