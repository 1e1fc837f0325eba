# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import PIXEL, InspectionCase


@tagged("post_install", "-at_install")
class TestVisit(InspectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.asset = cls.contract.asset_ids
        cls.visit = cls.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)
        cls.replacements = cls.contract._entitlement("replacement", cls.contract.date_start)
        cls.visits = cls.contract._entitlement("visit", cls.contract.date_start)
        cls.wear = cls.env.ref("aftersales_plans.cause_wear")

    def find(self, **values):
        """Write a finding that asks for a replacement."""
        self.visit.finding_ids = [
            Command.create(
                {
                    "asset_id": self.asset.id,
                    "condition": "broken",
                    "cause_id": self.wear.id,
                    "action": "replace",
                    "quantity": 2,
                    **values,
                }
            )
        ]

    def complete(self, conclusion="remarks"):
        self.visit.conclusion = conclusion
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.action_complete()

    def test_no_visit_ends_without_a_conclusion(self):
        with self.assertRefused("without a conclusion"):
            self.visit.action_complete()
        with self.assertRefused("without a conclusion"):
            self.visit.with_context(bypass_order_completed_stage=True).stage_id = self.env.ref(
                "fieldservice.fsm_stage_completed"
            )
        self.assertFalse(self.visit.is_closed)
        self.assertEqual(self.visits.used, 0)

    def test_completing_uses_the_visit_and_opens_one_claim(self):
        self.find()
        self.find(quantity=1, action="none", condition="worn")
        self.complete()
        self.assertEqual((self.visits.used, self.visit.outcome), (1, "done"))
        self.assertEqual(str(self.visit.date_end), "2026-06-01 10:00:00")
        self.assertRecordValues(
            self.visit.claim_ids,
            [
                {
                    "state": "draft",
                    "channel": "visit",
                    "contract_id": self.contract.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertRecordValues(
            self.visit.claim_ids.line_ids, [{"asset_id": self.asset.id, "quantity": 2.0}]
        )

    def test_nothing_to_replace_opens_no_claim(self):
        self.find(action="none", cause_id=False)
        self.complete("pass")
        self.assertFalse(self.visit.claim_ids)

    def test_findings_belong_to_the_inspection_and_use_no_replacement(self):
        self.find()
        self.complete()
        with freeze_time("2026-06-01 11:00:00"):
            self.visit.claim_ids.action_approve()
        self.assertEqual(self.visit.claim_ids.line_ids.billing_type, "contract")
        self.assertEqual(self.replacements.used, 0)

    def test_findings_use_replacements_where_the_terms_say_so(self):
        for policy, cause, used in (
            ("customer_accident", self.wear, 0),
            ("customer_accident", self.accident, 1),
            ("always", self.wear, 2),
        ):
            self.contract.findings_use_quota = policy
            claim = self.claim(self.asset, cause=cause, date_occurred="2026-06-01")
            claim.sudo().visit_id = self.visit  # as the visit's completion does
            claim.action_approve()
            self.assertEqual(self.replacements.used, used, (policy, cause.code))

    def test_a_visit_without_access_uses_nothing(self):
        self.visit.outcome = "no_access"
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.action_complete()
        self.assertTrue(self.visit.is_closed)
        self.assertEqual(self.visits.used, 0)

    def test_reopening_takes_everything_back_and_completing_again_counts_once(self):
        self.find()
        self.complete()
        claim = self.visit.claim_ids
        self.visit.stage_id = self.env.ref("fieldservice.fsm_stage_new")
        self.assertEqual((self.visits.used, claim.state), (0, "cancelled"))
        self.complete()
        self.assertEqual(self.visits.used, 1)
        self.assertEqual((self.visit.claim_ids - claim).state, "draft")

    def test_completing_twice_counts_once(self):
        self.complete()
        self.visit.action_complete()
        self.assertEqual(self.visits.used, 1)

    def test_the_whole_asset_takes_the_seen_condition(self):
        self.find(quantity=10, action="none", condition="worn")
        self.complete()
        self.assertEqual(self.asset.condition, "worn")

    def test_findings_on_foreign_goods_too_many_or_without_cause_are_refused(self):
        stranger = self.sell_on("2026-03-15 06:00:00", (self.goods, 1))
        self.assertFalse(stranger)
        foreign = self.env["aftersales.asset"].search([("contract_ids", "=", False)], limit=1)
        for values, words in (
            ({"asset_id": foreign.id, "quantity": 1}, "not covered"),
            ({"quantity": 11}, "only 10"),
            ({"cause_id": False}, "cause"),
        ):
            with self.assertRefused(words):
                self.find(**values)

    def test_a_finding_says_which_goods_it_is_about(self):
        with self.assertRefused(f"{self.visit.name}: say which goods the finding is about"):
            self.find(asset_id=False, product_id=False)
        plain = self.env["fsm.order"].new({"name": "S-1"})
        stray = self.env["aftersales.finding"].new(
            {"visit_id": plain.id, "asset_id": self.asset.id}
        )
        words = f"{self.asset.name} is not among the goods of S-1."
        self.assertEqual(stray._foreign_goods_error(), words)

    def test_a_note_that_goes_to_another_visit_needs_both_signatures_again(self):
        self.find()
        finding = self.visit.finding_ids
        other = self.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 2)
        for visit in (self.visit, other):
            visit.write({"signature": PIXEL, "signed_by": "Vera"})
        finding.visit_id = other
        self.assertFalse(self.visit.signature)
        self.assertFalse(other.signature)

    def test_visits_that_are_promised_later_are_counted_from_then_on(self):
        self.plan.visit_interval_months = 0
        contract = self.sell_on("2026-03-15 06:00:00")
        self.assertFalse(contract._entitlement("visit", contract.date_start))
        with freeze_time("2026-03-20 09:00:00"):
            contract.with_user(self.manager).visit_interval_months = 3
        self.assertEqual(contract._entitlement("visit", contract.date_start).included, 4)
        self.assertEqual(len(contract.visit_ids), 4)

    def test_a_campaign_counts_the_visits_made_under_what_it_sold(self):
        campaign = self.env["aftersales.campaign"].create(
            {
                "name": "Spring",
                "product_id": self.plan_product.id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-31",
            }
        )
        card = self.env["aftersales.customer"]._make(self.customer, self.company)
        line = campaign._add(
            card
            or self.env["aftersales.customer"].search(
                [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
            )
        )
        line.sudo().order_id = self.contract.sale_order_id
        self.assertEqual(campaign.visit_count, 0)
        self.complete()
        campaign.invalidate_recordset()
        self.assertEqual(campaign.visit_count, 1)
        self.assertEqual(
            self.env["fsm.order"].search(campaign.action_open_visits()["domain"]), self.visit
        )

    def test_ordinary_service_orders_are_left_alone(self):
        order = self.env["fsm.order"].create({"location_id": self.visit.location_id.id})
        order.action_complete()
        self.assertTrue(order.is_closed)
        self.assertFalse(order.outcome)

    def test_nobody_names_a_visit_to_save_replacements(self):
        self.find()
        self.complete()
        claim = self.visit.claim_ids
        agent = new_test_user(self.env, "t-desk", "aftersales_plans.group_agent")
        copy = claim.copy().with_user(agent)
        self.assertFalse(copy.visit_id)
        with self.assertRefused("by hand"):
            copy.visit_id = self.visit
        Claim = self.env["aftersales.claim"].with_user(agent)
        named = Claim.with_context(default_visit_id=self.visit.id).create(
            {"partner_id": self.customer.id}
        )
        self.assertFalse(named.visit_id)
