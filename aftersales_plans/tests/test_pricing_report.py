# SPDX-License-Identifier: LGPL-3.0-or-later
import re

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import html2plaintext

from .common import AfterSalesCase
from .common_proof import poisoned


@tagged("post_install", "-at_install")
class TestPricingReport(AfterSalesCase):
    """One plan sold for 1,200.00 on 5 January 2026; reports of its company alone (31)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Casa Services"})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.env["account.chart.template"].try_loading(
            "generic_coa", cls.company, install_demo=False
        )
        cls.manager.write({"company_ids": [Command.link(cls.company.id)], "email": "m@example.com"})
        cls.plan = cls.env["aftersales.plan"].create({"name": "Silver", "code": "T-SILVER"})
        cls.plan_product = cls.env["product.product"].create(
            {
                "name": "Silver plan",
                "type": "service",
                "list_price": 1200.0,
                "taxes_id": [Command.clear()],
                "aftersales_plan_id": cls.plan.id,
            }
        )
        cls.goods.write({"taxes_id": [Command.clear()], "standard_price": 300.0})
        cls.stock_up(cls.goods, 10)
        with freeze_time("2026-01-05 12:00:00"):
            cls.contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))
            cls.contract.sale_order_id._create_invoices().action_post()

    def report(self, day):
        """Run the daily job on ``day``; return the mails it wrote."""
        before = self.env["mail.mail"].search([]).ids
        with freeze_time(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_pricing_report").method_direct_trigger()
        return self.env["mail.mail"].search([("id", "not in", before)])

    def text(self, mail):
        return " ".join(html2plaintext(mail.body_html).replace("*", "").split())

    def mine(self, mails):
        return mails.filtered(lambda mail: mail.recipient_ids == self.manager.partner_id)

    def test_nobody_gets_one_who_did_not_ask(self):
        self.assertFalse(self.mine(self.report("2026-01-12")))

    def test_of_two_runs_at_once_the_later_one_writes_nothing(self):
        self.company.aftersales_pricing_report = "weekly"
        with freeze_time("2026-01-14 06:00:00"):
            self.assertTrue(self.company._aftersales_mail_pricing())
            self.assertFalse(self.company._aftersales_mail_pricing())

    def test_a_margin_that_nobody_can_know_is_said(self):
        def told(*facts):
            said = self.company._aftersales_pricing_told(*facts)
            figures = [re.sub("[^\x20-\x7e]+", " ", said[key]) for key in ("margin", "percent")]
            return (*figures, said["is_loss"], said["missing"])

        for facts, words in (
            ((1200.0, 300.0, 900.0, 0), ("$ 900.00", "75.0 %", False, False)),
            ((100.0, 300.0, -200.0, 0), ("$ - 200.00", "-200.0 %", True, False)),
            (
                (None, 0.0, 0.0, 0),
                ("", "", False, "not enough data: nothing earned or spent"),
            ),
            (
                (100.0, 300.0, -200.0, 1),
                ("", "", False, "not enough data: 1 entry without cost"),
            ),
            (
                (100.0, 300.0, -200.0, 7),
                ("", "", False, "not enough data: 7 entries without cost"),
            ),
        ):
            with self.subTest(facts):
                self.assertEqual(told(*facts), words)

    def test_it_comes_once_a_week_and_catches_up(self):
        self.company.aftersales_pricing_report = "weekly"
        days = ("2026-01-14", "2026-01-14", "2026-01-18", "2026-01-19", "2026-01-20", "2026-02-04")
        came = [len(self.mine(self.report(day))) for day in days]
        self.assertEqual(came, [1, 0, 0, 1, 0, 1])

    def test_it_comes_once_a_month(self):
        self.company.aftersales_pricing_report = "monthly"
        days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-02")
        came = [len(self.mine(self.report(day))) for day in days]
        self.assertEqual(came, [1, 1, 0, 1])

    def test_it_tells_what_plans_earned_and_which_contracts_are_below_cost(self):
        self.company.aftersales_pricing_report = "weekly"
        text = self.text(self.mine(self.report("2026-01-12")))
        self.assertIn("Silver 1", text)
        self.assertIn("1,200.00", text)
        self.assertIn("100.0 %", text)
        self.assertIn("No running contract is below cost.", text)

    def test_what_lacks_data_gets_no_margin(self):
        told = self.company._aftersales_pricing_told(100.0, 20.0, 80.0, 3)
        self.assertEqual(
            (told["margin"], told["percent"], told["missing"]),
            ("", "", "not enough data: 3 entries without cost"),
        )
        told = self.company._aftersales_pricing_told(0.0, 20.0, -20.0, 0)
        self.assertEqual((told["percent"], told["is_loss"]), ("", True))

    def test_managers_of_other_companies_and_without_address_get_none(self):
        elsewhere = self.env.ref("base.main_company")
        new_test_user(
            self.env,
            "t-else",
            "aftersales_plans.group_manager",
            email="e@example.com",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertIn(self.manager, self.company._aftersales_pricing_readers())
        self.manager.email = False
        logins = self.company._aftersales_pricing_readers().mapped("login")
        self.assertFalse({"t-else", "t-manager"} & set(logins))

    def test_a_company_that_fails_stops_no_other_and_its_managers_are_told(self):
        other = self.env["res.company"].create([{"name": "Aa"}, {"name": "Zz"}])
        companies = self.company | other
        companies.aftersales_pricing_report = "weekly"
        with poisoned(self.company, "_aftersales_mail_pricing"):
            self.report("2026-01-12")
            self.report("2026-01-13")
        self.assertTrue(all(other.mapped("aftersales_pricing_reported")))
        self.assertFalse(self.company.aftersales_pricing_reported)
        task = self.company.partner_id.activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.manager))
        self.assertIn("poison", task.note)
        self.assertTrue(self.mine(self.report("2026-01-14")))
        self.assertFalse(self.company.partner_id.activity_ids, "settled")

    def test_a_script_in_a_name_does_not_run(self):
        self.plan.name = "<script>alert(1)</script>"
        self.company.aftersales_pricing_report = "weekly"
        mail = self.mine(self.report("2026-01-12"))
        self.assertNotIn("<script>", mail.body_html)
