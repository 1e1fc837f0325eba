"""Who pays for one claim line (requirements 7, 10, 23, 24, 71, 72, 84; design §3).

A pure function over facts: the frozen terms, the cause and the dates. The order of the rules is
the law: what the statutory guarantee owes comes before the plan, the plan before a price.
"""

from dataclasses import dataclass

CONTRACT = "contract"
WARRANTY = "warranty"
GOODWILL = "goodwill"
BILLABLE = "billable"
REFUSED = "refused"


@dataclass(frozen=True)
class Facts:
    """What is known about one claim line when it is decided.

    ``cause_billing`` is what the cause says by itself: ``contract``, ``goodwill`` or ``billable``.
    ``quota_left`` is None where replacements are unlimited.
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


@dataclass(frozen=True)
class Decision:
    """Who pays, whether the claim uses one replacement, and the reason as a key to a sentence."""

    billing_type: str
    reason: str
    consumes: bool = False


def decide(facts: Facts) -> Decision:
    """Return the decision for one claim line."""
    if facts.cause_is_defect and facts.in_warranty:
        return Decision(WARRANTY, "warranty")
    if facts.cause_billing == BILLABLE:
        return Decision(BILLABLE, "cause_billable")
    if facts.cause_billing == GOODWILL:
        return Decision(GOODWILL, "goodwill")
    if not facts.has_cover:
        return Decision(BILLABLE, "no_cover")
    if not facts.in_term:
        return Decision(BILLABLE, "outside_term")
    if not facts.parts_included:
        return Decision(BILLABLE, "parts_not_included")
    if facts.cause_excluded:
        return Decision(BILLABLE, "cause_excluded")
    if not facts.consumes_quota:
        return Decision(CONTRACT, "no_quota_needed")
    if facts.quota_left is not None and facts.quota_left < 1:
        over = BILLABLE if facts.over_quota_policy == "bill" else REFUSED
        return Decision(over, "over_quota")
    return Decision(CONTRACT, "within_quota", consumes=True)
