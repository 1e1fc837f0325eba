# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.set_up_proposal import Proposal

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
        usual = self._aftersales_usual("referral_percent")
        if usual and self.env["aftersales.plan"].union(*usual).has_access("write"):
            told = [
                self.env._("%(plan)s %(percent)s %%", plan=plan.name, percent=f"{percent:g}")
                for plan, percent in usual.items()
            ]
            yield self.env._("Rewards: %s", told)

    def _aftersales_tell_accountant(self):
        """Yield in words who would be the accountant, to whoever may change the company."""
        accountant = self._aftersales_likely_accountant()
        if accountant and self.has_access("write"):
            yield self.env._("Commission Accountant: %s", accountant.name)

    def _aftersales_likely_accountant(self):
        """Return the user, or the first accountant of this company; nobody where one is chosen."""
        if self.sudo()[ACCOUNTANT]:  # only whether there is one
            return self.env["res.users"]
        likely = self._aftersales_people("aftersales_plans.group_accountant").sorted("id")
        return self.env.user & likely or likely[:1]

    def _aftersales_take_rewards(self):
        """Set both, as far as the user may."""
        tiers = self.env["aftersales.plan"].union(*self._aftersales_usual("referral_percent"))
        if tiers.has_access("write"):
            self._aftersales_take_usual("referral_percent")
        accountant = self._aftersales_likely_accountant()
        if accountant and self.has_access("write"):
            self[ACCOUNTANT] = accountant
