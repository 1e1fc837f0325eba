from datetime import date

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
