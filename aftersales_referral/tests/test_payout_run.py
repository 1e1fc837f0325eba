from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.aftersales_referral.models import payout_run_work

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutRun(ReferralCommon):
    """Many referrers paid together, approved above a limit, their debts settled (74, 79).

    Rita is owed 150.00 in store credit, Cash 75.00 in money, Small 15.00 in money.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.cash = cls._referrer("Cash Carla", referral_payout_method="cash")
        cls.small = cls._referrer("Small Sam", referral_payout_method="cash")
        cls.referrer.referral_tax_status = "individual"
        (cls.cash | cls.small).referral_self_billing_date = "2027-01-01"
        cls.order = cls._earn(cls.referrer, 1000.0)
        cls._earn(cls.cash, 500.0)
        cls._earn(cls.small, 100.0)
        cls.other_accountant = cls._user("otto", "aftersales_plans.group_accountant")

    @classmethod
    def _referrer(cls, name, **vals):
        vals = {"name": name, "referral_tax_status": "individual", **vals}
        partner = cls.env["res.partner"].create(vals)
        cls._contract(partner, cls.plan)
        return partner

    @classmethod
    def _earn(cls, referrer, net):
        order = cls._order(
            (cls.goods_untaxed, net),
            partner=cls.env["res.partner"].create({"name": f"Brought by {referrer.name}"}),
            referrer=referrer,
        )
        cls._pay(cls._invoice(order))
        return order

    def _run(self, prepare=True, user=None, **vals):
        run = self.env["aftersales.payout.run"].with_user(user or self.accountant).create(vals)
        if prepare:
            run.action_prepare()
        return run

    def _lines(self, run):
        return [(line.referrer_id.name, line.method, line.amount) for line in run.payout_ids]

    def _left_out(self, run):
        return {line.referrer_id.name: line.reason for line in run.left_out_ids}

    def _lead_into_debt(self):
        """Pay Rita 150.00 and take back what she earned: she owes us 150.00."""
        self._payout(150.0)
        self._credit(self.order.invoice_ids)

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

    # --- Approval ------------------------------------------------------------------------------

    def test_above_the_limit_somebody_else_approves_before_it_is_posted(self):
        self.company.aftersales_payout_limit = 100.0
        payout = self._payout(150.0, post=False).with_user(self.accountant)
        self.assertTrue(payout.to_approve)
        with self.assertRefused(UserError, r"above the limit of.*100\.00"):
            payout.action_post()
        payout.with_user(self.other_accountant).action_approve()
        self.assertEqual(payout.approved_by_id, self.other_accountant)
        self.assertFalse(payout.to_approve)
        payout.action_post()
        self.assertEqual(payout.state, "posted")
        self.assertInvariants()

    def test_a_new_branch_has_the_limit_and_the_rules_of_its_parent(self):
        self.company.write(
            {"aftersales_payout_limit": 100.0, "aftersales_credit_bonus_percent": 10.0}
        )
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.env.user.company_ids |= branch
        payout = self.env["aftersales.payout"].create(
            {"referrer_id": self.referrer.id, "company_id": branch.id, "amount": 120.0}
        )
        self.assertEqual((payout.to_approve, payout.bonus_amount), (True, 12.0))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(other.aftersales_payout_limit, 0.0)

    def test_up_to_the_limit_nobody_is_asked(self):
        self.company.aftersales_payout_limit = 150.0
        payout = self._payout(150.0)
        self.assertEqual((payout.state, payout.to_approve), ("posted", False))
        draft = self._payout(10.0, referrer=self.cash, post=False)
        with self.assertRefused(UserError, "needs no approval"):
            draft.with_user(self.other_accountant).action_approve()

    def test_neither_who_entered_it_nor_who_registered_the_referral_approves(self):
        self.company.aftersales_payout_limit = 100.0
        Payout = self.env["aftersales.payout"].with_user(self.accountant)
        payout = Payout.create({"referrer_id": self.referrer.id, "amount": 150.0})
        with self.assertRefused(AccessError, "another accountant"):
            payout.action_approve()
        self.order.referral_id.user_id = self.other_accountant
        with self.assertRefused(AccessError, "registered a referral"):
            payout.with_user(self.other_accountant).action_approve()
        self.assertFalse(payout.approved_by_id)
        third = self._user("theo", "aftersales_plans.group_accountant")
        payout.with_user(third).action_approve()
        self.assertEqual(payout.approved_by_id, third)

    def test_a_change_takes_the_approval_back_and_asks_a_third(self):
        self.company.aftersales_payout_limit = 100.0
        payout = self._payout(120.0, post=False)
        for change in (
            {"amount": 130.0},
            {"method": "cash"},
            {"date": "2027-03-14"},
            {"referrer_id": self.cash.id, "amount": 130.0},
        ):
            approved = payout.with_user(self.other_accountant)
            payout.sudo().entered_by_ids = self.env.user
            approved.action_approve()
            payout.with_user(self.accountant).write(change)
            self.assertFalse(payout.approved_by_id, change)
            self.assertIn(self.accountant, payout.entered_by_ids)
        with self.assertRefused(AccessError, "entered or changed"):
            payout.with_user(self.accountant).action_approve()
        payout.with_user(self.other_accountant).action_approve()
        payout.with_user(self.other_accountant).amount = payout.amount
        self.assertTrue(payout.approved_by_id, "the same amount is no change")
        payout.with_user(self.accountant).action_take_approval_back()
        self.assertTrue(payout.to_approve)

    def test_a_later_change_by_somebody_else_lets_nobody_approve_his_own(self):
        self.company.aftersales_payout_limit = 100.0
        payout = self._payout(110.0, post=False)
        payout.with_user(self.accountant).amount = 150.0
        customer = new_test_user(self.env, "rita", "base.group_portal")
        payout.with_user(customer).sudo()._choose_method("cash")  # as on the page of rewards
        with self.assertRefused(AccessError, "entered or changed"):
            payout.with_user(self.accountant).action_approve()
        payout.with_user(self.other_accountant).action_approve()

    def test_no_client_writes_an_approval(self):
        self.company.aftersales_payout_limit = 100.0
        Payout = self.env["aftersales.payout"].with_user(self.accountant)
        vals = {"referrer_id": self.referrer.id, "amount": 150.0}
        with self.assertRaises(UserError):
            Payout.create({**vals, "approved_by_id": self.other_accountant.id})
        payout = Payout.with_context(
            default_approved_by_id=self.other_accountant.id,
            default_entered_by_ids=self.other_accountant.ids,
        ).create(vals)
        self.assertFalse(payout.approved_by_id)
        self.assertEqual(payout.entered_by_ids, self.accountant)
        for name in ("approved_by_id", "entered_by_ids"):
            with self.assertRaises(UserError):
                payout.write({name: self.other_accountant.id})

    def test_an_accountant_who_may_is_given_the_approval_to_do(self):
        self.company.aftersales_payout_limit = 100.0
        self.company.aftersales_accountant_id = self.accountant
        Payout = self.env["aftersales.payout"].with_user(self.accountant)
        payout = Payout.create({"referrer_id": self.referrer.id, "amount": 150.0})
        approver = payout.activity_ids.user_id
        self.assertTrue(approver.has_group("aftersales_plans.group_accountant"))
        self.assertNotEqual(approver, self.accountant)
        self.assertIn(
            payout, Payout.search([("to_approve", "=", True)]), "it is found by the filter"
        )
        self.assertNotIn(payout, Payout.search([("to_approve", "=", False)]))
        payout.with_user(approver).action_approve()
        self.assertFalse(payout.activity_ids)
        other = Payout.create({"referrer_id": self.referrer.id, "amount": 150.0})
        other.action_cancel()
        self.assertFalse(other.activity_ids)

    def test_in_a_run_what_waits_for_an_approval_stays_a_draft(self):
        self.company.aftersales_payout_limit = 100.0
        run = self._run()
        self.assertEqual(run.approve_count, 1)
        self.assertEqual(len(run.activity_ids), 1)
        run.action_post()
        rita = run.payout_ids.filtered(lambda payout: payout.referrer_id == self.referrer)
        self.assertEqual((run.state, run.posted_count, rita.state), ("done", 2, "draft"))
        self.assertFalse(rita.problem)
        with self.assertRefused(UserError, f"approves.*{rita.name}"):
            run.action_post()
        rita.with_user(self.other_accountant).action_approve()
        self.assertFalse(run.activity_ids)
        run.action_post()
        self.assertEqual((run.state, run.posted_count, rita.state), ("done", 3, "posted"))
        self.assertBalance(self.A, 0.0)
        self.assertInvariants()

    # --- One by one ----------------------------------------------------------------------------

    def test_a_single_payout_proposes_what_is_available(self):
        form = Form(self.env["aftersales.payout"].with_user(self.accountant))
        form.referrer_id = self.referrer
        self.assertEqual((form.amount, form.method), (150.0, "credit"))
        form.referrer_id = self.cash
        self.assertEqual((form.amount, form.method), (75.0, "cash"))
        form.amount = 20.0
        self.assertEqual(form.save().amount, 20.0)
        created = self.env["aftersales.payout"].create({"referrer_id": self.referrer.id})
        self.assertEqual((created.amount, created.method), (150.0, "credit"))

    def test_the_form_warns_and_still_lets_an_accountant_decide(self):
        self.company.aftersales_credit_minimum = 50.0
        payout = self._payout(20.0, post=False)
        self.assertRegex(payout.warning, r"less than.*50\.00")
        payout.amount = 200.0
        self.assertRegex(payout.warning, r"can be paid.*150\.00")
        payout.amount = 60.0
        self.assertFalse(payout.warning)
        second = self._payout(60.0, post=False)
        self.assertIn(payout.name, second.warning)
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.assertRegex(self._payout(1.0, referrer=nobody, post=False).warning, "Nothing can")
        payout.amount = 20.0
        payout.action_post()
        self.assertFalse(payout.warning)
        self.assertInvariants()

    def test_who_is_archived_or_of_another_company_is_not_paid(self):
        payout = self._payout(50.0, post=False)
        self.referrer.active = False
        with self.assertRefused(UserError, "archived: restore"):
            payout.action_post()
        self.referrer.active = True
        self.referrer.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRefused(UserError, "cannot be paid by"):
            payout.action_post()
        self.assertEqual(payout.state, "draft")
        self.referrer.company_id = self.company
        payout.action_post()
        self.assertInvariants()

    def test_a_referrer_without_anything_is_refused_in_words(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        with self.assertRefused(UserError, "more than nothing"):
            self.env["aftersales.payout"].create({"referrer_id": nobody.id})
        with self.assertRefused(UserError, r"Nobody can be paid.*0\.00"):
            self._payout(5.0, referrer=nobody)

    def test_the_bonus_is_a_rounded_part_of_credit_and_fixed_at_posting(self):
        self.company.aftersales_credit_bonus_percent = 3.33
        payout = self._payout(10.0, post=False)
        self.assertEqual((payout.bonus_amount, payout._bonus()), (0.33, 0.33))
        payout.method = "cash"
        self.assertEqual(payout.bonus_amount, 0.0)
        payout.write({"method": "credit", "amount": 50.0})
        self.assertEqual(payout.bonus_amount, 1.67)  # 1.665
        self.company.aftersales_credit_bonus_percent = 10.0
        self.assertEqual(payout.bonus_amount, 5.0)
        payout.action_post()
        self.company.aftersales_credit_bonus_percent = 20.0
        self.assertEqual((payout.bonus_amount, payout._bonus()), (5.0, 5.0))

    def test_payouts_are_reached_from_the_contact_and_from_the_ledger(self):
        payout = self._payout(50.0)
        referrer = self.referrer.with_user(self.accountant)
        self.assertEqual(referrer.referral_payout_total, 1)
        self.assertEqual(
            self.env["aftersales.payout"].search(referrer.action_open_payouts()["domain"]), payout
        )
        row = self._rows(self.order).with_user(self.accountant)
        for action in (referrer.action_pay_out(), row.action_pay_out()):
            self.assertEqual(action["context"]["default_referrer_id"], self.referrer.id)
        with self.assertRefused(UserError, "one referrer"):
            self.Commission.search([]).action_pay_out()

    # --- Negative balances ---------------------------------------------------------------------

    def test_what_is_owed_to_us_is_carried_forward_and_set_off(self):
        self._lead_into_debt()
        self.assertIn("Rita Referrer", self._left_out(self._run()))
        self.env["aftersales.payout"].search([("state", "=", "draft")]).sudo().unlink()
        self._earn(self.referrer, 2000.0)
        run = self._run(method="credit")
        self.assertEqual(self._lines(run), [("Rita Referrer", "credit", 150.0)])
        run.action_post()
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()

    def _debts(self, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["aftersales.payout.debt"].with_user(self.accountant).search(domain)

    def test_who_owes_us_is_listed_since_when_and_from_when_to_claim(self):
        self.assertFalse(self._debts())
        with freeze_time("2027-04-01"):
            self._lead_into_debt()
            debt = self._debts()
            self.assertEqual((debt.referrer_id, debt.amount), (self.referrer, 150.0))
            self.assertEqual(str(debt.since), "2027-04-01")
            self.assertEqual(str(debt.last_earned), "2027-03-15")
            self.assertEqual(str(debt.claim_from), "2027-10-01")
            self.assertFalse(debt.to_claim)
        with freeze_time("2027-06-10"):
            self._earn(self.referrer, 200.0)
        with freeze_time("2027-12-09"):
            self.assertFalse(self._debts([("to_claim", "=", True)]), "30.00 was earned in June")
        with freeze_time("2027-12-10"):
            debt = self._debts([("to_claim", "=", True)])
            self.assertEqual((debt.amount, str(debt.since)), (120.0, "2027-04-01"))

    def _settle(self, way):
        debts = self._debts()
        form = Form(
            self.env["aftersales.payout.debt.settle"]
            .with_user(self.accountant)
            .with_context(active_model=debts._name, active_ids=debts.ids, default_way=way)
        )
        form.reason = "Orders were returned"
        return form.save()

    def test_a_debt_is_claimed_with_an_invoice_core_can_follow_up(self):
        self._lead_into_debt()
        self.assertBalance(self.A, 15.0 + 75.0 - 150.0)
        wizard = self._settle("claim")
        wizard.action_confirm()
        row = self._rows(referrer=self.referrer)[-1]
        invoice = row.account_move_id
        self.assertEqual((row.kind, row.amount), ("adjusted", 150.0))
        self.assertEqual((invoice.move_type, invoice.state), ("out_invoice", "posted"))
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (150.0, 0.0))
        self.assertEqual(invoice.invoice_line_ids.account_id, self.A)
        self.assertBalance(self.A, 90.0)
        self.assertFalse(self._debts())
        self.assertInvariants()
        self._pay(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()
        with self.assertRefused(UserError, "open the list again"):
            wizard.action_confirm()
        with self.assertRefused(UserError, "is paid: cancel the payment"):
            row.with_user(self.accountant).action_take_back()

    def test_a_claim_is_taken_back_by_the_ledger_alone(self):
        self._lead_into_debt()
        self._settle("claim").action_confirm()
        row = self._rows(referrer=self.referrer)[-1]
        invoice = row.account_move_id
        for refused in (
            invoice.button_draft,
            invoice.button_cancel,
            lambda: self._credit(invoice),
        ):
            with self.assertRefused(UserError, "belongs to the commission ledger"):
                refused()
        row.with_user(self.accountant).action_take_back()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBalance(self.A, -60.0)
        self.assertEqual(self._debts().amount, 150.0)
        self.assertInvariants()
        with self.assertRefused(UserError, "already|only once"):
            row.with_user(self.accountant).action_take_back()
        self._settle("claim").action_confirm()
        self.assertBalance(self.A, 90.0)
        self.assertInvariants()

    def test_debts_are_settled_whichever_companies_are_looked_at(self):
        self._lead_into_debt()
        other = self.setup_other_company()["company"]
        for number in range(2):
            self.Commission.sudo().create(
                {
                    "kind": "adjusted",
                    "referrer_id": self.referrer.id,
                    "company_id": other.id,
                    "date": TODAY,
                    "amount": 1.0,
                    "key": f"other-{number}",
                }
            )
        self.accountant.company_ids |= other
        both = (self.company | other).ids
        ledger = self.Commission.with_user(self.accountant)
        everywhere = ledger.with_context(allowed_company_ids=both)
        row = everywhere._write_off(self.referrer, self.company, "Returned")
        row.action_take_back()
        ledger.with_context(allowed_company_ids=self.company.ids)._write_off(
            self.referrer, self.company, "Returned"
        )
        self.assertFalse(self._debts())

    def test_a_debt_is_written_off_with_a_reason(self):
        self._lead_into_debt()
        before = -sum(
            self.env["account.move.line"].search([("account_id", "=", self.E.id)]).mapped("balance")
        )
        self._settle("write_off").action_confirm()
        self.assertBalance(self.A, 90.0)
        self.assertBalance(self.E, before - 150.0)
        row = self._rows(referrer=self.referrer)[-1]
        self.assertRegex(row.note, "ada.*Orders were returned")
        self.assertFalse(self._debts())
        self.assertInvariants()

    def test_only_an_accountant_settles_debts(self):
        self._lead_into_debt()
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                self.env["aftersales.payout.debt"].with_user(user).search([])
            for settle in ("_claim", "_write_off"):
                with self.assertRaises(AccessError):
                    getattr(self.Commission.with_user(user), settle)(
                        self.referrer, self.company, "x"
                    )
        with self.assertRefused(UserError, "owes nothing"):
            self.Commission._claim(self.cash, self.company, "x")
        self.assertInvariants()
