# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesTerms(models.AbstractModel):
    """The small print of a plan in words: term, limits, withdrawal and refund."""

    _inherit = "aftersales.terms"

    def _conditions(self):
        """Return when the plan begins, how it ends and what it charges, as short sentences.

        Another module overrides it, calls ``super()`` and appends its own; it must not write.
        """
        self.ensure_one()
        return [
            *self._conditions_of_term(),
            *self._conditions_of_cover(),
            *self._conditions_of_refund(),
        ]

    def _conditions_of_term(self):
        starts = {
            "confirmation": self.env._("from the confirmation of the order"),
            "first_delivery": self.env._("from the first delivery"),
            "full_delivery": self.env._("from the day everything is delivered"),
            "installed": self.env._("from the installation"),
        }
        sentences = [
            self.env._(
                "%(months)s months, %(start)s",
                months=self.duration_months,
                start=starts[self.start_policy],
            )
        ]
        if self.waiting_days:
            sentences.append(
                self.env._("Goods bought earlier: cover begins after %s days", self.waiting_days)
            )
        return sentences

    def _conditions_of_cover(self):
        sentences = [self._kind_in_words()]
        if self._includes_parts() and not self.replacements_unlimited:
            sentences.append(
                self.env._("Replacements beyond the plan are refused")
                if self.over_quota_policy == "refuse"
                else self.env._("Replacements beyond the plan are charged at list price")
            )
        if self.contract_kind != "full_service":
            return [*sentences, *self._conditions_of_rates()]
        money = self.currency_id.format
        if self.claim_value_limit:
            limit = money(self.claim_value_limit)
            sentences.append(self.env._("One claim replaces goods worth up to %s", limit))
        if self.term_value_limit:
            limit = money(self.term_value_limit)
            sentences.append(self.env._("All claims replace goods worth up to %s", limit))
        if not self.freight_included:
            sentences.append(self.env._("Freight is charged"))
        return [*sentences, *self._conditions_of_rates()]

    def _conditions_of_rates(self):
        sentences = []
        if self.hour_rate or self.visit_rate or self.contract_kind == "time_material":
            sentences.append(
                self.env._("What is not in the price costs %s", self._rates_in_words())
            )
        if self.after_hours_percent:
            sentences.append(
                self.env._(
                    "Charged work outside business hours: %s %% more",
                    f"{self.after_hours_percent:g}",
                )
            )
        return sentences

    def _conditions_of_refund(self):
        refunds = {
            "none": self.env._("Ended early: no refund"),
            "pro_rata": self.env._("Ended early: the days that are left are refunded"),
            "pro_rata_less_used": self.env._(
                "Ended early: the days that are left are refunded, less what was used"
            ),
        }
        sentences = [refunds[self.refund_policy]]
        if self.withdrawal_days:
            sentences.insert(
                0,
                self.env._(
                    "Withdrawal within %s days: everything is refunded", self.withdrawal_days
                ),
            )
        return sentences
