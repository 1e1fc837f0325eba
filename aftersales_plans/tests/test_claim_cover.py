# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_claim_desk import MORNING, DeskCase


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

    def test_a_plan_that_has_not_started_covers_nothing(self):
        self.contract.sudo().write({"date_start": False, "date_end": False, "state": "draft"})
        claim = self.report(contract_id=self.contract.id)
        self.assertEqual(claim.cover_label, "No, the plan has not started")

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

    def test_what_nobody_covers_may_be_reported_weeks_later(self):
        with freeze_time("2026-03-01 12:00:00"):
            order = self.quote((self.goods, 2))
            order.action_confirm()
            self.deliver(order.picking_ids)
        asset = self.env["aftersales.asset"].search(
            [("move_id", "in", order.picking_ids.move_ids.ids)]
        )
        cases = {self.accident: "billable", self.defect: "warranty"}
        for cause, expected in cases.items():
            with freeze_time(MORNING):
                claim = self.claim(asset, cause=cause, date_occurred=date(2026, 3, 2))
                self.assertEqual(claim.line_ids.expected_billing_type, expected)
                claim.action_approve()
            self.assertEqual(claim.line_ids.billing_type, expected)
