# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import file_open

from .common import AfterSalesCase

HEADER = ["id", "name", "plan_id", "partner_id", "site_id", "date_start", "amount_untaxed",
          "opening_replacements_used"]  # fmt: skip


@tagged("post_install", "-at_install")
class TestContractOpening(AfterSalesCase):
    def load(self, *rows, user=None):
        """Import rows as the import screen does."""
        with freeze_time("2026-11-20 12:00:00"):
            return (
                self.env["aftersales.contract"]
                .with_user(user or self.manager)
                .load(HEADER, [list(row) for row in rows])
            )

    def row(self, name="OLD-1", start="2026-03-15", used="2"):
        return (f"__import__.{name}", name, "Gold", "Casa Verde", "Casa Verde", start, "600", used)

    def test_a_running_contract_is_imported_with_what_was_used(self):
        result = self.load(self.row())
        self.assertFalse(result["messages"])
        contract = self.env["aftersales.contract"].browse(result["ids"])
        self.assertRecordValues(
            contract,
            [
                {
                    "name": "OLD-1",
                    "state": "active",
                    "date_start": date(2026, 3, 15),
                    "date_end": date(2027, 3, 14),
                    "amount_untaxed": 600.0,
                    "replacements_included": 3,
                }
            ],
        )
        entitlement = contract._entitlement("replacement", date(2026, 11, 20))
        self.assertEqual((entitlement.used, entitlement.remaining), (2, 1))
        self.assertEqual(entitlement.usage_ids.origin_name, contract.display_name)

    def test_one_entered_on_the_screen_gets_a_number(self):
        with freeze_time("2026-11-20 12:00:00"):
            form = Form(
                self.env["aftersales.contract"].with_user(self.manager),
                view="aftersales_plans.aftersales_contract_view_form_opening",
            )
            form.plan_id = self.plan
            form.partner_id = self.customer
            form.site_id = self.customer
            form.date_start = date(2026, 11, 1)
            contract = form.save()
        self.assertRegex(contract.name, r"^SC/2026/\d{5}$")
        self.assertEqual(contract.state, "active")

    def test_a_contract_that_is_over_and_one_that_lies_ahead(self):
        result = self.load(
            self.row("OLD-2", "2024-01-01", "0"), self.row("OLD-3", "2027-01-01", "0")
        )
        contracts = self.env["aftersales.contract"].browse(result["ids"])
        self.assertEqual(contracts.mapped("state"), ["expired", "draft"])

    def test_more_used_than_included_is_refused_and_nothing_is_imported(self):
        result = self.load(self.row("OLD-4", used="1"), self.row("OLD-5", used="4"))
        self.assertFalse(result["ids"])
        self.assertIn("4 are said to be used", result["messages"][0]["message"])
        self.assertFalse(self.env["aftersales.contract"].search([("name", "like", "OLD-")]))

    def test_only_a_plan_manager_enters_running_contracts(self):
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        for user, words in ((seller, "by hand"), (self.agent, "not allowed")):
            result = self.load(self.row("OLD-6"), user=user)
            self.assertFalse(result["ids"])
            self.assertIn(words, result["messages"][0]["message"])

    def test_what_was_used_before_is_stated_once(self):
        result = self.load(self.row("OLD-7"))
        contract = self.env["aftersales.contract"].with_user(self.manager).browse(result["ids"])
        with self.assertRefused("by hand"):
            contract.opening_replacements_used = 0

    def test_the_template_can_be_imported_as_it_is(self):
        for model in ("aftersales.contract", "aftersales.plan", "aftersales.claim"):
            for template in self.env[model].get_import_templates():
                with self.subTest(template["template"]):
                    self.assertFalse(self.import_template(model, template["template"]))

    def import_template(self, model, url):
        """Return the messages of a test import of the file behind ``url``."""
        self.customer.name = "Joel Willis"
        self.plan.name = "GOLD"
        self.goods.default_code = "TILE-5050-G"
        self.env.flush_all()  # a test import rolls back what was written since
        module, _static, path = url.lstrip("/").partition("/static/")
        with file_open(f"{module}/static/{path}", "rb") as file:
            content = file.read()
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create({"res_model": model, "file": content, "file_type": "text/csv"})
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        preview = wizard.parse_preview(options)
        self.assertEqual(len(preview["matches"]), len(preview["headers"]), preview["headers"])
        columns = ["/".join(preview["matches"][index]) for index in range(len(preview["headers"]))]
        result = wizard.execute_import(columns, preview["headers"], preview["options"], dryrun=True)
        return result["messages"]

    # --- Goods ----------------------------------------------------------------------------------

    def enter(self, assets, **values):
        """Enter a running contract that covers ``assets``, as a plan manager does."""
        return (
            self.env["aftersales.contract"]
            .with_user(self.manager)
            .create(
                {
                    "plan_id": self.plan.id,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "date_start": "2026-03-15",
                    "asset_ids": [Command.set(assets.ids)],
                    **values,
                }
            )
        )

    @freeze_time("2026-11-20 12:00:00")
    def test_a_running_contract_takes_goods_of_its_customer_that_no_other_covers(self):
        self.sell((self.goods, 1))
        asset = self.env["aftersales.asset"].search([("partner_id", "=", self.customer.id)])
        contract = self.enter(asset)
        self.assertEqual((contract.asset_ids, contract.state), (asset, "active"))
        with self.assertRefused(f"OLD-9: .* covered by {contract.name} .* already"):
            self.enter(asset, name="OLD-9")
        over = self.enter(asset, date_start="2024-03-15")
        self.assertEqual(over.state, "expired", "what covered it before may be recorded")

    @freeze_time("2026-11-20 12:00:00")
    def test_goods_of_others_elsewhere_or_out_of_use_are_refused_in_words(self):
        self.sell((self.goods, 1))
        asset = self.env["aftersales.asset"].search([("partner_id", "=", self.customer.id)])
        other = self.env["res.partner"].create({"name": "Other"})
        cabin = self.env["res.partner"].create({"name": "Cabin", "parent_id": self.customer.id})
        for values, words in (
            ({"partner_id": other.id, "site_id": other.id}, "belongs to Casa Verde, not to Other"),
            ({"site_id": cabin.id}, "is at Casa Verde, not at Casa Verde, Cabin"),
        ):
            with self.assertRefused(words):
                self.enter(asset, **values)
        asset._take_out("scrapped", date(2026, 11, 20))
        with self.assertRefused("is out of use .Scrapped."):
            self.enter(asset)
        self.assertFalse(self.env["aftersales.contract"].search([("plan_id", "=", self.plan.id)]))

    def test_an_import_takes_goods_of_one_customer_once(self):
        self.sell((self.goods, 1))
        asset = self.env["aftersales.asset"].search([("partner_id", "=", self.customer.id)])
        with freeze_time("2026-11-20 12:00:00"):
            result = (
                self.env["aftersales.contract"]
                .with_user(self.manager)
                .load(
                    [*HEADER, "asset_ids/.id"],
                    [[*self.row(name, used="0"), str(asset.id)] for name in ("OLD-1", "OLD-2")],
                )
            )
        self.assertFalse(result["ids"])
        self.assertIn("covered by OLD-", result["messages"][0]["message"])

    def test_an_import_costs_few_queries_a_contract(self):
        def queries(count, name):
            rows = [
                self.row(f"{name}{number}", f"2026-{number % 9 + 1:02}-15", "0")
                for number in range(count)
            ]
            before = self.env.cr.sql_log_count
            result = self.load(*rows)
            self.env.flush_all()
            self.assertFalse(result["messages"])
            return self.env.cr.sql_log_count - before

        queries(2, "W")  # warms up what is cached for good
        few, many = queries(10, "A"), queries(40, "B")
        self.assertLess((many - few) / 30, 5)
