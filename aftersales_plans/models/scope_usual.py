# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError

from .stored_words import store_words


class AftersalesScopeReduction(models.Model):
    """The reductions most companies grant, made in one click; nothing uses them by itself."""

    _inherit = "aftersales.scope.reduction"

    @api.model
    def _prepare_usual(self):
        """Return the values of usual reductions; those that take nothing off a plan do no harm.

        A sibling overrides it, calls ``super()`` and adds its own; it must not write.
        """
        env = self.env
        return [
            {"name": env._("2 replacements a year"), "number": 2, "discount_percent": 10},
            {"name": env._("1 replacement a year"), "number": 1, "discount_percent": 15},
            {
                "name": env._("Answer within 48 hours"),
                "kind": "response",
                "number": 48,
                "discount_percent": 5,
            },
            {
                "name": env._("Phone support in business hours"),
                "kind": "support",
                "support_level": "business_hours",
                "discount_percent": 5,
            },
            {"name": env._("Work is charged"), "kind": "labour", "discount_percent": 15},
            {"name": env._("Freight is charged"), "kind": "freight", "discount_percent": 5},
        ]

    @api.model
    def action_create_usual(self):
        """Make the usual reductions this company does not have, to be changed as it likes.

        :raises UserError: it has all of them
        """
        self.browse().check_access("create")
        company = self.env.company
        existing = self.with_context(active_test=False).search([("company_id", "=", company.id)])
        language = company.partner_id.lang or self.env.lang
        local = self.with_context(lang=language)
        known = set(existing.with_context(lang=language).mapped("name"))
        usual = enumerate(local._prepare_usual())
        missing = {place: values for place, values in usual if values["name"] not in known}
        if not missing:
            raise UserError(
                self.env._(
                    "%s has the usual reductions already. Archived ones are under Filters, "
                    "Archived.",
                    company.name,
                )
            )
        made = local.create([{**values, "company_id": company.id} for values in missing.values()])
        for place, reduction in zip(missing, made, strict=True):
            store_words(reduction, "name", lambda env, place=place: _usual_name(env, place))
        return {"type": "ir.actions.client", "tag": "soft_reload"}


def _usual_name(env, place):
    return env["aftersales.scope.reduction"]._prepare_usual()[place]["name"]
