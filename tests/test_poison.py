"""Each daily job of ours is poisoned by a test: one bad record stops no other (reliability R8)."""

import ast
import re

import pytest

from tools import project

PLANS, VISITS, REWARDS = (
    f"aftersales_{name}/tests/test_" for name in ("plans", "inspection", "referral")
)
#: {job: the test that gives it something bad among the good}
POISONED = {
    "cron_follow_calendar": f"{PLANS}poison.py::test_one_bad_contract_does_not_stop_the_calendar",
    "cron_backfill": (
        f"{PLANS}asset_backfill.py::test_one_bad_delivery_is_named_and_the_others_go_on"
    ),
    "cron_ask_feedback": f"{PLANS}feedback.py::test_one_that_fails_does_not_stop_the_others",
    "cron_turn_to_customers": f"{PLANS}followup.py::test_a_bad_order_does_not_stop_the_others",
    "cron_follow_customers": (
        f"{PLANS}retention.py::test_one_card_that_cannot_be_followed_stops_no_other"
    ),
    "cron_recognise": (
        f"{PLANS}revenue_books.py::test_a_contract_that_cannot_be_reckoned_does_not_stop_the_others"
    ),
    "cron_forecast_parts": (
        f"{PLANS}parts_forecast.py::test_one_batch_that_fails_does_not_stop_the_run"
    ),
    "cron_stock_check": f"{VISITS}stock_check.py::test_one_bad_product_stops_no_other",
    "cron_appointments": (
        f"{VISITS}visit_reminder.py::test_one_visit_that_fails_does_not_stop_the_others"
    ),
    "cron_escalate_claims": f"{PLANS}claim_response.py::test_one_that_fails_stops_no_other",
    "cron_follow_renewals": f"{PLANS}renewal.py::test_one_that_fails_stops_no_other",
    "cron_pricing_report": (
        f"{PLANS}pricing_report.py"
        "::test_a_company_that_fails_stops_no_other_and_its_managers_are_told"
    ),
    "cron_post_entries": (
        f"{REWARDS}entries.py::test_a_row_that_cannot_be_posted_does_not_stop_the_others"
    ),
    "cron_expire_credit": f"{REWARDS}credit_expiry.py::test_one_bad_lot_does_not_stop_the_others",
    "cron_check_ledger": (
        f"{REWARDS}ledger_check_run.py::test_a_company_that_fails_does_not_stop_the_others"
    ),
    "cron_post_payout_runs": (
        f"{REWARDS}payout_run.py::test_one_bad_payout_keeps_its_reason_and_stops_no_other"
    ),
    "cron_attach_statements": (
        f"{REWARDS}payout_bill.py::test_a_statement_that_cannot_be_printed_stops_no_payout"
    ),
    "cron_announce_credit": (
        f"{REWARDS}credit_expiry.py::test_an_owner_who_cannot_be_told_stops_no_other"
    ),
    "cron_expire_referrals": (
        f"{REWARDS}referral_window.py::test_one_that_cannot_be_judged_or_expired_stops_no_other"
    ),
    "cron_forget": (
        f"{REWARDS}referral_consent.py::test_one_that_cannot_be_forgotten_stops_no_other"
    ),
    "cron_register_forms": (
        f"{REWARDS}referral_page.py::test_a_form_that_fails_does_not_stop_the_next"
    ),
}


def jobs():
    """Return the ids of the daily jobs in the add-ons' data."""
    files = [path for addon in project.ADDONS for path in (project.ROOT / addon).glob("data/*.xml")]
    pattern = r'<record id="(\w+)" model="ir.cron"'
    return {name for path in files for name in re.findall(pattern, path.read_text())}


class TestR8Crons:
    def check(self, found):
        """Every job is poisoned by a test that exists."""
        assert found == POISONED.keys()
        for shown in POISONED.values():
            file, name = shown.split("::")
            tree = ast.parse((project.ROOT / file).read_text())
            assert name in {getattr(node, "name", "") for node in ast.walk(tree)}, shown

    def test_every_daily_job_is_poisoned_by_a_test(self):
        self.check(jobs())

    def test_a_job_that_nobody_poisons_is_noticed(self):
        with pytest.raises(AssertionError):
            self.check(jobs() | {"cron_new"})
