# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_portal import PortalCase

from .common import TODAY, ReferralCommon

PAGE = "/my/rewards"


@tagged("post_install", "-at_install")
class TestRewardsPortal(PortalCase, ReferralCommon):
    """A referrer follows rewards online and chooses money or store credit (74)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_credit_bonus_percent = 5.0
        cls.login = cls.customer_login("rita", cls.referrer)
        cls._pay(cls._invoice(cls._order()))  # 150.00 earned
        other = cls.env["res.partner"].create(
            {"name": "Otto Other", "referral_tax_status": "individual"}
        )
        cls._contract(other, cls.plan)
        nora = cls.env["res.partner"].create({"name": "Nora"})
        cls._pay(cls._invoice(cls._order(partner=nora, referrer=other)))
        cls.other = other

    def _draft(self, referrer=None, **vals):
        return self.env["aftersales.payout"].create(
            {"referrer_id": (referrer or self.referrer).id, "method": "credit", "amount": 30.0}
            | vals
        )

    def _page(self, login="rita"):
        return self.words(PAGE, login)

    def _send(self, address, token=True, **form):
        if token:
            form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(f"{PAGE}{address}", data=form)

    # --- What is shown -------------------------------------------------------------------------

    def test_a_referrer_sees_balance_payouts_and_store_credit(self):
        with freeze_time(TODAY):
            self._payout(40.0)
            self.company.aftersales_hold_days = 14
        text = self._page()
        for words in ("110.00", "40.00", "March 15, 2028", "Credited", "5 % on top"):
            self.assertIn(words, text)
        self.assertNotIn("Otto", text)
        self.assertIn("/my/rewards", self.url_open("/my").text)

    def test_a_payout_says_how_it_stands(self):
        self.referrer.referral_self_billing_date = TODAY
        draft = self._draft()
        text = self._page()
        self.assertIn(draft.name, text)
        self.assertIn("Being prepared", text)
        with freeze_time(TODAY):
            cash = self._payout(50.0, "cash")
            self.assertIn("On its way", self._page())
            self._pay(cash.bill_id)
            self.assertEqual(cash._status_online()["label"], "Paid")
            draft.action_cancel()
            credit = self._payout(20.0)
            credit.action_cancel()
        text = self._page()
        self.assertNotIn(draft.name, text, "it never was paid")
        self.assertIn("Taken back", text)

    def test_what_was_paid_too_much_is_said(self):
        with freeze_time(TODAY):
            self._payout(150.0)
            order = self._rows(referrer=self.referrer)[0].order_id
            self._credit(order.invoice_ids)
        self.assertRegex(self._page(), r"You were paid.*150\.00.*taken back later")

    def test_contacts_see_their_company_and_nobody_else_s(self):
        company = self.env["res.partner"].create({"name": "Rita Ltd", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": company.id})
        self.customer_login("clerk", clerk)
        self._contract(company, self.plan)
        nina = self.env["res.partner"].create({"name": "Nina"})
        self._pay(self._invoice(self._order(partner=nina, referrer=company)))
        mine, others = self._draft(company, amount=33.0), self._draft()
        text = self._page("clerk")
        self.assertIn(mine.name, text)
        self.assertNotIn(others.name, text)
        self._send("/method", method="cash")
        self.assertEqual(company.referral_payout_method, "cash")
        self.assertIn("Rita Ltd, Clerk chose online", company.message_ids[0].body)

    def test_another_company_s_payouts_stay_there(self):
        elsewhere = self.setup_other_company()["company"]
        foreign = self.env["aftersales.payout"].create(
            {
                "referrer_id": self.referrer.id,
                "company_id": elsewhere.id,
                "method": "credit",
                "amount": 77.0,
            }
        )
        self.assertNotIn("77.00", self._page())
        self._send(f"/payout/{foreign.id}/method", method="cash")
        self.assertEqual(foreign.method, "credit")

    def test_without_a_login_there_is_no_page(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(PAGE).url)
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.customer_login("nobody", nobody)
        self.assertIn("Nothing was paid out yet", self._page("nobody"))

    # --- Choosing ------------------------------------------------------------------------------

    def test_a_referrer_chooses_how_to_be_paid_from_now_on(self):
        self.authenticate("rita", "rita")
        for method in ("cash", "credit"):
            answer = self._send("/method", method=method)
            self.assertIn("noted your choice", answer.text)
            self.assertEqual(self.referrer.referral_payout_method, method)
        self.assertIn("Rita Referrer chose online", self.referrer.message_ids[0].body)
        for method in ("gold", ""):
            self.assertIn("cannot be chosen", self._send("/method", method=method).text)
        self.assertEqual(self.referrer.referral_payout_method, "credit")
        self.assertEqual(self.env["aftersales.payout"].create(
            {"referrer_id": self.referrer.id, "amount": 5.0}
        ).method, "credit")  # fmt: skip

    def test_a_referrer_chooses_for_a_payout_that_is_being_prepared(self):
        self.company.aftersales_payout_limit = 20.0
        draft, posted = self._draft(), self._draft(amount=10.0)
        with freeze_time(TODAY):
            posted.action_post()
        draft.with_user(self.accountant).action_approve()
        self.authenticate("rita", "rita")
        answer = self._send(f"/payout/{draft.id}/method", method="cash")
        self.assertIn("noted your choice", answer.text)
        self.assertEqual(draft.method, "cash")
        self.assertFalse(draft.approved_by_id, "what was approved has changed")
        self.assertEqual((draft.amount, draft.state), (30.0, "draft"))
        answer = self._send(f"/payout/{posted.id}/method", method="cash")
        self.assertIn("cannot be chosen", answer.text)
        self.assertEqual(posted.method, "credit")
        self.assertInvariants()

    def test_a_choice_online_does_not_hide_who_entered_the_amount(self):
        self.company.aftersales_payout_limit = 20.0
        payout = self._draft()
        payout.with_user(self.accountant).amount = 40.0
        self.authenticate("rita", "rita")
        self._send(f"/payout/{payout.id}/method", method="cash")
        self.assertEqual(payout.method, "cash")
        self.assertIn(self.accountant, payout.entered_by_ids)
        self.assertNotIn(self.login, payout.entered_by_ids)
        with self.assertRefused(AccessError, "You entered or changed"):
            payout.with_user(self.accountant).action_approve()

    def test_a_branch_shows_the_credit_that_can_be_spent_there(self):
        self._payout(100.0)
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertAlmostEqual(self.referrer._rewards_online(branch)["credit"], 105.0)
        self.assertTrue(self.referrer._has_rewards(branch))
        lot = self.env["aftersales.credit.lot"].search([("partner_id", "=", self.referrer.id)])
        lot.sudo().date_expiry = "2020-03-14"  # the daily run was not here yet
        self.assertEqual(self.referrer._rewards_online(self.company)["credit"], 0.0)

    def test_nobody_chooses_for_somebody_else(self):
        foreign = self._draft(self.other)
        self.authenticate("rita", "rita")
        for number in (foreign.id, 2147483647):
            answer = self._send(f"/payout/{number}/method", method="cash")
            self.assertIn("cannot be chosen", answer.text)
        self.assertEqual(foreign.method, "credit")
        self.assertEqual(self.other.referral_payout_method, "credit")

    def test_a_choice_needs_the_page_it_is_made_on(self):
        draft = self._draft()
        self.authenticate("rita", "rita")
        for address in ("/method", f"/payout/{draft.id}/method"):
            with self.assertLogs("odoo.http", "WARNING"):
                answer = self._send(address, token=False, method="cash")
            self.assertEqual(answer.status_code, 400)
            self.assertNotEqual(self.url_open(f"{PAGE}{address}").status_code, 200)  # by a link
        self.assertEqual((draft.method, self.referrer.referral_payout_method), ("credit",) * 2)

    def test_who_is_archived_chooses_nothing(self):
        company = self.env["res.partner"].create({"name": "Rita Ltd", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": company.id})
        self.customer_login("clerk", clerk)
        draft = self._draft(company)
        company.active = False
        self.authenticate("clerk", "clerk")
        for address in ("/method", f"/payout/{draft.id}/method"):
            self.assertIn("cannot be chosen", self._send(address, method="cash").text)
        self.assertEqual((draft.method, company.referral_payout_method), ("credit", "credit"))

    def test_colleagues_are_not_customers(self):
        self.authenticate("ada", "ada")
        self.assertNotIn("How we pay you", self.url_open(PAGE).text)

    def test_by_orm_and_rpc_a_customer_reaches_nothing(self):
        """The page is all there is: no right on the models, no private method, no field."""
        draft = self._draft()
        env = self.env(user=self.login)
        for model in ("aftersales.payout", "aftersales.payout.run", "aftersales.payout.debt"):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(env[model].has_access(operation), (model, operation))
        for name in ("action_post", "action_approve", "action_cancel", "action_leave_out"):
            with self.assertRaises(AccessError):
                call_kw(env["aftersales.payout"], name, [draft.ids], {})
        for model, name, ids in (
            ("aftersales.payout", "_choose_method", draft.ids),
            ("res.partner", "_choose_payout_method", self.other.ids),
            ("res.partner", "_rewards_online", self.other.ids),
        ):
            with self.assertRaises(AccessError):
                call_kw(env[model], name, [ids, "cash"], {})
        with self.assertRaises(AccessError):
            env["res.partner"].browse(self.referrer.id).read(["referral_payout_method"])
        with self.assertRaises(AccessError):
            env["res.partner"].browse(self.referrer.id).write({"referral_payout_method": "cash"})
        self.assertEqual(draft.method, "credit")

    # --- The accountant's screens --------------------------------------------------------------

    def test_an_accountant_makes_a_payout_run(self):
        address = "/odoo/after-sales/referral-payout-runs"
        self.start_tour(address, "aftersales_payout_run", login="ada")
        run = self.env["aftersales.payout.run"].search([])
        self.assertEqual((run.state, run.posted_count), ("done", 1))
        self.assertEqual(run.payout_ids.amount, 100.0)
        self.assertEqual(run.left_out_ids.referrer_id, self.other)
        self.assertInvariants()
