# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import tagged

from odoo.addons.aftersales_plans.tests.common import speak

from .common import ReferralCommon


@tagged("post_install", "-at_install")
class TestSetUp(ReferralCommon):
    """What the set-up guide says of rewards, and the rewards of the three tiers."""

    def problems(self, topic):
        """Return the sentences about a topic."""
        found = self.company._aftersales_problems().get(topic, [])
        return [problem.sentence for problem in found]

    def test_every_missing_account_says_what_cannot_be_done_without_it(self):
        self.assertEqual(self.problems("rewards"), [])
        for name, words in (
            ("aftersales_store_credit_account_id", "cannot be paid as store credit"),
            ("aftersales_accrued_commission_account_id", "owed to referrers is not booked"),
            ("aftersales_commission_expense_account_id", "Earned rewards are not booked"),
            ("aftersales_self_billing_journal_id", "cannot be paid in money"),
            ("aftersales_commission_journal_id", "No journal"),
            ("aftersales_breakage_account_id", "expires is not booked"),
        ):
            with self.subTest(name):
                value = self.company[name]
                self.company[name] = False
                self.assertRegex("\n".join(self.problems("rewards")), words)
                self.company[name] = value
        self.assertEqual(self.problems("rewards"), [])

    def test_an_archived_account_is_named(self):
        account = self.company.aftersales_accrued_commission_account_id
        account.active = False
        self.assertRegex(self.problems("rewards")[0], "must be active, not archived")

    def test_who_approves_is_asked_for(self):
        self.company.aftersales_accountant_id = False
        self.assertRegex("\n".join(self.problems("referrals")), "choose the Commission Accountant")
        self.company.aftersales_accountant_id = self.env.user
        self.assertNotIn("Commission Accountant", "\n".join(self.problems("referrals")))

    def test_some_plan_rewards_referrals(self):
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.company.id)])
        plans.referral_percent = 0
        self.assertRegex("\n".join(self.problems("referrals")), r"No plan .* Reward \(%\)")
        self.env["aftersales.plan"].with_company(self.company).action_create_tiers()
        tiers = self.env["aftersales.plan"].search([("company_id", "=", self.company.id)]) - plans
        rewards = {tier.code: tier.referral_percent for tier in tiers}
        self.assertEqual(rewards, {"VIP": 15.0, "GOLD": 10.0, "STANDARD": 10.0})
        self.assertNotIn("No plan", "\n".join(self.problems("referrals")))

    # --- What the guide proposes ---------------------------------------------------------------

    def proposal(self, topic):
        """Return what the guide proposes for a step; nothing where it proposes none."""
        return next(iter(self.company._aftersales_proposals().get(topic, [])), None)

    def test_tiers_from_before_get_their_rewards_and_an_accountant(self):
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.company.id)])
        plans.referral_percent = 0
        self.company.aftersales_accountant_id = False
        gold = self.env["aftersales.plan"].create(
            {"name": "Gold", "code": "gold", "company_id": self.company.id, "referral_percent": 0}
        )
        proposal = self.proposal("referrals")
        name = self.env.user.name
        self.assertEqual(proposal.sentence, f"Rewards: Gold 10 %\nCommission Accountant: {name}")
        proposal.take()
        self.assertEqual(gold.referral_percent, 10)
        self.assertEqual(set((plans - gold).mapped("referral_percent")), {0})
        self.assertEqual(self.company.aftersales_accountant_id, self.env.user)
        self.assertIsNone(self.proposal("referrals"))

    def test_rewards_of_ones_own_are_left_alone(self):
        self.company.aftersales_accountant_id = self.env.user
        self.env["aftersales.plan"].create(
            {"name": "A", "code": "A", "company_id": self.company.id, "referral_percent": 3}
        )
        self.env["aftersales.plan"].create(
            {"name": "Gold", "code": "gold", "company_id": self.company.id}
        )
        self.assertIsNone(self.proposal("referrals"))

    def test_missing_accounts_of_rewards_are_made(self):
        self.assertIsNone(self.proposal("rewards"))
        self.company.aftersales_breakage_account_id = False
        proposal = self.proposal("rewards")
        self.assertEqual(proposal.label, "Create Missing Accounts")
        proposal.take()
        self.assertEqual(self.company.aftersales_breakage_account_id.account_type, "income_other")
        self.assertEqual(self.problems("rewards"), [])

    def test_store_credit_is_named_in_every_language(self):
        speak(self, {"Store credit": "Кредит"}, "aftersales_referral")
        young = self.env["res.company"].create({"name": "Nordstein"})
        reward = young.aftersales_wallet_program_id.reward_ids
        self.assertEqual(reward.description, "Store credit")
        self.assertEqual(reward.with_context(lang="ru_RU").description, "Кредит")
        product = reward.discount_line_product_id
        self.assertEqual(product.with_context(lang="ru_RU").name, "Кредит")

    # --- Sample data ---------------------------------------------------------------------------

    def test_a_sample_referral_comes_and_goes_and_earns_nothing(self):
        samples = self.env["aftersales.sample"].with_company(self.company)
        rows = self.env["aftersales.commission"].search_count([])
        samples._make()
        referral = self.env["aftersales.referral"].search([("name", "=", "Sample Referral")])
        self.assertEqual((referral.state, referral.consent_state), ("registered", "none"))
        self.assertTrue(referral.contact_name.startswith("Sample"))
        self.assertEqual(self.env["aftersales.commission"].search_count([]), rows)
        action = samples._remove()
        self.assertFalse(referral.exists())
        self.assertEqual(action["params"]["message"], "Sample data is removed.")

    def test_a_referral_that_brought_somebody_keeps_its_contract(self):
        samples = self.env["aftersales.sample"].with_company(self.company)
        samples._make()
        referral = self.env["aftersales.referral"].search([("name", "=", "Sample Referral")])
        referral._set_state("qualified")
        samples._remove()
        self.assertTrue(referral.exists() and referral.contract_id.exists())
