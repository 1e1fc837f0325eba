import os
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AfterSalesCase

SEQUENCES = int(os.environ.get("CLAIM_SEQUENCES", "30"))
STEPS = 12
START = date(2026, 1, 1)


class Claims(RuleBasedStateMachine):
    """Claims of one contract, in any order people may click, over its two years."""

    claims = Bundle("claims")

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.savepoint = case.env.cr.savepoint(flush=True)
        self.savepoint.__enter__()
        self.day = START
        with freeze_time(START):
            case.plan.write({"duration_months": 24, "term_value_limit": 4000.0})
            self.contract = case.sell((case.goods, 50), (case.plan_product, 1))
        self.asset = self.contract.asset_ids

    def teardown(self):
        """Undo the whole sequence."""
        self.case.env.flush_all()
        self.savepoint.rollback()
        self.savepoint.__exit__(None, None, None)
        self.case.env.invalidate_all()

    def click(self, act):
        """Do it today; a refusal in words is an answer, and undone."""
        with freeze_time(self.day):
            try:
                with self.case.env.cr.savepoint():
                    act()
                    self.case.env.flush_all()
            except UserError:
                self.case.env.invalidate_all()

    @rule(target=claims, quantity=st.integers(1, 3), ago=st.integers(0, 20))
    def report(self, quantity, ago):
        with freeze_time(self.day):
            occurred = max(START, self.day - timedelta(days=ago))
            return self.case.claim(self.asset, quantity=quantity, date_occurred=occurred)

    @rule(claim=claims)
    def approve(self, claim):
        self.click(claim.action_approve)

    @rule(claim=claims)
    def refuse(self, claim):
        self.click(claim.action_refuse)

    @rule(claim=claims)
    def cancel(self, claim):
        self.click(claim.action_cancel)

    @rule(claim=claims)
    def reopen(self, claim):
        self.click(claim.action_reopen)

    @rule(claim=claims)
    def deliver(self, claim):
        self.click(lambda: self.case.deliver(claim.sudo().picking_ids))

    @rule(months=st.integers(1, 7))
    def time_passes(self, months):
        self.day = min(self.day + timedelta(days=30 * months), date(2027, 12, 15))
        self.click(self.contract._open_periods)

    @rule(days=st.integers(1, 40))
    def rest(self, days):
        last = self.day + timedelta(days=days)
        self.click(lambda: self.contract._suspend(self.day, last, "Away"))
        self.click(self.contract._follow_suspensions)

    @rule(included=st.integers(0, 5))
    def amend(self, included):
        manager = self.contract.with_user(self.case.manager)
        self.click(lambda: manager.write({"replacements_included": included}))

    @invariant()
    def counters_agree_with_their_rows(self):
        for row in self.contract.entitlement_ids:
            assert row.used == sum(row.usage_ids.mapped("quantity")), row.display_name
            assert 0 <= row.used, row.display_name
            assert row.unlimited or row.used <= row.included, row.display_name

    @invariant()
    def each_approved_use_has_one_row_in_force(self):
        rows = self.contract.entitlement_ids.usage_ids
        in_force = {}
        for row in rows:
            in_force[row.origin_id] = in_force.get(row.origin_id, 0) + row.quantity
        assert set(in_force.values()) <= {0, 1}, in_force

    @invariant()
    def years_follow_one_another(self):
        years = self.contract.entitlement_ids.filtered(lambda row: row.kind == "replacement")
        years = years.sorted("date_start")
        for earlier, later in zip(years, years[1:], strict=False):
            assert later.date_start == earlier.date_end + timedelta(days=1)

    @invariant()
    def the_value_replaced_is_that_of_the_claims_in_force(self):
        claims = self.contract.claim_ids.filtered(lambda claim: claim.state in ("approved", "done"))
        kept = self.contract.claim_ids.filtered(
            lambda claim: claim.state == "cancelled" and claim.sudo()._delivered_moves()
        )
        value = sum((claims | kept).line_ids.mapped(lambda line: line._covered_value()))
        assert self.contract.replaced_value == value
        assert value <= self.contract.term_value_limit


@tagged("post_install", "-at_install")
class TestClaimInvariants(AfterSalesCase):
    def test_counters_hold_whatever_people_click(self):
        run_state_machine_as_test(
            lambda: Claims(self),
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
