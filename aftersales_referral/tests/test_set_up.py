from odoo.tests import tagged

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
