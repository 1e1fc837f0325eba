# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import Form, freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestContractSuspension(AfterSalesCase):
    """A two-year contract from 1 January 2026 that rests from 10 March to 9 April: 31 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.duration_months = 24
        with freeze_time("2026-01-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))

    def suspend(self, first="2026-03-10", last="2026-04-09", today="2026-03-10"):
        with freeze_time(f"{today} 12:00:00"):
            wizard = Form(
                self.env["aftersales.contract.suspend"]
                .with_user(self.manager)
                .with_context(default_contract_id=self.contract.id)
            )
            wizard.date_start = first
            wizard.date_end = last
            wizard.reason = "House empty"
            wizard.save().action_confirm()

    def run_calendar(self, day):
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_follow_calendar").method_direct_trigger()
        self.env.invalidate_all()

    def replacement_years(self):
        rows = self.contract.entitlement_ids.filtered(lambda row: row.kind == "replacement")
        return [(row.date_start, row.date_end) for row in rows.sorted("date_start")]

    def test_the_end_and_the_running_year_move_by_31_days(self):
        self.suspend()
        self.assertRecordValues(
            self.contract,
            [{"state": "suspended", "date_end": date(2028, 1, 31), "days_suspended": 31}],
        )
        self.assertEqual(self.replacement_years(), [(date(2026, 1, 1), date(2027, 1, 31))])

    def test_later_years_move_as_a_whole(self):
        self.suspend()
        self.run_calendar("2027-01-31")
        self.assertEqual(len(self.replacement_years()), 1)
        self.run_calendar("2027-02-01")
        self.assertEqual(
            self.replacement_years(),
            [(date(2026, 1, 1), date(2027, 1, 31)), (date(2027, 2, 1), date(2028, 1, 31))],
        )

    def test_a_suspension_entered_late_moves_years_that_have_begun(self):
        self.run_calendar("2027-01-05")
        self.suspend(today="2027-01-05")
        self.assertEqual(
            self.replacement_years(),
            [(date(2026, 1, 1), date(2027, 1, 31)), (date(2027, 2, 1), date(2028, 1, 31))],
        )

    def test_what_breaks_in_these_days_is_not_covered(self):
        self.suspend()
        for day, covered in ((9, True), (10, False), (31, False)):
            self.assertEqual(self.contract._covers_day(date(2026, 3, day)), covered, day)
        with freeze_time("2026-03-12 12:00:00"):
            claim = self.claim(self.contract.asset_ids)
            claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "billable")
        self.assertIn("did not run on that day", claim.line_ids.decision_note)

    def test_what_broke_before_may_be_claimed_while_it_rests(self):
        self.suspend()
        with freeze_time("2026-03-12 12:00:00"):
            claim = self.claim(self.contract.asset_ids, date_occurred=date(2026, 3, 9))
            claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")

    def test_one_that_lies_ahead_starts_and_ends_on_its_days(self):
        self.suspend(today="2026-02-01")
        self.assertEqual(
            (self.contract.state, self.contract.date_end), ("active", date(2028, 1, 31))
        )
        for day, state in (
            ("2026-03-09", "active"),
            ("2026-03-10", "suspended"),
            ("2026-04-09", "suspended"),
            ("2026-04-10", "active"),
        ):
            self.run_calendar(day)
            self.assertEqual(self.contract.state, state, day)

    def test_resuming_early_gives_the_unused_days_back(self):
        self.suspend()
        with freeze_time("2026-03-20 12:00:00"):
            self.contract.with_user(self.manager).action_resume()
        self.assertRecordValues(
            self.contract,
            [{"state": "active", "date_end": date(2028, 1, 10), "days_suspended": 10}],
        )

    def test_resuming_on_the_first_day_undoes_it(self):
        self.suspend()
        with freeze_time("2026-03-10 18:00:00"):
            self.contract.with_user(self.manager).action_resume()
        self.assertRecordValues(
            self.contract,
            [{"state": "active", "date_end": date(2027, 12, 31), "days_suspended": 0}],
        )

    def test_one_that_lies_ahead_can_be_taken_back_and_one_that_runs_cannot(self):
        self.suspend(today="2026-02-01")
        suspension = self.contract.suspension_ids.with_user(self.manager)
        with freeze_time("2026-03-10 12:00:00"), self.assertRefused("has begun"):
            suspension.action_withdraw()
        with freeze_time("2026-02-02 12:00:00"):
            suspension.action_withdraw()
        self.assertEqual(self.contract.date_end, date(2027, 12, 31))

    def test_bad_dates_are_refused_in_words(self):
        self.suspend()
        for first, last, words in (
            ("2026-05-02", "2026-05-01", "cannot end before it starts"),
            ("2025-12-01", "2025-12-31", "begin the suspension in between"),
            ("2026-04-09", "2026-04-30", "suspended already"),
        ):
            with self.assertRefused(words):
                self.suspend(first, last)

    def test_only_a_running_contract_rests(self):
        self.contract.sudo()._set_state("expired")
        with self.assertRefused(f"Only a running contract can rest; {self.contract.name} is not"):
            self.contract._suspend(date(2026, 3, 10), date(2026, 4, 9))

    def test_days_on_which_the_plan_paid_cannot_be_suspended(self):
        with freeze_time("2026-03-15 12:00:00"):
            claim = self.claim(self.contract.asset_ids)
            claim.action_approve()
        with self.assertRefused(f"used in these days .{claim.name}"):
            self.suspend(today="2026-03-20")

    def test_the_history_tells_when_and_why(self):
        self.suspend()
        self.assertIn("House empty", " ".join(self.contract.message_ids.mapped("body")))

    def test_a_longer_term_and_more_replacements_reach_the_running_year(self):
        contract = self.contract.with_user(self.manager)
        with freeze_time("2026-02-01 12:00:00"):
            contract.write({"duration_months": 36, "replacements_included": 5})
        self.assertEqual(contract.date_end, date(2028, 12, 31))
        self.assertEqual(
            contract.entitlement_ids.filtered(lambda row: row.kind == "replacement").included, 5
        )

    def test_amending_below_what_was_used_or_behind_today_is_refused(self):
        with freeze_time("2027-03-01 12:00:00"):
            contract = self.contract.with_user(self.manager)
            with self.assertRefused("would have ended on 12/31/2026"):
                contract.duration_months = 12
        with freeze_time("2026-02-01 12:00:00"):
            self.claim(self.contract.asset_ids).action_approve()
            with self.assertRefused("1 were used"):
                contract.replacements_included = 0
