from odoo import fields, models

from ..calc import decision
from ..calc.charge import is_charged

SALARY = "aftersales_plans.group_manager,aftersales_plans.group_accountant"
GIVEN = {decision.CONTRACT, decision.GOODWILL}


class ResCompany(models.Model):
    """What an hour of work costs a company."""

    _inherit = "res.company"

    aftersales_hourly_cost = fields.Monetary(
        string="Hourly Cost of Work",
        groups=SALARY,
        help="What an hour of work at a claim costs, and of a worker without a cost of his own. "
        "0: not known.",
    )


class AftersalesClaim(models.Model):
    """What the work of a claim that nobody was charged for cost us (requirement 29)."""

    _inherit = "aftersales.claim"
    _guarded = frozenset({"labour_cost", "labour_cost_missing"})

    labour_cost = fields.Monetary(
        string="Cost of Work",
        readonly=True,
        copy=False,
        groups=SALARY,
        help="Hours that plan or goodwill gave, at what an hour cost when the claim was done.",
    )
    labour_cost_missing = fields.Boolean(
        string="Without Hourly Cost",
        readonly=True,
        copy=False,
        groups=SALARY,
        help="It is done, and nobody had said what an hour costs.",
    )

    _labour_cost_missing_idx = models.Index("(company_id) WHERE labour_cost_missing")
    _labour_cost_idx = models.Index(
        "(contract_id) WHERE contract_id IS NOT NULL AND (labour_cost > 0 OR labour_cost_missing)"
    )

    def _on_state(self, state):
        """Fix what the work cost when a claim is done; a claim taken up again costs nothing yet."""
        result = super()._on_state(state)
        for claim in self.sudo():  # salary data; follows from the state
            if state == "done" or claim.labour_cost or claim.labour_cost_missing:
                claim.write(claim._prepare_labour_cost(state == "done"))
        return result

    def _prepare_labour_cost(self, is_done=True):
        """Return what the work cost, or that it is not known."""
        hours = self.labour_hours if is_done and self._gives_work() else 0.0
        rate = self.company_id.aftersales_hourly_cost
        return {
            "labour_cost": self.currency_id.round(hours * rate),
            "labour_cost_missing": bool(hours and not rate),
        }

    def _gives_work(self):
        """Tell whether contract or goodwill bear the work; guarantee and customer do not count."""
        types = set(self.line_ids.mapped("billing_type"))
        return bool(types & GIVEN) and not is_charged(types, self.contract_id.labour_included)
