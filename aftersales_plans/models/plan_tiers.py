# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError

from .set_up import PLAN_PRODUCTS
from .stored_words import store_words


class AftersalesPlan(models.Model):
    """The three tiers most companies begin with, made in one click (requirements 2-4)."""

    _inherit = "aftersales.plan"

    @api.model
    def _prepare_tiers(self):
        """Return {code: values} of VIP, GOLD and STANDARD as the sales book describes them.

        A sibling overrides it, calls ``super()`` and adds its own promises; it must not write.
        """
        renewal = {
            "renewal_policy": "offer",
            "renewal_uplift_percent": 5,
            "renewal_discount_percent": 10,
        }
        return {
            "VIP": {
                **renewal,
                "sequence": 1,
                "segment": "hand_holder",
                "replacements_unlimited": True,
                "support_level": "always",
            },
            "GOLD": {
                **renewal,
                "sequence": 2,
                "segment": "risk_avoider",
                "replacements_included": 3,
            },
            "STANDARD": {
                **renewal,
                "sequence": 3,
                "segment": "basic_needs",
                "replacements_included": 1,
            },
        }

    @api.model
    def _tier_names(self):
        """Return {code: name as sold in the language of the environment}."""
        return {
            "VIP": self.env._("VIP"),
            "GOLD": self.env._("GOLD"),
            "STANDARD": self.env._("STANDARD"),
        }

    @api.model
    def action_create_tiers(self):
        """Make the tiers this company does not have, with a product each, and ask their prices.

        They are named in every language of the database. Plans that exist stay as they are,
        archived ones too. Archiving the new ones undoes it.

        :raises UserError: the company has all three
        """
        self._create_missing_tiers()
        return self.env["ir.actions.act_window"]._for_xml_id(PLAN_PRODUCTS)

    @api.model
    def _create_missing_tiers(self):
        """Make the tiers the company of the environment does not have, and return them.

        :raises UserError: the company has all three
        """
        self.browse().check_access("create")
        company = self.env.company
        existing = self.with_context(active_test=False).search([("company_id", "=", company.id)])
        taken = {code.upper() for code in existing.mapped("code")}
        values = [
            {"name": code, "code": code, "company_id": company.id, **terms}
            for code, terms in self._prepare_tiers().items()
            if code not in taken
        ]
        if not values:
            raise UserError(
                self.env._(
                    "%s has VIP, GOLD and STANDARD already. Archived plans are under Filters, "
                    "Archived.",
                    company.name,
                )
            )
        tiers = self.with_context(allowed_company_ids=company.ids).create(values)
        for tier in tiers:
            store_words(tier, "name", lambda env, code=tier.code: _name_of(env, code))
        tiers._create_products()
        return tiers

    def _create_products(self):
        """Make the service product that sells each of these plans; its price is asked for."""
        templates = self.env["product.template"].sudo()  # who makes a plan may make it sellable
        products = templates.create(
            [
                {
                    "name": plan.name,
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": 0.0,
                    "purchase_ok": False,
                    "company_id": plan.company_id.id,
                    "aftersales_plan_id": plan.id,
                }
                for plan in self
            ]
        )
        for product in products:
            store_words(product, "name", product.aftersales_plan_id._product_name)

    def _product_name(self, env):
        """Return the name of the product that sells this plan, in the language of ``env``."""
        return env._("%s after-sales plan", self.with_env(env).name)


def _name_of(env, code):
    return env["aftersales.plan"]._tier_names()[code]
