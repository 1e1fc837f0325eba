# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import freeze_time

from .common import AfterSalesCase


class RevenueCase(AfterSalesCase):
    """A company that spreads plan revenue since March 2026; a plan for 1,200.00 a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company._aftersales_create_accounts()
        cls.deferred = cls.company.aftersales_deferred_revenue_account_id
        cls.income = cls.env["account.account"].create(
            {"name": "Plans sold", "code": "T4711", "account_type": "income"}
        )
        cls.plan_product.write(
            {
                "list_price": 1200.0,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.income.id,
            }
        )
        with freeze_time("2026-03-01 12:00:00"):
            cls.company.aftersales_defer_revenue = True

    @classmethod
    def start(cls, day, *lines, **values):
        """Sell a plan with goods, delivered on ``day``; return its contract."""
        with freeze_time(f"{day} 12:00:00"):
            return cls.sell((cls.goods, 1), *(lines or [(cls.plan_product, 1)]), **values)

    @classmethod
    def invoice(cls, contract, day, post=True):
        """Invoice what the order has to be invoiced on ``day``."""
        with freeze_time(f"{day} 12:00:00"):
            invoice = contract.sale_order_id._create_invoices(final=True)
            invoice.invoice_date = day
            if post:
                invoice.action_post()
        return invoice

    @classmethod
    def credit(cls, invoice, day, net=None, product=None):
        """Credit the plan line of ``invoice``, in full or ``net`` of it; posted on ``day``."""
        with freeze_time(f"{day} 12:00:00"):
            note = invoice._reverse_moves([{"invoice_date": day, "date": day}])
            if net is not None:
                own = note.invoice_line_ids.filtered(
                    lambda line: line.product_id == (product or cls.plan_product)
                )
                (note.invoice_line_ids - own).unlink()
                own.price_unit = net
            note.action_post()
        return note

    def run_months(self, day):
        """Let the daily run find the months that are over on ``day``."""
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_recognise").method_direct_trigger()
        self.env.invalidate_all()

    def recognise(self, day, today=None):
        """Recognise up to ``day`` from the dialog."""
        with freeze_time(f"{today or day} 12:00:00"):
            wizard = self.env["aftersales.revenue.recognise"].create({"date": day})
            return wizard.action_confirm()

    def rows(self, contract):
        """Return [(day, amount)] of ``contract``."""
        found = self.env["aftersales.revenue"].search([("contract_id", "=", contract.id)])
        return [(str(row.date), row.amount) for row in found.sorted("number")]

    def entries(self):
        """Return the entries of plan revenue of the company."""
        return self.env["account.move"].search(
            [("aftersales_entry", "=", "revenue"), ("company_id", "=", self.company.id)],
            order="date, id",
        )

    def balance(self, account=None, company=None):
        """Return what the books say an account owes or earned; straight from the items."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT COALESCE(SUM(credit - debit), 0) FROM account_move_line
             WHERE account_id = %s AND company_id = %s AND parent_state = 'posted'
            """,
            [(account or self.deferred).id, (company or self.company).id],
        )
        return float(self.env.cr.fetchone()[0])

    def assertExplained(self, left):
        """Expect ``left`` on account D, and every cent of it to be some contract's."""
        self.env.invalidate_all()
        report = self.env["aftersales.deferred.revenue"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertFalse(report.filtered("is_unexplained"))
        self.assertAlmostEqual(self.balance(), left, 2)
        self.assertAlmostEqual(sum(report.mapped("balance")), left, 2)
        self.assertAlmostEqual(sum(report.mapped("left_amount")), left, 2)
