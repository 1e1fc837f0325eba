# SPDX-License-Identifier: LGPL-3.0-or-later
from dataclasses import replace
from unittest import TestCase

from ..decision import Decision, Facts, decide, decide_all

ACCIDENT_IN_PLAN = Facts(
    cause_billing="contract",
    cause_is_defect=False,
    consumes_quota=True,
    in_warranty=False,
    has_cover=True,
    in_term=True,
    parts_included=True,
    cause_excluded=False,
    quota_left=1,
    over_quota_policy="bill",
)


class TestDecide(TestCase):
    def check(self, billing_type, reason, consumes=False, **facts):
        self.assertEqual(
            decide(replace(ACCIDENT_IN_PLAN, **facts)), Decision(billing_type, reason, consumes)
        )

    def test_an_accident_within_the_quota_uses_one(self):
        self.check("contract", "within_quota", consumes=True)

    def test_unlimited_never_runs_out(self):
        self.check("contract", "within_quota", consumes=True, quota_left=None)

    def test_over_the_quota_the_plan_bills_or_refuses(self):
        self.check("billable", "over_quota", quota_left=0)
        self.check("refused", "over_quota", quota_left=0, over_quota_policy="refuse")

    def test_a_defect_in_the_statutory_guarantee_is_free_without_any_plan(self):
        self.check("warranty", "warranty", cause_is_defect=True, in_warranty=True, has_cover=False)

    def test_the_guarantee_covers_defects_only(self):
        self.check("contract", "within_quota", consumes=True, in_warranty=True)

    def test_without_a_plan_nothing_is_silently_free(self):
        self.check("billable", "no_cover", has_cover=False)

    def test_outside_the_term_is_billed(self):
        self.check("billable", "outside_term", in_term=False)

    def test_a_plan_of_services_charges_the_parts(self):
        self.check("billable", "parts_not_included", parts_included=False)

    def test_an_excluded_cause_is_billed(self):
        self.check("billable", "cause_excluded", cause_excluded=True)

    def test_a_switched_off_machine_is_chargeable(self):
        self.check("billable", "cause_billable", cause_billing="billable")

    def test_goodwill_needs_neither_cover_nor_quota(self):
        self.check("goodwill", "goodwill", cause_billing="goodwill", has_cover=False, quota_left=0)

    def test_a_cause_without_quota_leaves_the_counter_alone(self):
        self.check("contract", "no_quota_needed", consumes_quota=False, quota_left=0)

    def test_what_was_reported_too_late_is_billed(self):
        self.check("billable", "reported_late", reported_in_time=False)

    def test_the_limit_of_value_is_reached_exactly_or_exceeded(self):
        self.check("contract", "within_quota", consumes=True, value=100.0, value_left=100.0)
        self.check("billable", "over_value_limit", value=100.01, value_left=100.0)

    def test_the_lines_of_a_claim_share_the_limit_in_their_order(self):
        lines = [replace(ACCIDENT_IN_PLAN, value=value) for value in (60.0, 50.0, 40.0)]
        self.assertEqual(
            [decision.billing_type for decision in decide_all(lines, 100.0)],
            ["contract", "billable", "contract"],
        )
        self.assertEqual({d.billing_type for d in decide_all(lines, None)}, {"contract"})

    def test_a_manager_overrules_everything(self):
        self.check("goodwill", "overruled", forced="goodwill", cause_billing="billable")
        self.check("refused", "overruled", forced="refused", cause_is_defect=True, in_warranty=True)

    def test_an_overruled_line_uses_a_replacement_while_there_is_one(self):
        self.check("contract", "overruled", consumes=True, forced="contract", has_cover=False)
        self.check("contract", "overruled", forced="contract", quota_left=0)
