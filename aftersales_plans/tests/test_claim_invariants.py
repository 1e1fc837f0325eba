# SPDX-License-Identifier: LGPL-3.0-or-later
import os
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AfterSalesCase

SEQUENCES = int(os.environ.get("CLAIM_SEQUENCES", "8"))
SEED = os.environ.get("PROOF_SEED")  # draws other sequences
STEPS = 20
SHOWN = {
    "action_approve": ("draft", "submitted"),
    "action_refuse": ("draft", "submitted"),
    "action_cancel": ("draft", "submitted", "approved"),
    "action_reopen": ("refused", "cancelled"),
}
BUTTONS = ("action_approve", *SHOWN)
START = date(2026, 1, 1)


class Claims(RuleBasedStateMachine):
    """Claims of one contract, in any order people may click, over its two years."""

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.savepoint = case.env.cr.savepoint(flush=True)
        self.savepoint.__enter__()
        self.day, self.claims = START, []
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

    @initialize()
    def two_reports(self):
        self.report(1, 0)
        self.report(2, 0)

    @rule(quantity=st.integers(1, 3), ago=st.integers(0, 20))
    def report(self, quantity, ago):
        with freeze_time(self.day):
            occurred = max(START, self.day - timedelta(days=ago))
            self.claims.append(
                self.case.claim(self.asset, quantity=quantity, date_occurred=occurred)
            )

    @rule(number=st.integers(0, 50), button=st.sampled_from(BUTTONS))
    def press(self, number, button):
        """Press a button where it shows, on any of the claims it shows on."""
        shown = [claim for claim in self.claims if claim.state in SHOWN[button]]
        if shown:
            self.click(getattr(shown[number % len(shown)], button))

    @rule(number=st.integers(0, 50), button=st.sampled_from(BUTTONS))
    def press_anyhow(self, number, button):
        """Press it where it does not show: a second window, a client of the interface."""
        self.click(getattr(self.claims[number % len(self.claims)], button))

    @rule(number=st.integers(0, 50))
    def deliver(self, number):
        claim = self.claims[number % len(self.claims)]
        self.click(lambda: self.case.deliver(claim.sudo().picking_ids))

    @rule(what=st.sampled_from(("time", "rest", "amend")), number=st.integers(1, 40))
    def something_changes(self, what, number):
        if what == "time":
            self.day = min(self.day + timedelta(days=5 * number), date(2027, 12, 15))
            self.click(self.contract._open_periods)
        elif what == "rest":
            last = self.day + timedelta(days=number)
            self.click(lambda: self.contract._suspend(self.day, last, "Away"))
        else:
            manager = self.contract.with_user(self.case.manager)
            self.click(lambda: manager.write({"replacements_included": number % 6}))
        self.click(self.contract._follow_suspensions)

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
    def the_value_replaced_is_what_the_lines_count(self):
        lines = self.contract.claim_ids.line_ids
        assert self.contract.replaced_value == sum(lines.mapped("counted_value"))
        assert 0 <= self.contract.replaced_value <= self.contract.term_value_limit
        for line in lines:
            given = line.claim_id.state in ("approved", "done", "cancelled")
            assert given or not line.counted_value


@tagged("post_install", "-at_install")
class TestR3Claims(AfterSalesCase):
    def run_sequences(self):
        run_state_machine_as_test(
            seed(int(SEED))(lambda: Claims(self)) if SEED else lambda: Claims(self),
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                report_multiple_bugs=False,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_counters_hold_whatever_people_click(self):
        self.run_sequences()

    def test_uses_that_are_not_counted_are_noticed(self):
        model = type(self.env["aftersales.entitlement"])
        wrong = patch.object(model, "_add_used", lambda entitlement, quantity: True)
        with wrong, self.assertRaises(AssertionError):
            self.run_sequences()
