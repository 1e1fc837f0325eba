# SPDX-License-Identifier: LGPL-3.0-or-later
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase
from .common_portal import PortalCase


class PortalPlansCase(PortalCase, AfterSalesCase):
    """Casa Verde with ten boilers under Gold, its people, a stranger and another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.phone = "+1 555 0100"
        cls.goods.taxes_id = cls.plan_product.taxes_id = False
        cls.customer.write({"email": "casa@example.com", "is_company": True})
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.worker = cls.env["res.partner"].create(
            {"name": "Wanda Worker", "parent_id": cls.customer.id, "email": "wanda@example.com"}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Nora Next Door"})
        cls.customer_login("casa", cls.customer)
        cls.wanda = cls.customer_login("wanda", cls.worker)
        cls.customer_login("nora", cls.stranger)

    @classmethod
    def other_company(cls):
        """Return the customer's contract in a company the login does not belong to."""
        company = cls.env["res.company"].create({"name": "Sister"})
        plan = cls.env["aftersales.plan"].create(
            {"name": "Iron", "code": "T-IRON", "company_id": company.id}
        )
        values = {"partner_id": cls.customer.id, "site_id": cls.customer.id}
        contract = cls.env["aftersales.contract"].with_company(company)
        return contract.create({**values, "plan_id": plan.id, "company_id": company.id})

    def assertSentAway(self, address, login=None):
        """Expect that a page does not open: it leads to the start or to the login."""
        response = self.page(address, login)
        self.assertEqual(response.status_code, 200)
        self.assertRegex(response.url, r"/my(/home)?$|/web/login")
        return response


