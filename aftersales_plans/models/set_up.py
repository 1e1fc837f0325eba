# SPDX-License-Identifier: LGPL-3.0-or-later
from typing import NamedTuple

from odoo import models

from .never_fail import never_fail

SETTINGS = "aftersales_plans.aftersales_settings_action"
PLANS = "aftersales_plans.aftersales_plan_action"
PLAN_PRODUCTS = "aftersales_plans.plan_product_action"
LOCATIONS = "stock.action_location_form"
JOBS = "base.ir_cron_act"
COMPANIES = "base.action_res_company_form"


class Problem(NamedTuple):
    """What is wrong with the set-up: a sentence with the record and the remedy, and a screen."""

    sentence: str
    screen: str  # XML id of a window action
    domain: tuple = ()


class ResCompany(models.Model):
    """What a company still has to set up before plans can be sold and kept.

    The one list behind the set-up guide and the warnings of the settings page.
    """

    _inherit = "res.company"

    def _aftersales_set_up_checks(self):
        """Return [(topic, method)]: what is checked, in the order of work.

        A topic is a step of the set-up guide; its method returns a list of :class:`Problem`.
        A sibling overrides it, calls ``super()`` and appends its own; methods must not write and
        ask the same number of queries whatever the size of the company.
        """
        return [
            ("plans", self._aftersales_check_plans),
            ("products", self._aftersales_check_products),
            ("goods", self._aftersales_check_cost),
            ("goods", self._aftersales_check_locations),
            ("goods", self._aftersales_check_backfill),
            ("revenue", self._aftersales_check_revenue),
            ("mails", self._aftersales_check_mails),
            ("jobs", self._aftersales_check_jobs),
        ]

    def _aftersales_problems(self):
        """Return {topic: [Problem]} of this company, only topics that have one. Never raises."""
        self.ensure_one()
        # sudo: whoever may see the guide learns what is missing, not what is in the records
        company = self.sudo().with_company(self)
        problems = {}
        for topic, check in company._aftersales_set_up_checks():
            with never_fail(self.env, f"Set-up check of {topic} of {self.name}"):
                found = check()
                if found:
                    problems.setdefault(topic, []).extend(found)
        return problems

    def _aftersales_check_plans(self):
        plans = self.env["aftersales.plan"].search_count([("company_id", "=", self.id)], limit=1)
        if plans:
            return []
        sentence = self.env._("There is no plan yet: create the tiers you want to sell.")
        return [Problem(sentence, PLANS)]

    def _aftersales_check_products(self):
        """Find plans nobody can buy, and products that would give a plan away."""
        Plan = self.env["aftersales.plan"]
        plans = Plan.search([("company_id", "=", self.id)])
        if not plans:
            sentence = self.env._(
                "Each plan needs a service product with a price: create plans first."
            )
            return [Problem(sentence, PLANS)]
        products = Plan._search_products(self)
        problems = [
            Problem(
                self.env._(
                    "Nobody can buy the plan %s: no service product sells it. Create its product.",
                    plan.name,
                ),
                PLANS,
                (("id", "=", plan.id),),
            )
            for plan in plans - products.aftersales_plan_id
        ]
        return problems + [
            Problem(
                self.env._("%s is sold for nothing: set its sales price.", product.display_name),
                PLAN_PRODUCTS,
            )
            for product in products
            if self.currency_id.is_zero(product.lst_price)
            and product.aftersales_plan_id.price_policy == "fixed"
        ]

    def _aftersales_check_cost(self):
        if not self.root_id.chart_template:
            sentence = self.env._(
                "%s has no chart of accounts: load one in the settings of Invoicing; the accounts "
                "of after-sales service are then made with it.",
                self.name,
            )
            return [Problem(sentence, "account.action_account_config")]
        account = self.aftersales_service_cost_account_id
        if account.active:
            return []
        sentence = self.env._(
            "No service cost account: goods replaced free of charge are not seen in the books. "
            "Set it under Guarantee and Cost."
        )
        return [Problem(sentence, SETTINGS)]

    def _aftersales_check_locations(self):
        """Find locations of claims that are missing or were archived."""
        problems = []
        for name in self._aftersales_prepare_locations():
            location = self[name]
            if location.active:
                continue
            label = self._fields[name].get_description(self.env, ["string"])["string"]
            problems.append(
                Problem(
                    self.env._(
                        "The location %s is archived: goods of claims cannot move. Unarchive it.",
                        location.display_name,
                    )
                    if location
                    else self.env._(
                        "The location %s is missing: an administrator sets it on the company.",
                        label,
                    ),
                    LOCATIONS,
                    (("id", "=", location.id), ("active", "=", False)) if location else (),
                )
            )
        return problems

    def _aftersales_check_backfill(self):
        backfill = self.env["aftersales.backfill"].search([("company_id", "=", self.id)])
        if not backfill or backfill.running or backfill.last_move_id >= backfill.end_move_id:
            return []
        sentence = self.env._(
            "Registering earlier deliveries is paused: claims do not find the goods that are left. "
            "Resume it under Installed Base."
        )
        return [Problem(sentence, SETTINGS)]

    def _aftersales_check_mails(self):
        """Find what keeps customers from being written to and from writing to us."""
        problems = []
        if not self.email:
            sentence = self.env._(
                "%s has no e-mail address: customers cannot answer. Set it on the company.",
                self.name,
            )
            problems.append(Problem(sentence, COMPANIES, (("id", "=", self.id),)))
        if self.aftersales_claim_alias_id and not self.alias_domain_id:
            sentence = self.env._(
                "Mails to %s open no claims, for the company has no e-mail domain. Set one under "
                "General Settings, Alias Domain.",
                self.aftersales_claim_alias_name,
            )
            problems.append(Problem(sentence, "mail.mail_alias_domain_action"))
        return problems

    def _aftersales_check_jobs(self):
        """Find scheduled actions of ours that are switched off; in a neutralised copy all are.

        There they must stay so: they would write to customers.
        """
        if self.env["ir.config_parameter"].get_param("database.is_neutralized"):
            return []
        ours = self.env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "=like", "aftersales_%")]
        )
        jobs = self.env["ir.cron"].with_context(active_test=False).browse(ours.mapped("res_id"))
        return [
            Problem(
                self.env._("“%s” is switched off: switch it on again.", job.name),
                JOBS,
                (("id", "=", job.id), ("active", "in", (True, False))),
            )
            for job in jobs.exists()
            if not job.active
        ]
