# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import TODAY
from .common_payout_run import PayoutRunCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPayoutApproval(PayoutRunCase):
    """Above a limit somebody else approves; one payout by hand (74, 79)."""

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
