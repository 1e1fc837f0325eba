# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase

REPORT = "aftersales_plans.contract_report"


@tagged("post_install", "-at_install")
class TestContractReport(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-15 12:00:00"))
        cls.company.name = "Build & Care Ltd"
        cls.plan.write({"support_level": "always", "response_hours": 8})

    def page(self, contract, user=None):
        """Return the printed contract as {name of a section: its words}, and the raw text."""
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, kind = report._render_qweb_pdf(REPORT, contract.ids)
        self.assertEqual(kind, "html")
        sections = html.fromstring(content).xpath("//div[hasclass('aftersales')]//*[@name]")
        words = {s.get("name"): " ".join(" ".join(s.itertext()).split()) for s in sections}
        return words, content.decode()

    def test_a_contract_is_printed_with_its_terms_cover_and_exclusions(self):
        serial = self.env["product.product"].create(
            {"name": "Pump", "type": "consu", "is_storable": True, "tracking": "serial"}
        )
        lot = self.env["stock.lot"].create({"name": "P-77", "product_id": serial.id})
        self.stock_up(serial, 1, lot)
        contract = self.sell((self.goods, 3), (serial, 1), (self.plan_product, 1))
        self.claim(contract.asset_ids[:1]).action_approve()
        words, _content = self.page(contract)
        self.assertIn("Build & Care Ltd", words["parties"])
        self.assertIn("Casa Verde 1 Elm Street Springfield", words["parties"])
        self.assertIn("Plan Gold", words["plan"])
        self.assertEqual(words["term"], "Term March 15, 2026 – March 14, 2027")
        self.assertEqual(words["price"], "Price, net of taxes $ 600.00")
        for benefit in ("3 replacements a year", "Phone support at any time", "within 8 hours"):
            self.assertIn(benefit, words["benefits"])
        self.assertEqual(
            words["exclusions"].removeprefix("What the plan does not cover").split(),
            " ".join(contract._exclusions()).split(),
        )
        self.assertIn("Mar 15, 2026 – Mar 14, 2027 3 1 2", words["entitlements"])
        self.assertIn("Boiler 3.00 Units Mar 15, 2026 Mar 14, 2028", words["goods"])
        self.assertIn("Pump P-77 1.00 Units Mar 15, 2026 Mar 14, 2028", words["goods"])

    def test_every_contract_says_that_it_comes_on_top_of_the_statutory_guarantee(self):
        words, _content = self.page(self.sell((self.goods, 1), (self.plan_product, 1)))
        self.assertIn("statutory guarantee stands beside", words["guarantee"])
        self.assertIn("free, with or without a plan; the plan comes on top", words["guarantee"])

    def test_conditions_follow_the_frozen_terms(self):
        self.plan.write(
            {
                "over_quota_policy": "refuse",
                "claim_value_limit": 1000.0,
                "term_value_limit": 5000.0,
                "hour_rate": 45.0,
                "visit_rate": 80.5,
                "after_hours_percent": 12.5,
                "freight_included": False,
                "waiting_days": 14,
                "withdrawal_days": 30,
                "refund_policy": "pro_rata_less_used",
                "benefits_require_payment": "hold",
            }
        )
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.plan.write({"refund_policy": "none", "withdrawal_days": 0, "hour_rate": 99.0})
        self.assertEqual(contract.withdrawal_end, date(2026, 4, 14))
        words, _content = self.page(contract)
        for sentence in (
            "Cover begins 14 days after the order",
            "Further replacements are not made under this plan.",
            "One claim: goods worth up to $ 1,000.00 at list price.",
            "The whole term: goods worth up to $ 5,000.00 at list price.",
            "Work is included; freight is charged.",
            "What is not included costs $ 45.00 an hour, $ 80.50 a visit",
            "Charged work costs 12.5 % more.",
            "Until April 14, 2026 you may withdraw",
            "is paid back, less what was used.",
            "held until the invoice is paid",
        ):
            self.assertIn(sentence, words["conditions"])

    def test_the_small_print_of_a_plan_follows_its_terms(self):
        """What a quotation says of a plan; `_conditions` of siblings come after these."""
        rates = "What is not in the price costs $ 45.00 an hour, $ 80.50 a visit"
        values = {"replacements_included": 3, "hour_rate": 45.0, "visit_rate": 80.5}
        cases = [
            ({}, [rates]),
            ({"hour_rate": 0, "visit_rate": 0}, []),
            (
                {"claim_value_limit": 1000},
                ["One claim replaces goods worth up to $ 1,000.00", rates],
            ),
            (
                {"term_value_limit": 5000},
                ["All claims replace goods worth up to $ 5,000.00", rates],
            ),
            ({"freight_included": False}, ["Freight is charged", rates]),
            (
                {"after_hours_percent": 12.5},
                [rates, "Charged work outside business hours: 12.5 % more"],
            ),
            ({"contract_kind": "fixed_price", "claim_value_limit": 1000}, [rates]),
            ({"contract_kind": "time_material"}, [rates]),
        ]
        for number, (extra, wanted) in enumerate(cases):
            with self.subTest(extra):
                plan = self.plan.copy({"code": f"C{number}", **values, **extra})
                told = [
                    sentence.replace("\N{NO-BREAK SPACE}", " ")
                    for sentence in plan._conditions_of_cover()
                ]
                self.assertEqual(told[0], plan._kind_in_words())
                quota = plan.contract_kind == "full_service"
                self.assertEqual(told[1 + quota :], wanted)
        waits = self.plan.copy(
            {"code": "WAIT", "duration_months": 24, "start_policy": "installed", "waiting_days": 14}
        )
        self.assertEqual(
            waits._conditions_of_term(),
            [
                "24 months, from the installation",
                "Goods bought earlier: cover begins after 14 days",
            ],
        )

    def test_each_kind_of_contract_says_what_it_promises_and_what_it_leaves_out(self):
        fixed = self.plan.copy({"code": "FIX", "contract_kind": "fixed_price"})
        words = "Fixed price for the promised services; parts are charged"
        self.assertEqual(fixed._benefits()[0], words)
        self.assertIn(self.env.ref("aftersales_plans.cause_misuse").name, fixed._exclusions())
        self.assertEqual(
            self.plan.copy({"code": "TM", "contract_kind": "time_material"})._exclusions(), []
        )

    def test_a_contract_that_has_not_started_says_how_it_will(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        words, _content = self.page(order.aftersales_contract_ids)
        self.assertEqual(words["term"], "Term 12 months, from the first delivery")
        self.assertIn("listed here once they are delivered", words["goods"])
        self.assertEqual(words["entitlements"], "")

    def test_the_price_is_printed_in_the_currency_of_the_order(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "Xt",
                "position": "after",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2.5})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        contract = self.sell((self.goods, 1), (self.plan_product, 1), pricelist_id=pricelist.id)
        words, content = self.page(contract)
        self.assertEqual(words["price"], "Price, net of taxes 1,500.00 Xt")
        cell = html.fromstring(content).xpath("//tr[@name='price']/td")[0]
        self.assertIn("text-end", cell.get("class"))

    def test_the_customer_reads_it_in_their_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.plan.with_context(lang="fr_FR").name = "Formule Or"
        self.customer.lang = "fr_FR"
        words, _content = self.page(self.sell((self.goods, 1), (self.plan_product, 1)))
        self.assertIn("Formule Or", words["plan"])
        self.assertIn("15 mars 2026 – 14 mars 2027", words["term"])

    def test_forty_goods_take_three_pages_each_with_a_head_of_its_own(self):
        contract = self.sell(*[(self.goods, 1)] * 40, (self.plan_product, 1))
        self.assertEqual(len(contract.asset_ids), 40)
        _words, content = self.page(contract)
        page = html.fromstring(content)
        tables = page.xpath("//div[@name='goods']//table")
        self.assertEqual([len(table.xpath("tbody/tr")) for table in tables], [16, 16, 8])
        self.assertEqual([table.xpath("thead/tr/th")[0].text for table in tables], ["Goods"] * 3)

    def test_a_service_agent_prints_it_without_rights_on_orders_and_lots(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        words, _content = self.page(contract, self.agent)
        self.assertIn("600.00", words["price"])
        self.assertIn("Until March 29, 2026", words["conditions"])

    def test_the_file_is_named_after_the_contract(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(contract._get_report_base_filename(), f"Service contract {contract.name}")

    def test_a_salesperson_mails_the_contract_to_the_customer(self):
        self.customer.email = "casa@example.com"
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        seller = new_test_user(
            self.env, "t-mails", "sales_team.group_sale_salesman", email="t@example.com"
        )
        action = contract.with_user(seller).action_send()
        composer = self.env[action["res_model"]].with_user(seller).with_context(**action["context"])
        composer.create({}).action_send_mail()
        sent = contract.message_ids[:1]
        self.assertEqual(sent.partner_ids, self.customer)
        self.assertIn(contract.name, sent.subject)
        self.assertIn(
            "it runs from March 15, 2026 to March 14, 2027",
            html.fromstring(sent.body).text_content(),
        )
        self.assertEqual(len(sent.attachment_ids), 1)
