# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.aftersales_referral.models import payout_run_work

from .common import TODAY
from .common_payout_run import PayoutRunCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutRun(PayoutRunCase):
    """Many referrers paid together, each for itself (74)."""

    # --- Preview -------------------------------------------------------------------------------

    def test_a_run_proposes_what_everybody_can_be_paid_by_the_own_choice(self):
        self.company.aftersales_credit_bonus_percent = 5.0
        run = self._run()
        self.assertEqual(run.state, "preview")
        self.assertEqual(
            sorted(self._lines(run)),
            [
                ("Cash Carla", "cash", 75.0),
                ("Rita Referrer", "credit", 150.0),
                ("Small Sam", "cash", 15.0),
            ],
        )
        self.assertRecordValues(
            run,
            [
                {
                    "payout_count": 3,
                    "cash_amount": 90.0,
                    "credit_amount": 150.0,
                    "total_amount": 240.0,
                    "bonus_amount": 7.5,
                    "posted_count": 0,
                    "left_out_count": 0,
                }
            ],
        )
        self.assertEqual(set(run.payout_ids.mapped("state")), {"draft"})
        self.assertEqual(set(run.payout_ids.mapped("date")), {run.date})
        self.assertBalance(self.A, 240.0)
        self.assertInvariants()

    def test_who_is_left_out_is_listed_with_the_reason(self):
        self.company.aftersales_cash_minimum = 20.0
        self._lead_into_debt()
        self.company.aftersales_hold_days = 14
        held, gone, foreign, busy = (
            self._referrer(name) for name in ("Hold", "Gone", "Foreign", "Busy")
        )
        for referrer in (held, gone, foreign, busy):
            self._earn(referrer, 1000.0)
            if referrer == held:
                self.company.aftersales_hold_days = 0
        gone.active = False
        foreign.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self._payout(10.0, referrer=busy, post=False)
        run = self._run()
        self.assertEqual(self._lines(run), [("Cash Carla", "cash", 75.0)])
        reasons = self._left_out(run)
        self.assertEqual(
            set(reasons), {"Rita Referrer", "Small Sam", "Hold", "Gone", "Foreign", "Busy"}
        )
        for name, words in (
            ("Rita Referrer", r"Owes.*150\.00.*set off"),
            ("Small Sam", r"15\.00.*less than.*20\.00"),
            ("Hold", "on hold"),
            ("Gone", "archived"),
            ("Foreign", "Elsewhere"),
            ("Busy", "draft payout"),
        ):
            self.assertRegex(reasons[name], words)
        self.assertInvariants()

    def test_what_is_missing_for_a_first_payout_leaves_out(self):
        cls = type(self.env["aftersales.payout"])
        self.patch(
            cls,
            "_what_is_missing",
            lambda payout: "No tax status." if payout.referrer_id == self.cash else "",
        )
        run = self._run()
        self.assertEqual(self._left_out(run), {"Cash Carla": "No tax status."})
        with self.assertRefused(UserError, "No tax status"):
            self._payout(10.0, "cash", referrer=self.cash)

    def test_a_run_may_be_for_some_and_for_one_method(self):
        run = self._run(method="cash")
        self.assertEqual(sorted(line[0] for line in self._lines(run)), ["Cash Carla", "Small Sam"])
        self.assertFalse(run.left_out_ids, "who is paid otherwise is no news")
        run.action_cancel()
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        chosen = self.referrer | self.cash | nobody
        run = self._run(method="cash", referrer_ids=[Command.set(chosen.ids)])
        self.assertEqual(self._lines(run), [("Cash Carla", "cash", 75.0)])
        self.assertRegex(self._left_out(run)["Rita Referrer"], "Store credit")
        self.assertEqual(self._left_out(run)["Nobody"], "Nothing is owed.")

    def test_a_contact_who_is_chosen_is_paid_through_the_company(self):
        parent = self._referrer("Rita Ltd", is_company=True)
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": parent.id})
        self._earn(parent, 1000.0)
        run = self._run(referrer_ids=[Command.set(clerk.ids)])
        self.assertEqual(self._lines(run), [("Rita Ltd", "credit", 150.0)])

    def test_a_run_for_a_day_to_come_counts_what_is_free_by_then_and_waits_for_it(self):
        self.company.aftersales_hold_days = 14
        self._earn(self.cash, 500.0)
        early = self._run(date="2027-03-28")
        self.assertIn(("Cash Carla", "cash", 75.0), self._lines(early))
        early.action_cancel()
        run = self._run(date="2027-03-29")
        self.assertIn(("Cash Carla", "cash", 150.0), self._lines(run))
        with self.assertRefused(UserError, "2027-03-29"):
            run.action_post()
        with freeze_time("2027-03-29"):
            run.action_post()
        self.assertEqual((run.state, run.posted_count, run.problem_count), ("done", 3, 0))
        self.assertInvariants()

    def test_lines_are_changed_up_to_what_is_available_and_left_out(self):
        run = self._run()
        rita, carla = (
            run.payout_ids.filtered(lambda line, p=partner: line.referrer_id == p)
            for partner in (self.referrer, self.cash)
        )
        run.write({"payout_ids": [Command.update(rita.id, {"amount": 100.0, "method": "credit"})]})
        carla.method = "credit"
        self.assertEqual((run.cash_amount, run.credit_amount), (15.0, 175.0))
        with self.assertRefused(UserError, r"150\.00, not.*150\.01"):
            rita.amount = 150.01
        carla.action_leave_out()
        self.assertRegex(self._left_out(run)["Cash Carla"], "Left out by ada")
        run.action_post()
        self.assertEqual((run.state, run.posted_count, run.total_amount), ("done", 2, 115.0))
        self.assertEqual(rita.card_id.points, 100.0)
        self.assertBalance(self.A, 240.0 - 115.0)
        self.assertInvariants()

    def test_a_preview_is_thrown_away_and_made_again(self):
        run = self._run()
        with self.assertRefused(UserError, "start over"):
            run.date = "2027-03-10"
        drafts = run.payout_ids
        run.action_start_over()
        self.assertFalse(drafts.exists())
        run.date = "2027-03-10"
        run.action_prepare()
        self.assertFalse(run.payout_ids, "nothing was earned by then")
        run.action_cancel()
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(len(self._run().payout_ids), 3)

    # --- Posting -------------------------------------------------------------------------------

    def test_posting_pays_everybody_exactly_once(self):
        run = self._run()
        run.action_post()
        self.assertEqual((run.state, run.posted_count, run.progress), ("done", 3, 100.0))
        rows = self.Commission.search([("kind", "=", "paid")])
        self.assertEqual(
            sorted((row.referrer_id.name, row.amount) for row in rows),
            [("Cash Carla", -75.0), ("Rita Referrer", -150.0), ("Small Sam", -15.0)],
        )
        self.assertBalance(self.A, 0.0)
        self.assertBalance(self.L, 150.0)
        self.assertIn("3 payouts", "".join(run.message_ids.mapped("body")))
        self.assertInvariants()
        for button in (run.action_post, run.action_cancel, run.action_start_over):
            with self.assertRaises(UserError):
                button()
        self.assertEqual(len(self.Commission.search([("kind", "=", "paid")])), 3)
        again = self._run()
        self.assertFalse(again.payout_ids)
        self.assertFalse(again.left_out_ids)

    def test_one_bad_payout_keeps_its_reason_and_stops_no_other(self):
        run = self._run()
        self.cash.referral_self_billing_date = False
        run.action_post()
        bad = run.payout_ids.filtered(lambda payout: payout.referrer_id == self.cash)
        self.assertEqual(bad.state, "draft")
        self.assertRegex(bad.problem, "self-billing")
        self.assertEqual((run.state, run.posted_count, run.problem_count), ("done", 2, 1))
        self.assertEqual(run.activity_ids.user_id, self.accountant)
        self.assertBalance(self.A, 75.0)
        self.assertInvariants()
        self.cash.referral_self_billing_date = "2027-01-01"
        run.action_post()
        self.assertEqual((run.state, run.posted_count, run.problem_count), ("done", 3, 0))
        self.assertFalse(bad.problem)
        self.assertFalse(run.activity_ids)
        self.assertBalance(self.A, 0.0)
        self.assertInvariants()

    def test_a_run_with_a_posted_payout_is_not_cancelled(self):
        run = self._run()
        run.payout_ids[:1].action_post()
        with self.assertRefused(
            UserError, f"{run.name} has a posted payout: cancel that one first"
        ):
            run.action_cancel()

    def test_whatever_goes_wrong_with_one_stops_no_other(self):
        run = self._run()
        cls = type(self.env["aftersales.payout"])
        post_cash = cls._post_cash

        def broken(payout):
            if payout.referrer_id == self.cash:
                raise ZeroDivisionError("divided")
            return post_cash(payout)

        self.patch(cls, "_post_cash", broken)
        with self.assertLogs("odoo.addons.aftersales_referral.models.payout_run_work", "ERROR"):
            run.action_post()
        self.assertEqual((run.posted_count, run.problem_count), (2, 1))
        self.assertInvariants()

    def test_a_run_whose_payouts_were_posted_one_by_one_is_ended(self):
        run = self._run()
        run.payout_ids.action_post()
        run.action_post()
        self.assertEqual((run.state, run.progress), ("done", 100.0))
        with self.assertRefused(UserError, "has nothing to post"):
            run.action_post()
        self.assertInvariants()

    def test_a_long_run_goes_on_in_the_background_where_it_was(self):
        self.patch(payout_run_work, "POST_AT_ONCE", 1)
        run = self._run()
        run.action_post()
        self.assertEqual((run.state, run.posted_count, run.open_count), ("posting", 1, 2))
        self.assertRegex(str(round(run.progress)), "33")
        run.action_post()  # a second click, while it is at work
        self.assertEqual(run.posted_count, 1)
        self.assertInvariants()
        cron = self.env.ref("aftersales_referral.cron_post_payout_runs")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((run.state, run.posted_count), ("done", 3))
        told = run.message_ids.filtered(lambda message: "3 payouts" in message.body)
        self.assertEqual(told.notified_partner_ids, self.accountant.partner_id)
        self.assertEqual(len(self.Commission.search([("kind", "=", "paid")])), 3)
        self.assertInvariants()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.Commission.search([("kind", "=", "paid")])), 3)

    def test_what_was_interrupted_before_its_end_is_ended(self):
        run = self._run()
        run.payout_ids.action_post()
        run.sudo()._set_state("posting")
        run.sudo().user_id = self.accountant
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_post_payout_runs").method_direct_trigger()
        self.assertEqual((run.state, run.posted_count), ("done", 3))
        self.assertInvariants()

    def test_a_run_is_for_accountants_alone_and_its_state_for_its_buttons(self):
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                self._run(user=user)
        run = self._run()
        for vals in ({"state": "done"}, {"name": "x"}, {"user_id": self.env.uid}):
            with self.assertRaises(UserError):
                run.write(vals)
        with self.assertRaises(UserError):
            run.payout_ids[0].run_id = False
        with self.assertRaises(UserError):
            run.write({"payout_ids": [Command.create({"referrer_id": self.referrer.id})]})

    def test_another_company_sees_nothing_of_a_run(self):
        run = self._run()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "aftersales_plans.group_accountant",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["aftersales.payout.run"].with_user(stranger).search([]))
        for method in ("action_post", "action_start_over", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(stranger), method)()
        self.assertEqual(run.state, "preview")

    def test_totals_of_many_runs_take_as_many_queries_as_of_one(self):
        runs = self._run()
        runs |= self._run(prepare=False)
        names = ["payout_count", "total_amount", "approve_count", "problem_count"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.read(names)
            return self.cr.sql_log_count - before

        queries(runs)
        self.assertLessEqual(queries(runs), queries(runs[0]) + 1)
