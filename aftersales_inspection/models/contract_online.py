# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.in_words import day_in_words

from .visit_online import NO_DATE


class AftersalesContract(models.Model):
    """What a customer reads online of the inspections a contract promises (requirement 66)."""

    _inherit = "aftersales.contract"

    def _promises_online(self):
        """Append how many inspections were made, and when the next one is."""
        promises = super()._promises_online()
        year = self._printed_entitlements().filtered(lambda row: row.kind == "visit")[:1]
        if year.included:
            following = self._next_online()
            promises.append(
                {
                    "label": (
                        self.env._("Inspections")
                        if self._includes_visits()
                        else self.env._("Inspections, each charged")
                    ),
                    "text": self._inspections_in_words(year, following),
                    "percent": 100 * year.used // year.included,
                    "url": f"/my/visits/{following.id}" if following else None,
                }
            )
        return promises

    def _visits_online(self):
        """Return the visits this contract promises, the first one first."""
        promised = self.visit_ids.filtered("aftersales_window_end")
        return promised.sorted(lambda visit: (visit.aftersales_window_end, visit.id))

    def _next_online(self):
        return self._visits_online().filtered(lambda visit: not visit.is_closed)[:1]

    def _inspections_in_words(self, year, following):
        """Return how the inspections of a contract year stand, in one sentence.

        :param year: the entitlement to visits of that year
        :param following: the next visit, or none
        """
        counts = {"used": year.used, "included": year.included}
        if not following:
            return self.env._("%(used)s of %(included)s inspections used", **counts)
        if following._appointment_situation() in NO_DATE:
            return self.env._(
                "%(used)s of %(included)s inspections used; the next one between %(first)s and "
                "%(last)s",
                first=day_in_words(self.env, following.aftersales_window_start),
                last=day_in_words(self.env, following.aftersales_window_end),
                **counts,
            )
        return self.env._(
            "%(used)s of %(included)s inspections used; next: %(day)s, %(hours)s",
            day=following._appointment_day(),
            hours=following._appointment_hours(),
            **counts,
        )
