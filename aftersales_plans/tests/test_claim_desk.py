from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .common import AfterSalesCase

MORNING = "2026-04-06 10:00:00"
MAIL_TEXT = """Return-Path: {return_path}
To: {to}
cc: {cc}
From: {email_from}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/html; charset="utf-8"
Message-ID: {msg_id}
Date: Mon, 6 Apr 2026 10:00:00 +0000
{extra}
{body}
"""


class DeskCase(AfterSalesCase):
    """Ten boilers under Gold, 1 March 2026 to 28 February 2027."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.taxes_id = cls.plan_product.taxes_id = False
        cls.customer.email = "casa@example.com"
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.colleague = new_test_user(cls.env, "t-colleague", "aftersales_plans.group_agent")

    def report(self, *args, at=MORNING, **values):
        with freeze_time(at):
            return self.claim(self.asset, *args, **values)


@tagged("post_install", "-at_install")
class TestClaimCover(DeskCase):
    """What the form shows at once."""

    def test_cover_guarantee_quota_and_exclusions(self):
        claim = self.report()
        self.assertRecordValues(
            claim,
            [
                {
                    "is_covered": True,
                    "cover_label": "Yes, until 02/28/2027",
                    "in_warranty": True,
                    "warranty_label": "Yes, until 02/29/2028",
                    "entitlement_label": "0 of 3 used",
                    "exclusion_label": "Misuse, Wilful damage, Flood, fire, disaster, "
                    "No fault found",
                }
            ],
        )
        self.assertEqual(claim.line_ids.warranty_end, date(2028, 2, 29))

    def test_it_shows_before_the_claim_is_saved(self):
        with freeze_time(MORNING):
            form = Form(self.env["aftersales.claim"].with_user(self.agent))
            form.partner_id = self.customer
            self.assertEqual(form.cover_label, "No registered goods named")
            with form.line_ids.new() as line:
                line.asset_id = self.asset
                line.cause_id = self.accident
            self.assertEqual(form.cover_label, "Yes, until 02/28/2027")
            self.assertEqual(form.customer_value, 0.0)

    def test_who_would_pay_shows_while_the_agent_types(self):
        with freeze_time(MORNING):
            form = Form(self.env["aftersales.claim"].with_user(self.agent))
            form.partner_id = self.customer
            with form.line_ids.new() as line:
                line.asset_id = self.asset
                self.assertFalse(line.expected_billing_type)
                line.cause_id = self.accident
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.expected_billing_type, "contract")
                line.cause_id = self.env.ref("aftersales_plans.cause_misuse")
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.expected_billing_type, "billable")
            claim = form.save()
            self.assertEqual(claim.line_ids.expected_billing_type, "billable")
            claim.action_approve()
        self.assertFalse(claim.line_ids.expected_billing_type)

    def test_goods_of_one_name_are_told_apart_where_they_are_chosen(self):
        asset = self.asset.with_user(self.agent)
        chosen = asset.with_context(formatted_display_name=True)
        self.assertEqual(
            (asset.display_name, chosen.display_name),
            ("Boiler", "Boiler \t --10 Units, 03/01/2026, Gold--"),
        )

    def test_a_quotation_is_sent_by_who_sells_to_the_customer(self):
        misuse = self.env.ref("aftersales_plans.cause_misuse")
        seller = new_test_user(self.env, "t-sells", "sales_team.group_sale_salesman")
        self.contract.user_id, self.customer.user_id = False, seller
        claim = self.report(cause=misuse)
        claim.action_approve()
        self.assertEqual(claim.sudo().sale_order_id.user_id, seller)
        self.customer.user_id = False
        claim = self.report(cause=misuse)
        claim.action_approve()
        self.assertFalse(claim.sudo().sale_order_id.user_id)
        said = " ".join(claim.message_ids.mapped("body"))
        self.assertIn("this customer has no salesperson", said)

    def test_why_there_is_no_cover(self):
        cases = {
            "2026-02-28": "No, the plan ran from 03/01/2026 to 02/28/2027 and not on that day",
            "2027-03-01": "No, the plan ran from 03/01/2026 to 02/28/2027 and not on that day",
        }
        self.contract.asset_ids.sudo().date_delivered = "2026-02-01"  # bought before the plan
        for day, expected in cases.items():
            claim = self.report(at=f"{day} 20:00:00", date_occurred=day)
            self.assertEqual((claim.is_covered, claim.cover_label), (False, expected))
        late = self.report(at="2027-03-20 10:00:00", date_occurred="2027-02-28")
        self.assertEqual(late.cover_label, "No, it was reported too late")

    def test_a_customer_without_a_plan(self):
        with freeze_time("2024-03-01 12:00:00"):
            self.sell((self.goods, 2))
        asset = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        with freeze_time(MORNING):
            claim = self.claim(asset)
        self.assertEqual((claim.is_covered, claim.cover_label), (False, "No"))
        self.assertEqual(claim.warranty_label, "No, it ended on 02/28/2026")
        self.assertFalse(claim.exclusion_label)

    def test_a_part_of_the_goods_in_the_guarantee(self):
        with freeze_time("2024-03-01 12:00:00"):
            self.sell((self.goods, 2))
        old = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        claim = self.report()
        claim.line_ids = [Command.create({"asset_id": old.id, "cause_id": self.accident.id})]
        self.assertEqual(claim.warranty_label, "For a part of the goods, until 02/29/2028")

    # --- Yearly value ---

    def invoice(self, amount, day, partner=None, move_type="out_invoice", company=None):
        move = (
            self.env["account.move"]
            .with_company(company or self.company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or self.customer).id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
                    ],
                }
            )
        )
        move.action_post()
        return move

    def test_the_yearly_value_is_net_of_the_last_12_months_and_the_whole_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        for amount, day, partner, move_type in (
            (1000.0, "2026-04-01", self.customer, "out_invoice"),
            (250.0, "2025-04-07", contact, "out_invoice"),
            (90.0, "2026-02-01", self.customer, "out_refund"),
            (4000.0, "2025-04-06", self.customer, "out_invoice"),  # a year ago to the day
        ):
            self.invoice(amount, day, partner, move_type)
        draft = self.invoice(500.0, "2026-04-01")
        draft.button_draft()
        claim = self.report()
        with freeze_time(MORNING):
            self.assertEqual(claim.customer_value, 1160.0)
            self.assertEqual(self.report(partner_id=contact.id).customer_value, 1160.0)

    def test_many_claims_cost_as_many_queries_as_one(self):
        names = ["cover_label", "warranty_label", "customer_value", "others_label", "goods_label",
                 "joinable_count", "second_owner_label", "waiting_goods"]  # fmt: skip
        claims = self.env["aftersales.claim"].union(*(self.report() for _number in range(20)))
        counts = []
        for few in (claims[:1], claims):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            few.with_user(self.agent).read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 2, counts)


@tagged("post_install", "-at_install")
class TestClaimOwner(DeskCase):
    """One owner per matter, and reports that are one matter."""

    def test_a_second_owner_is_warned_of_the_first(self):
        first = self.report()
        second = self.report(user=self.colleague)
        self.assertEqual(second.second_owner_label, f"{first.name} ({self.agent.name})")
        self.assertEqual(second.action_open_second_owner()["res_id"], first.id)
        form = Form(second.with_user(self.colleague))
        form.user_id = self.manager
        values = second.onchange(
            {"user_id": self.manager.id}, ["user_id"], {"user_id": {}, "second_owner_label": {}}
        )
        self.assertIn(first.name, values["warning"]["message"])

    def test_the_same_owner_or_other_goods_or_a_settled_claim_warn_of_nothing(self):
        self.report()
        self.assertFalse(self.report().second_owner_label)
        self.sell((self.goods, 1))
        other = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        claim = self.claim(other, user=self.colleague)
        self.assertFalse(claim.second_owner_label)
        self.assertTrue(claim.others_label)
        refused = self.report(user=self.colleague)
        refused.action_refuse()
        self.assertFalse(refused.second_owner_label or refused.others_label)

    def test_a_claim_without_owner_is_named_as_such(self):
        first = self.report(user_id=False)
        second = self.report(user=self.colleague)
        self.assertFalse(second.second_owner_label)
        self.assertEqual(second.others_label, f"{first.name} (nobody yet)")

    def test_take_makes_it_mine(self):
        claim = self.report(user_id=False)
        claim.with_user(self.colleague).action_take()
        self.assertEqual(claim.user_id, self.colleague)
        with self.assertRaises(AccessError):
            claim.with_user(new_test_user(self.env, "t-nobody")).action_take()

    # --- Joining ---

    def test_reports_within_7_days_become_the_earliest_one(self):
        first = self.report(at="2026-04-01 10:00:00", description="One boiler")
        second = self.report(
            at="2026-04-08 10:00:00", quantity=2, description="Two more", labour_hours=1.5,
            user=self.colleague,
        )  # fmt: skip
        self.assertEqual((first.joinable_count, second.joinable_count), (2, 2))
        action = second.action_join()
        self.assertEqual(action["res_id"], first.id)
        self.assertEqual(first.line_ids.mapped("quantity"), [1.0, 2.0])
        self.assertEqual(first.description, f"One boiler\n\n{second.name}: Two more")
        self.assertEqual((first.labour_hours, first.user_id), (1.5, self.agent))
        self.assertEqual((second.state, second.joined_into_id), ("cancelled", first))
        self.assertIn(first.name, second.message_ids[0].body)
        self.assertIn(f">{second.name}</a>", first.message_ids[0].body)
        self.assertFalse(first.joinable_count)
        first.action_approve()
        self.assertEqual(self.contract.entitlement_ids.mapped("used"), [1])
        with self.assertRefused(f"joined into {first.name}"):
            second.action_reopen()

    def test_eight_days_apart_or_decided_or_elsewhere_stay_apart(self):
        first = self.report(at="2026-04-01 10:00:00")
        late = self.report(at="2026-04-08 10:00:01")
        self.assertFalse(first.joinable_count or late.joinable_count)
        decided = self.report(at="2026-04-02 10:00:00")
        decided.action_approve()
        site = self.env["res.partner"].create({"name": "Barn", "parent_id": self.customer.id})
        self.report(at="2026-04-02 10:00:00", site_id=site.id)
        visited = self.report(at="2026-04-02 10:00:00", channel="visit")
        self.assertFalse(first.joinable_count or decided.joinable_count or visited.joinable_count)
        with self.assertRefused("no other undecided report"):
            first.action_join()

    def test_customers_and_plans_are_never_mixed(self):
        first = self.report()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self.env["aftersales.claim"].create(
            {"partner_id": stranger.id, "site_id": self.customer.id}
        )
        self.assertFalse(foreign.joinable_count)
        with freeze_time("2026-03-01 12:00:00"):
            other = self.sell((self.goods, 1), (self.plan_product, 1))
        with freeze_time(MORNING):
            second = self.claim(other.asset_ids)
        self.assertNotEqual(first.contract_id, second.contract_id)
        self.assertFalse(first.joinable_count)

    def test_a_report_without_goods_takes_over_goods_and_plan(self):
        with freeze_time("2026-04-05 10:00:00"):
            mail = self.env["aftersales.claim"].create(
                {"partner_id": self.customer.id, "channel": "email", "user_id": False}
            )
        call = self.report()
        call.action_join()
        self.assertEqual((mail.contract_id, mail.user_id), (self.contract, self.agent))
        self.assertEqual(mail.line_ids.asset_id, self.asset)

    def test_who_may_not_write_all_of_them_joins_nothing(self):
        self.customer.user_id = seller = new_test_user(
            self.env, "t-seller", "sales_team.group_sale_salesman"
        )
        first, second = self.report(), self.report()
        with self.assertRaises(AccessError):
            first.with_user(new_test_user(self.env, "t-nobody")).action_join()
        second.with_user(seller).action_join()
        self.assertEqual(second.state, "cancelled")


@tagged("post_install", "-at_install")
class TestClaimLists(DeskCase):
    """What waits for what, and what failed."""

    def found(self, **domain):
        claims = self.env["aftersales.claim"].with_user(self.agent)
        ours = [("partner_id", "=", self.customer.id)]
        return claims.search([*ours, *((name, "=", value) for name, value in domain.items())])

    def test_waiting_for_goods_and_for_the_customer(self):
        goods = self.report()
        goods.action_approve()
        sale = self.report(cause=self.env.ref("aftersales_plans.cause_misuse"))
        sale.action_approve()
        self.assertEqual(self.found(waiting_goods=True), goods)
        self.assertFalse(self.found(waiting_customer=True))
        sale.sudo().sale_order_id.action_quotation_sent()
        self.assertEqual(self.found(waiting_customer=True), sale)
        self.assertEqual((goods.waiting_goods, sale.waiting_customer), (True, True))
        self.assertIn(sale, self.found(waiting_goods=False))
        self.deliver(goods.picking_ids.sudo())
        self.assertFalse(self.found(waiting_goods=True) or goods.waiting_goods)

    def test_an_accountant_filters_without_rights_on_shipments(self):
        self.report().action_approve()
        accountant = new_test_user(self.env, "t-ada", "aftersales_plans.group_accountant")
        claims = self.env["aftersales.claim"].with_user(accountant)
        self.assertTrue(claims.search([("waiting_goods", "=", True)]).mapped("goods_label"))

    def test_goods_in_words(self):
        claim = self.report(quantity=2.5)
        self.assertEqual(claim.goods_label, "2.5 × Boiler")

    def test_failures_are_counted_by_product_cause_age_and_plan(self):
        for quantity, day in ((1, "2026-03-20"), (2, "2026-08-01"), (1, "2027-04-01")):
            self.report(at=f"{day} 10:00:00", quantity=quantity)
        lines = self.env["aftersales.claim.line"].with_user(self.agent)
        domain = [("product_id", "=", self.goods.id)]
        self.assertEqual(
            lines._read_group(domain, ["age_band", "cause_id"], ["quantity:sum"]),
            [
                ("months_3", self.accident, 1.0),
                ("year_1", self.accident, 2.0),
                ("year_2", self.accident, 1.0),
            ],
        )
        self.assertEqual(lines.search(domain).sorted("id").mapped("age_months"), [0, 5, 13])
        self.assertEqual(lines._read_group(domain, ["plan_id"]), [(self.plan,)])

    def test_goods_of_unknown_age_have_no_band(self):
        claim = self.env["aftersales.claim"].create(
            {
                "partner_id": self.customer.id,
                "line_ids": [
                    Command.create({"product_id": self.goods.id, "cause_id": self.accident.id})
                ],
            }
        )
        self.assertEqual((claim.line_ids.age_months, claim.line_ids.age_band), (0, False))


@tagged("post_install", "-at_install")
class TestClaimIntake(MailCommon, DeskCase):
    """Claims by e-mail, through Odoo's own gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.desk_company = cls.company_admin
        settings = (
            cls.env["res.config.settings"]
            .with_company(cls.desk_company)
            .create({"aftersales_claim_alias_name": "claims"})
        )
        settings.execute()
        cls.address = f"claims@{cls.desk_company.alias_domain_id.name}"

    def receive(self, sender, subject="Broken boiler", body="<p>It leaks.</p>", **headers):
        """Let a mail arrive; return the claim it opened."""
        known = self.env["aftersales.claim"].search([])
        with self.mock_mail_gateway():
            self.format_and_process(
                MAIL_TEXT,
                sender,
                self.address,
                subject=subject,
                body=body,
                target_model="aftersales.claim",
                **headers,
            )
            self.env.flush_all()
        return self.env["aftersales.claim"].search([]) - known

    def test_a_customers_mail_opens_a_claim_nobody_owns(self):
        claim = self.receive("Casa <casa@example.com>")
        self.assertRecordValues(
            claim,
            [
                {
                    "partner_id": self.customer.id,
                    "channel": "email",
                    "user_id": False,
                    "company_id": self.desk_company.id,
                    "description": "Broken boiler\n\nIt leaks.",
                    "state": "draft",
                    "line_ids": [],
                }
            ],
        )
        self.assertRegex(claim.name, r"^CL/\d{4}/\d{5}$")
        confirmation, mail = claim.message_ids[:2]
        self.assertEqual((mail.message_type, mail.author_id), ("email", self.customer))
        self.assertEqual(confirmation.subject, f"We have received your report {claim.name}")
        self.assertEqual(claim.mail_step, "received")

    def test_an_unknown_sender_becomes_a_contact(self):
        claim = self.receive("Nora New <nora@new.example.com>")
        self.assertRecordValues(
            claim.partner_id, [{"name": "Nora New", "email": "nora@new.example.com"}]
        )
        self.assertEqual(claim.message_ids.filtered("subject")[-1].author_id, claim.partner_id)

    def test_a_contact_of_another_company_is_not_used(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "email": "shared@example.com", "company_id": elsewhere.id}
        )
        claim = self.receive("Shared <shared@example.com>")
        self.assertNotEqual(claim.partner_id, foreign)
        self.assertEqual(claim.partner_id.name, "Shared")

    def test_a_reply_joins_the_claim_and_opens_none(self):
        claim = self.receive("Casa <casa@example.com>")
        mail = claim.message_ids[0]
        self.assertFalse(
            self.receive("Casa <casa@example.com>", extra=f"In-Reply-To: {mail.message_id}\n")
        )
        self.assertEqual(claim.message_ids[0].author_id, self.customer)
        self.assertFalse(claim.date_responded)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_an_answering_machine_does_not_open_claims_for_ever(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        for _number in range(5):
            self.receive("Robot <robot@example.com>")
        claims = self.env["aftersales.claim"].search(
            [("partner_id.email", "=", "robot@example.com")]
        )
        self.assertEqual(len(claims), 3)

    def test_the_setting_makes_renames_and_removes_the_address(self):
        company = self.desk_company
        alias = company.aftersales_claim_alias_id
        self.assertEqual(
            (alias.alias_name, alias.alias_model_id.model), ("claims", "aftersales.claim")
        )
        company.aftersales_claim_alias_name = "reports"
        self.assertEqual(alias.alias_name, "reports")
        company.aftersales_claim_alias_name = False
        self.assertFalse(alias.exists() or company.aftersales_claim_alias_id)


@tagged("post_install", "-at_install")
class TestClaimOpening(DeskCase):
    """Open claims of the system used before (requirement 87)."""

    HEADER = [
        "id",
        "reference",
        "partner_id",
        "channel",
        "date_reported",
        "date_occurred",
        "description",
        "line_ids/product_id",
        "line_ids/quantity",
        "line_ids/cause_id",
    ]

    def load(self, *rows, user=None):
        with freeze_time(MORNING):
            return (
                self.env["aftersales.claim"]
                .with_user(user or self.agent)
                .with_context(import_file=True)
                .load(self.HEADER, [list(row) for row in rows])
            )

    def row(self, name="OLD-1", customer="Casa Verde", product="Boiler", quantity="2"):
        return (f"__import__.{name}", name, customer, "Phone", "2026-04-02 09:00:00", "2026-04-01",
                "It leaks", product, quantity, "Wear")  # fmt: skip

    def test_an_open_claim_comes_with_its_goods_and_their_cover(self):
        result = self.load(self.row())
        self.assertFalse(result["messages"])
        claim = self.env["aftersales.claim"].browse(result["ids"])
        self.assertRecordValues(
            claim,
            [
                {
                    "reference": "OLD-1",
                    "state": "draft",
                    "contract_id": self.contract.id,
                    "date_reported": datetime(2026, 4, 2, 9, 0),
                    "date_occurred": date(2026, 4, 1),
                }
            ],
        )
        self.assertRecordValues(
            claim.line_ids, [{"asset_id": self.asset.id, "quantity": 2.0, "billing_type": False}]
        )
        self.assertFalse(claim.mail_step)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")

    def test_where_two_assets_fit_the_agent_decides(self):
        self.sell((self.goods, 5))
        result = self.load(self.row())
        self.assertFalse(self.env["aftersales.claim"].browse(result["ids"]).line_ids.asset_id)

    def test_what_fits_nothing_is_a_claim_without_asset(self):
        result = self.load(self.row(quantity="11"))
        self.assertFalse(self.env["aftersales.claim"].browse(result["ids"]).line_ids.asset_id)

    def test_one_bad_row_imports_nothing(self):
        result = self.load(self.row(), self.row("OLD-2", customer="Nobody Known"))
        self.assertFalse(result["ids"])
        self.assertIn("Nobody Known", result["messages"][0]["message"])

    def test_decisions_cannot_be_imported(self):
        with freeze_time(MORNING):
            result = (
                self.env["aftersales.claim"]
                .with_user(self.agent)
                .load(["partner_id", "state"], [["Casa Verde", "Approved"]])
            )
        self.assertFalse(result["ids"])
        self.assertIn("by hand", result["messages"][0]["message"])
