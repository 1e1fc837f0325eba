# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.set_up_proposal import Proposal

from .plan_tiers import REWARDS_PERCENT
from .reward_accounts import BREAKAGE, PAYOUT_SETTINGS

ACCOUNTANT = "aftersales_accountant_id"


class ResCompany(models.Model):
    """What the set-up guide proposes for referrals: usual rewards, who approves them, accounts."""

    _inherit = "res.company"

    def _aftersales_accounts_needed(self):
        """Add the accounts and journals of rewards."""
        return {**super()._aftersales_accounts_needed(), "rewards": [*PAYOUT_SETTINGS, BREAKAGE]}

    def _aftersales_proposals(self):
        """Propose the usual rewards of the tiers, and an accountant."""
        proposals = super()._aftersales_proposals()
        told = [*self._aftersales_tell_rewards(), *self._aftersales_tell_accountant()]
        if told:
            label = self.env._("Take the Proposal")
            proposal = Proposal(label, self._aftersales_take_rewards, "\n".join(told))
            proposals.setdefault("referrals", []).append(proposal)
        return proposals

    def _aftersales_tell_rewards(self):
        """Yield in words the rewards to be set, to whoever may set them."""
        tiers = self._aftersales_unrewarded_tiers()
        if tiers and tiers.has_access("write"):
            told = [
                self.env._(
                    "%(plan)s %(percent)s %%",
                    plan=plan.name,
                    percent=f"{REWARDS_PERCENT[plan.code.upper()]:g}",
                )
                for plan in tiers
            ]
            yield self.env._("Rewards: %s", told)

    def _aftersales_tell_accountant(self):
        """Yield in words who would be the accountant, to whoever may change the company."""
        accountant = self._aftersales_likely_accountant()
        if accountant and self.has_access("write"):
            yield self.env._("Commission Accountant: %s", accountant.name)

    def _aftersales_unrewarded_tiers(self):
        """Return the plans of the three tiers, where none of this company has a reward."""
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.id)])
        if any(plan.referral_percent for plan in plans):
            return plans.browse()
        return plans.filtered(lambda plan: plan.code.upper() in REWARDS_PERCENT)

    def _aftersales_likely_accountant(self):
        """Return the user, or the first accountant of this company; nobody where one is chosen."""
        users = self.env["res.users"]
        if self.sudo()[ACCOUNTANT]:  # only whether there is one
            return users
        group = self.env.ref("aftersales_plans.group_accountant")
        likely = users.search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
            ],
            order="id",
        )
        return self.env.user & likely or likely[:1]

    def _aftersales_take_rewards(self):
        """Set both, as far as the user may."""
        tiers = self._aftersales_unrewarded_tiers()
        if tiers.has_access("write"):
            for plan in tiers:
                plan.referral_percent = REWARDS_PERCENT[plan.code.upper()]
        accountant = self._aftersales_likely_accountant()
        if accountant and self.has_access("write"):
            self[ACCOUNTANT] = accountant
