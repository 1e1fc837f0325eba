# SPDX-License-Identifier: AGPL-3.0-or-later
import math

from odoo import fields, models


class AftersalesScopeReduction(models.Model):
    """Fewer inspection visits for a lower price (requirement 28)."""

    _inherit = "aftersales.scope.reduction"

    kind = fields.Selection(
        selection_add=[("visits", "Fewer inspection visits"), ("replacements",)],
        ondelete={"visits": "cascade"},
    )

    def _reduced(self, terms):
        """Make the interval of visits longer, where that makes them fewer in the term."""
        if self.kind != "visits":
            return super()._reduced(terms)
        if self._visits_of(terms, self.number) >= self._visits_of(
            terms, terms.visit_interval_months
        ):
            return {}
        return {"visit_interval_months": self.number}

    def _visits_of(self, terms, interval):
        """Return the visits of a whole term at one every ``interval`` months; 0: none."""
        return math.ceil(terms.duration_months / interval) if interval else 0

    def _prepare_usual(self):
        """Add fewer visits."""
        name = self.env._("An inspection visit every 12 months")
        return [
            *super()._prepare_usual(),
            {"name": name, "kind": "visits", "number": 12, "discount_percent": 10},
        ]
