from odoo import api, models
from odoo.exceptions import UserError

from .set_up import PLAN_PRODUCTS


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
    def action_create_tiers(self):
        """Make the tiers this company does not have, with a product each, and ask their prices.

        Plans that exist stay as they are, archived ones too. Archiving the new ones undoes it.

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
        language = company.partner_id.lang or self.env.lang
        tiers = self.with_context(lang=language, allowed_company_ids=company.ids).create(values)
        tiers._create_products()
        return self.env["ir.actions.act_window"]._for_xml_id(PLAN_PRODUCTS)

    def _create_products(self):
        """Make the service product that sells each of these plans; its price is asked for."""
        products = self.env["product.template"].sudo()  # whoever makes a plan may make it sellable
        products.create(
            [
                {
                    "name": plan.env._("%s after-sales plan", plan.name),
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
