# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError

from ..calc import decision
from .claim import GRACE_DAYS


class AftersalesClaim(models.Model):
    """What is decided of a claim as a whole: its lines share one quota and one value limit."""

    _inherit = "aftersales.claim"

    def _decide(self):
        """Decide every line and count what the contract gives.

        Where the counters say that somebody used the last one since the facts were read, the
        lines are decided again on fresh facts, which then promise less.
        """
        decisions = self._decisions()
        if not self._count(decisions):
            self.invalidate_recordset(["entitlement_id"])
            decisions = self._decisions()
            if not self._count(decisions):
                raise UserError(
                    self.env._("Claim %s: the counters changed meanwhile. Try again.", self.name)
                )
        for line, made in decisions.items():
            line._record(made)

    def _decisions(self, lines=None):
        """Return {line: :class:`~..calc.decision.Decision`} from today's facts.

        :param lines: those to decide, also ones that are not saved yet; all of the claim if None
        """
        lines = self.line_ids if lines is None else lines
        lines = lines.sorted(lambda line: line._origin.id or float("inf"))
        made = decision.decide_all([line._facts() for line in lines], self._value_left())
        return dict(zip(lines, made, strict=True))

    def _value_left(self):
        """Return the list price of what the plan may replace for this claim; None: no limit."""
        contract = self.contract_id
        limits = []
        if contract.claim_value_limit:
            limits.append(contract.claim_value_limit)
        if contract.term_value_limit:
            limits.append(contract.term_value_limit - contract.replaced_value)
        return min(limits, default=None)

    def _count(self, decisions):
        """Use one replacement and the value of what is covered; tell whether both were there."""
        hidden = self.sudo()  # checked by action_approve; counters are nobody's to write
        covered = self.line_ids.browse(
            line.id for line, made in decisions.items() if made.billing_type == decision.CONTRACT
        )
        if covered and not self.contract_id:
            raise UserError(
                self.env._(
                    "Claim %s has no contract to give goods from. Choose goodwill instead.",
                    self.name,
                )
            )
        overruled = sum(covered.filtered("forced_billing_type").mapped("list_value"))
        value = sum(covered.mapped("list_value"))
        if not hidden.contract_id._reserve_value(value - overruled, overruled):
            return False
        if any(made.consumes for made in decisions.values()) and not self.usage_id:
            hidden.usage_id = hidden.entitlement_id._consume(self)
            if not self.usage_id:
                hidden.contract_id._release_value(value)
                return False
        return True

    def _uses_quota(self, line):
        """Tell whether ``line`` uses a replacement; a sibling may say no for its own claims."""
        return line.cause_id.consumes_quota


class AftersalesClaimLine(models.Model):
    """Who pays for one line, and why: facts in, decision out (requirements 7, 71, 84)."""

    _inherit = "aftersales.claim.line"

    def _facts(self):
        """Return what is known about this line today as :class:`~..calc.decision.Facts`."""
        self.ensure_one()
        claim, contract = self.claim_id, self.claim_id.contract_id
        entitlement = claim.entitlement_id
        unlimited = bool(entitlement.unlimited or claim.usage_id)
        warranty_end = self.asset_id.warranty_end
        return decision.Facts(
            cause_billing=self.cause_id.billing_type,
            cause_is_defect=self.cause_id._is_defect(),
            consumes_quota=claim._uses_quota(self),
            in_warranty=bool(warranty_end and claim.date_occurred <= warranty_end),
            has_cover=bool(contract and contract in self.asset_id.contract_ids),
            in_term=bool(contract and contract._covers_day(claim.date_occurred)),
            reported_in_time=claim._is_reported_in_time(),
            parts_included=contract._includes_parts(),
            cause_excluded=self.cause_id in contract.excluded_cause_ids,
            quota_left=None if unlimited else entitlement.remaining,
            over_quota_policy=contract.over_quota_policy or "bill",
            value=self.list_value,
            forced=self.forced_billing_type or None,
        )

    def _record(self, made):
        """Write the decision on the line, its reason in words."""
        self.ensure_one()
        self.sudo().write(  # decisions are nobody's to write; approving was checked
            {
                "billing_type": made.billing_type,
                "decision_note": self._reason(made.reason),
                "decision_key": made.reason,
                "counted_value": (
                    self.list_value if made.billing_type == decision.CONTRACT else 0.0
                ),
                "price_unit": self._price() if made.billing_type == decision.BILLABLE else 0.0,
            }
        )

    def _price(self):
        """Return what the customer pays for one unit, or for the call where nothing was wrong."""
        if self.cause_id.replaces_part:
            return self.product_id._aftersales_list_price(self.company_id)
        claim = self.claim_id
        return claim._prepare_service("product_call_out", 1.0, claim.contract_id.visit_rate)[
            "price_unit"
        ]

    def _forget_decision(self):
        """Leave the lines as they were before they were decided."""
        self.write(
            {
                "billing_type": False,
                "decision_note": False,
                "decision_key": False,
                "price_unit": 0.0,
            }
        )

    def _billing_labels(self, types):
        """Return ``types`` in the user's language."""
        labels = dict(self._fields["billing_type"]._description_selection(self.env))
        return [labels[name] for name in types]

    def _reason(self, key):
        """Put the reason of a decision into words; ``key`` comes from ``calc.decision``."""
        cause = self.cause_id.name
        reasons = {
            "warranty": self.env._(
                "Defect within the statutory guarantee: free with or without a plan"
            ),
            "cause_billable": self.env._("%s is charged", cause),
            "goodwill": self.env._("Goodwill"),
            "overruled": self.env._("Overruled: %s", self.overrule_note),
            "no_cover": self.env._("No service plan covers these goods: list price"),
            "outside_term": self.env._("The plan did not run on that day: list price"),
            "reported_late": self.env._(
                "Reported more than %s days after it happened: list price", GRACE_DAYS
            ),
            "parts_not_included": (
                self.env._("Time and materials, nothing is in the price: list price")
                if self.claim_id.contract_id.contract_kind == "time_material"
                else self.env._("The plan includes services, not parts: list price")
            ),
            "cause_excluded": self.env._("The plan excludes: %s", cause),
            "over_value_limit": self.env._("Above the value the plan replaces: list price"),
            "no_quota_needed": self.env._("Covered by the plan; uses no replacement"),
        }
        return reasons.get(key) or self._reason_of_quota(key)

    def _reason_of_quota(self, key):
        """Put into words which replacement of the contract year this is."""
        quota = self.claim_id.entitlement_id
        if key == "over_quota":
            return self.env._(
                "Replacement %(number)s, but the plan includes %(included)s a year",
                number=quota.used + 1,
                included=quota.included,
            )
        if quota.unlimited:
            return self.env._("Replacement %(number)s, unlimited", number=quota.used)
        return self.env._(
            "Replacement %(number)s of %(included)s this year",
            number=quota.used,
            included=quota.included,
        )