@tagged("post_install", "-at_install")
class TestPortalContract(PortalPlansCase):
    def test_the_start_page_leads_to_contracts_goods_and_claims(self):
        page = html.fromstring(self.page("/my", "casa").text)
        links = page.xpath("//div[@id='portal_client_category']//a/@href")
        ours = ["/my/service-contracts", "/my/assets", "/my/claims"]
        self.assertEqual([link for link in links if link in ours], ours)
        counters = ["service_contract_count", "asset_count", "claim_count"]
        for login, seen in (("casa", [1, 1, 0]), ("nora", [0, 0, 0])):
            self.authenticate(login, login)
            counts = self.make_jsonrpc_request("/my/counters", {"counters": counters})
            self.assertEqual([counts[name] for name in counters], seen)

    @freeze_time("2026-04-06 10:00:00")
    def test_a_contract_says_what_is_left_what_is_covered_and_where_to_ask(self):
        self.env["aftersales.entitlement"].search([])._add_used(2)
        self.contract.user_id = new_test_user(
            self.env, "t-seller", "sales_team.group_sale_salesman"
        )
        self.contract.sudo().write({"support_level": "always"})
        said = self.words(f"/my/service-contracts/{self.contract.id}", "wanda")
        for words in (
            "2 of 3 replacements used, until February 28, 2027",
            "Gold",
            "March 1, 2026 – February 28, 2027",
            "Call us at any time, day and night.",
            "+1 555 0100",
            "t-seller",
            "3 replacements a year",
            "Boiler",
            self.contract.sale_order_id.name,
        ):
            self.assertIn(words, said)
        page = html.fromstring(self.page(f"/my/service-contracts/{self.contract.id}", "casa").text)
        self.assertEqual(page.xpath("//div[@role='progressbar']/@aria-valuenow"), ["67"])
        links = page.xpath("//div[@id='contract_content']//a/@href")
        self.assertIn(f"/my/assets/{self.asset.id}", links)
        self.assertIn(f"/my/orders/{self.contract.sale_order_id.id}", links)
        self.assertIn("2 of 3 replacements used", self.words("/my/service-contracts", "casa"))

    def test_a_contract_is_open_to_its_customer_and_to_whoever_has_the_link(self):
        address = f"/my/service-contracts/{self.contract.id}"
        token = self.contract._portal_ensure_token()
        opens = ((address, "casa"), (address, "wanda"), (f"{address}?access_token={token}", None))
        for page, login in (*opens, (f"{address}?access_token={token}", "nora")):
            response = self.page(page, login)
            self.assertIn(self.contract.name, response.text)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        for page, login in (
            (address, None),
            (address, "nora"),
            (address, self.agent.login),
            (f"{address}?access_token=wrong", None),
            (f"{address}?access_token=", "nora"),
            (f"/my/service-contracts/{self.other_company().id}", "casa"),
            ("/my/service-contracts/99999999999999999999", "casa"),
            (f"{address}?report_type=pdf", "nora"),
        ):
            text = self.assertSentAway(page, login).text
            self.assertNotIn(self.contract.name, text)
        # whoever has the link alone is led to no page that asks for a login
        linked = html.fromstring(self.page(opens[2][0]).text)
        links = linked.xpath("//main//a[starts-with(@href, '/my/')]/@href")
        self.assertTrue(links)
        for link in links:
            self.assertIn("access_token=", link)
        self.assertIn("+1 555 0100", linked.text_content())

    def test_all_goods_of_a_contract_are_listed_from_its_page(self):
        with freeze_time("2026-03-01 12:00:00"):
            other = self.sell((self.goods, 1), (self.plan_product, 1))
            many = self.sell(*[(self.goods, 1)] * 21, (self.plan_product, 1))
        page = html.fromstring(self.page(f"/my/service-contracts/{many.id}", "casa").text)
        [address] = page.xpath("//a[starts-with(normalize-space(), 'Show all')]/@href")
        said = html.fromstring(self.page(address, "casa").text)
        links = said.xpath("//tbody//a/@href")
        self.assertEqual(set(links), {f"/my/assets/{asset.id}" for asset in many.asset_ids})
        self.assertNotIn(f"/my/assets/{other.asset_ids.id}", links)

    def test_strange_addresses_show_a_page(self):
        for query in (
            "?page=²",
            "?search=%00",
            "?search[]=1",
            "?sortby=x&filterby=y&search_in=z&search=%25_'&records=1&sortings=1&asked=1",
            "?search=" + "a" * 3000,
        ):
            for path in ("service-contracts", "assets", "claims", "claims/new"):
                response = self.page(f"/my/{path}{query}", "casa")
                self.assertEqual(response.status_code, 200, f"{path}{query}")
        self.assertEqual(self.page("/my/assets/page/99999999999", "casa").status_code, 200)
        claim = self.claim(self.asset)
        for page in (self.contract.access_url, claim.access_url):
            query = "?values=1&document=1&session_history=1&no_breadcrumbs=1"
            self.assertEqual(self.page(page + query, "casa").status_code, 200, page)

    def test_a_list_finds_what_people_type(self):
        for search, found in (("Gol", 1), ("boil", 1), ("Elm", 1), ("Silver", 0), ("%", 0)):
            text = self.page(f"/my/service-contracts?search={search}", "casa").text
            self.assertEqual(self.contract.name in text, bool(found), search)
        self.assertIn(
            "You have no service contract yet", self.words("/my/service-contracts", "nora")
        )

    def test_a_contract_says_what_starts_it_and_when_it_rests_or_ended(self):
        self.plan.start_policy = "installed"
        waiting = self.sell((self.goods, 1), (self.plan_product, 1))
        said = waiting._status_online()
        self.assertEqual(said["text"], "It starts on the day your goods are installed.")
        self.assertIn("3 replacements a year", waiting._promises_online()[0]["text"])
        with freeze_time("2026-04-06 10:00:00"):
            self.contract._suspend(
                self.contract.company_id._aftersales_today(),
                fields.Date.to_date("2026-04-20"),
                "secret",
            )
            said = self.words(f"/my/service-contracts/{self.contract.id}", "casa")
        self.assertIn("It rests from April 6, 2026 to April 20, 2026", said)
        self.assertNotIn("secret", said)

    def test_every_state_of_a_contract_is_told_in_words(self):
        before = {"date_start": False, "date_end": False, "date_closed": False, "notice_day": False}
        term = {**before, "date_start": "2026-03-01", "date_end": "2027-02-28"}
        ended = "Its last day was February 28, 2027."
        early = "It ended early: its last day was May 9, 2026."
        for state, days, words in (
            ("draft", term, "It starts on March 1, 2026."),
            ("active", term, ""),
            (
                "active",
                {**term, "notice_day": "2026-06-30"},
                "It ends early: its last day is June 30, 2026.",
            ),
            ("expired", term, ended),
            ("cancelled", {**term, "date_closed": "2026-05-09"}, early),
            ("cancelled", before, "It was cancelled before it started."),
            (
                "cancelled",
                {**term, "date_closed": "2026-02-09"},
                "It was cancelled before it started.",
            ),
        ):
            with self.subTest(state=state, words=words):
                self.contract.sudo().write({"state": state, **days})
                self.assertEqual(self.contract._status_online()["text"], words)
        self.assertEqual(self.contract._term_online(), "March 1, 2026 – February 28, 2027")
        self.contract.sudo().write(before)
        self.assertEqual(self.contract._term_online(), "12 months, from the first delivery")

    def test_what_is_not_promised_is_not_told_as_left(self):
        self.assertTrue(self.contract._promises_online())
        self.contract.sudo().contract_kind = "fixed_price"
        labels = [promise["label"] for promise in self.contract._promises_online()]
        self.assertNotIn("Replacements", labels)

    def test_a_contract_is_printed_from_its_page(self):
        page = self.page(f"/my/service-contracts/{self.contract.id}?report_type=pdf", "casa")
        self.assertEqual(page.status_code, 200)
        self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertIn(self.contract.name.replace("/", "_"), page.headers["Content-Disposition"])
        self.assertSentAway(f"/my/service-contracts/{self.contract.id}?report_type=pdf", "nora")

    def test_an_unpaid_plan_says_so_with_its_invoice(self):
        order = self.contract.sale_order_id
        with freeze_time("2026-03-02 12:00:00"):
            invoice = order._create_invoices()
            invoice.invoice_date_due = "2026-03-10"
            invoice.action_post()
        self.contract.sudo().benefits_require_payment = "hold"
        with freeze_time("2026-04-06 10:00:00"):
            self.env.invalidate_all()
            page = self.page(f"/my/service-contracts/{self.contract.id}", "casa").text
        self.assertIn("its benefits are held until it is", page)
        self.assertIn(f'href="/my/invoices/{invoice.id}"', page)

    def test_goods_are_shown_with_guarantee_cover_and_documents_meant_for_customers(self):
        for name, seen in (("Manual", "sale_order"), ("Costs", "hidden")):
            self.env["product.document"].create(
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "product.template",
                    "res_id": self.goods.product_tmpl_id.id,
                    "attached_on_sale": seen,
                }
            )
        self.env["ir.attachment"].create(
            {"name": "Note", "raw": b"n", "res_model": "aftersales.asset", "res_id": self.asset.id}
        )
        manual, costs = self.goods.product_tmpl_id.product_document_ids.sorted("id")
        address = f"/my/assets/{self.asset.id}"
        said = self.words(address, "casa")
        for words in ("Boiler", "10 Units", "March 1, 2026", "Good", self.contract.name, "Manual"):
            self.assertIn(words, said)
        for words in ("Costs", "Note"):
            self.assertNotIn(words, said)
        self.assertEqual(self.page(f"{address}/document/{manual.id}", "casa").content, b"Manual")
        self.assertSentAway(f"{address}/document/{costs.id}", "casa")
        self.assertSentAway(f"{address}/document/{manual.id}", "nora")
        self.assertIn("Boiler", self.words("/my/assets", "wanda"))
        self.assertNotIn("Boiler", self.words("/my/assets", "nora"))
        for login in ("nora", None, self.agent.login):
            self.assertSentAway(address, login)
        self.assertIn("Boiler", self.words("/my/assets?search=oile", "wanda"))
        self.assertNotIn("Boiler", self.words("/my/assets?filterby=out", "casa"))
        self.asset.sudo().active = False
        self.assertSentAway(address, "casa")

    def test_lists_cost_the_same_number_of_queries_however_long_they_are(self):
        def queries(address):
            self.page(address, "casa")  # what is read once only
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.url_open(address)
            return self.cr.sql_log_count - before

        self.claim(self.asset)
        few = [queries(f"/my/{path}") for path in ("service-contracts", "assets", "claims")]
        with freeze_time("2026-03-01 12:00:00"):
            for _number in range(4):
                contract = self.sell((self.goods, 1), (self.plan_product, 1))
                self.claim(contract.asset_ids)
        many = [queries(f"/my/{path}") for path in ("service-contracts", "assets", "claims")]
        self.assertEqual(few, many)

    def test_a_portal_login_gains_no_right_on_our_records(self):
        for record in (self.contract, self.asset, self.contract.entitlement_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.wanda).read(["display_name"])
