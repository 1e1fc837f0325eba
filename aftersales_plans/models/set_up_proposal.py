# SPDX-License-Identifier: LGPL-3.0-or-later
from collections.abc import Callable
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from .set_up import PLAN_PRODUCTS


class Proposal(NamedTuple):
    """What the set-up guide offers to do by itself in one click."""

    label: str  # of the button
    take: Callable  # checks the user's right and does it; returns an action or nothing
    sentence: str = ""  # what it will do, in words
    main: bool = True  # else it is the other way out, such as "Not Needed"


class ResCompany(models.Model):
    """What the set-up guide proposes: one click, where nobody has to think about it."""

    _inherit = "res.company"

    def _aftersales_proposals(self):
        """Return {topic: [Proposal]} of this company, only what the user may and needs to take.

        A sibling overrides it, calls ``super()`` and adds its own; it must not write.
        """
        self.ensure_one()
        proposals = {}
        Plan = self.env["aftersales.plan"].with_company(self)
        if Plan.has_access("create"):
            if not Plan.search_count([("company_id", "=", self.id)], limit=1):
                label = self.env._("Create VIP, GOLD and STANDARD")
                proposals["plans"] = [Proposal(label, Plan.action_create_tiers)]
            elif self._aftersales_unsold_plans():
                label = self.env._("Create Missing Products")
                proposals["products"] = [Proposal(label, self._aftersales_take_products)]
        for topic in self._aftersales_topics_of_accounts():
            proposals[topic] = [self._aftersales_propose_accounts()]
        return proposals

    def _aftersales_usual(self, promise):
        """Return {plan: usual ``promise``} of the three tiers, where no plan has any.

        :param promise: a field of the terms
        """
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.id)])
        if any(plan[promise] for plan in plans):
            return {}
        tiers = plans._prepare_tiers()
        return {
            plan: tiers[plan.code.upper()][promise] for plan in plans if plan.code.upper() in tiers
        }

    def _aftersales_take_usual(self, promise):
        """Promise what is usual with the tiers sold from now on; contracts keep their terms."""
        for plan, usual in self._aftersales_usual(promise).items():
            plan[promise] = usual

    def _aftersales_people(self, group):
        """Return the internal users of this company who have a group, by its external id."""
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
            ]
        )

    def _aftersales_unsold_plans(self):
        """Return the plans of this company without any product, archived ones counted."""
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.id)])
        return plans.filtered(lambda plan: not plan.with_context(active_test=False).product_ids)

    def _aftersales_take_products(self):
        """Make a product for each plan that has none, and ask the prices."""
        self.env["aftersales.plan"].check_access("create")
        self._aftersales_unsold_plans()._create_products()
        return self.env["ir.actions.act_window"]._for_xml_id(PLAN_PRODUCTS)

    # --- Accounts ------------------------------------------------------------------------------

    def _aftersales_topics_of_accounts(self):
        """Return the steps that lack an account or journal, where the user may make accounts."""
        may = self.env["account.account"].has_access("create")
        if not may or self.parent_id or not self.chart_template:
            return []
        needed = self._aftersales_accounts_needed()
        # sudo: only which settings are empty, said by the checks of the guide as well
        return [
            topic for topic, names in needed.items() if not all(self.sudo()[name] for name in names)
        ]

    def _aftersales_accounts_needed(self):
        """Return {topic: settings} that :meth:`_aftersales_create_accounts` fills.

        A sibling adds those of its own.
        """
        return {
            "goods": ["aftersales_service_cost_account_id"],
            "revenue": [
                "aftersales_deferred_revenue_account_id",
                "aftersales_revenue_journal_id",
            ],
        }

    def _aftersales_propose_accounts(self):
        return Proposal(
            self.env._("Create Missing Accounts"),
            self._aftersales_take_accounts,
            self.env._("Each is made beside the accounts of its kind in your chart of accounts."),
        )

    def _aftersales_take_accounts(self):
        """Make the accounts and journals that are missing, and set them.

        :raises UserError: the chart of accounts has no account like them
        """
        self.env["account.account"].check_access("create")
        company = self.sudo()  # settings are an administrator's; who may make accounts may set ours
        before = company._aftersales_empty_accounts()
        company._aftersales_create_accounts()
        if before and before == company._aftersales_empty_accounts():
            labels = [company._aftersales_label(name) for name in before]
            raise UserError(
                self.env._(
                    "The chart of accounts of %(company)s has no account that could be taken as a "
                    "pattern. Make these by hand and choose them in the settings: %(accounts)s.",
                    company=self.name,
                    accounts=labels,
                )
            )

    def _aftersales_empty_accounts(self):
        needed = self._aftersales_accounts_needed().values()
        return [name for names in needed for name in names if not self[name]]
