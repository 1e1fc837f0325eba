# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.set_up import PLANS, SETTINGS, Problem

from .reward_accounts import (
    ACCRUED,
    BREAKAGE,
    EXPENSE,
    JOURNAL,
    PAYOUT_SETTINGS,
    SELF_BILLING,
    STORE_CREDIT,
)


class ResCompany(models.Model):
    """What a company still has to set up before it rewards referrals."""

    _inherit = "res.company"

    def _aftersales_set_up_checks(self):
        """Look at the accounts of rewards and at who gives and who approves them."""
        return [
            *super()._aftersales_set_up_checks(),
            ("referrals", self._aftersales_check_rewards),
            ("rewards", self._aftersales_check_reward_accounts),
            ("referrals", self._aftersales_check_wallet),
        ]

    def _aftersales_check_rewards(self):
        """Find what keeps referrals from being rewarded at all, or from being approved."""
        problems = []
        Plan = self.env["aftersales.plan"]
        of_company = [("company_id", "=", self.id)]
        if not Plan.search_count([*of_company, ("referral_percent", ">", 0)], limit=1):
            sentence = self.env._(
                "No plan rewards referrals: set Referral Reward (%) on the plans that do."
            )
            problems.append(Problem(sentence, PLANS))
        if not self.aftersales_accountant_id:
            sentence = self.env._(
                "Nobody is told of rewards to approve and of differences in the books: choose the "
                "Commission Accountant."
            )
            problems.append(Problem(sentence, SETTINGS))
        return problems

    def _aftersales_check_reward_accounts(self):
        """Say of every account and journal that is missing or wrong what cannot be done."""
        if not self.chart_template:
            return []  # said once, where the cost of service is checked
        names = (*PAYOUT_SETTINGS, BREAKAGE)
        sentences = [self._aftersales_without(name) for name in names if not self[name]]
        chosen = [name for name in names if self[name]]
        sentences.append(self._aftersales_settings_problem(chosen))
        return [Problem(sentence, SETTINGS) for sentence in sentences if sentence]

    def _aftersales_without(self, name):
        """Return in words what cannot be done while a setting is empty, and what to set."""
        setting = self._aftersales_label(name)
        return {
            EXPENSE: self.env._("Earned rewards are not booked: set %s.", setting),
            ACCRUED: self.env._(
                "No liability account: set %s, or what is owed to referrers is not booked.", setting
            ),
            STORE_CREDIT: self.env._(
                "No liability account: set %s, or referrals cannot be paid as store credit.",
                setting,
            ),
            BREAKAGE: self.env._("Store credit that expires is not booked: set %s.", setting),
            JOURNAL: self.env._("No journal: set %s, or rewards are not booked.", setting),
            SELF_BILLING: self.env._(
                "No purchase journal: set %s, or referrals cannot be paid in money.", setting
            ),
        }[name]

    def _aftersales_check_wallet(self):
        problem = self._aftersales_wallet_problem()
        return [Problem(problem, SETTINGS)] if problem else []
