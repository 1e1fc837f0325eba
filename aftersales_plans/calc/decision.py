# SPDX-License-Identifier: LGPL-3.0-or-later
"""Who pays for one claim line (requirements 7, 10, 23, 24, 71, 72, 84; design §3).

A pure function over facts: the frozen terms, the cause and the dates. The order of the rules is
the law: what the statutory guarantee owes comes before the plan, the plan before a price.
"""

from dataclasses import dataclass, replace

CONTRACT = "contract"
WARRANTY = "warranty"
GOODWILL = "goodwill"
BILLABLE = "billable"
REFUSED = "refused"


@dataclass(frozen=True)
class Facts:
    """What is known about one claim line when it is decided.

    ``cause_billing`` is what the cause says by itself: ``contract``, ``goodwill`` or ``billable``.
    ``quota_left`` is None where replacements are unlimited. ``value`` is the list price of what
    the line replaces, ``value_left`` what the plan may still replace, None without a limit.
    ``forced`` is what a plan manager decided instead, None mostly.
    """

    cause_billing: str
    cause_is_defect: bool
    consumes_quota: bool
    in_warranty: bool
    has_cover: bool
    in_term: bool
    parts_included: bool
    cause_excluded: bool
    quota_left: int | None
    over_quota_policy: str
    reported_in_time: bool = True
    value: float = 0.0
    value_left: float | None = None
    forced: str | None = None

    @property
    def has_quota(self) -> bool:
        """Whether a replacement is left."""
        return self.quota_left is None or self.quota_left > 0


@dataclass(frozen=True)
class Decision:
    """Who pays, whether the claim uses one replacement, and the reason as a key to a sentence."""

    billing_type: str
    reason: str
    consumes: bool = False


def decide(facts: Facts) -> Decision:
    """Return the decision for one claim line."""
    if facts.forced:
        uses = facts.forced == CONTRACT and facts.consumes_quota and facts.has_quota
        return Decision(facts.forced, "overruled", consumes=uses)
    if facts.cause_is_defect and facts.in_warranty:
        return Decision(WARRANTY, "warranty")
    if facts.cause_billing == BILLABLE:
        return Decision(BILLABLE, "cause_billable")
    if facts.cause_billing == GOODWILL:
        return Decision(GOODWILL, "goodwill")
    refusal = _outside_cover(facts)
    if refusal:
        return Decision(BILLABLE, refusal)
    if not facts.consumes_quota:
        return Decision(CONTRACT, "no_quota_needed")
    if not facts.has_quota:
        over = BILLABLE if facts.over_quota_policy == "bill" else REFUSED
        return Decision(over, "over_quota")
    return Decision(CONTRACT, "within_quota", consumes=True)


def _outside_cover(facts: Facts) -> str | None:
    """Return why the plan does not pay, whatever the quota; None if it does."""
    checks = (
        (facts.has_cover, "no_cover"),
        (facts.in_term, "outside_term"),
        (facts.reported_in_time, "reported_late"),
        (facts.parts_included, "parts_not_included"),
        (not facts.cause_excluded, "cause_excluded"),
        (facts.value_left is None or facts.value <= facts.value_left, "over_value_limit"),
    )
    return next((reason for passed, reason in checks if not passed), None)


def decide_all(lines: list[Facts], value_left: float | None) -> list[Decision]:
    """Decide the lines of one claim in their order; what one line uses is not left for the next.

    :param value_left: list price of what the plan may still replace; None without a limit
    """
    decisions = []
    for facts in lines:
        decision = decide(replace(facts, value_left=value_left))
        if value_left is not None and decision.billing_type == CONTRACT:
            value_left -= facts.value
        decisions.append(decision)
    return decisions
