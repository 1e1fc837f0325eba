# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL

from .costs_seen import SEES_COSTS

DAYS_PER_YEAR = 365.25
LEAST_YEARS = 1  # of all contracts together; less says nothing about a year


class AftersalesPlan(models.Model):
    """What the contracts of a plan really cost so far, beside what is expected (30)."""

    _inherit = "aftersales.plan"

    real_cost = fields.Monetary(
        string="Real Cost per Year",
        compute="_compute_real_cost",
        groups=SEES_COSTS,
        help="Real costs of all contracts of this plan so far ÷ the years they have run.",
    )
    real_cost_reason = fields.Char(compute="_compute_real_cost", groups=SEES_COSTS)

    def _compute_real_cost(self):
        years, costs = self._years_so_far(), self._costs_so_far()
        for plan in self:
            run, (cost, unknown) = years.get(plan._origin.id, 0), costs.get(plan._origin, (0, 0))
            plan.real_cost = 0.0
            if run >= LEAST_YEARS and not unknown:
                plan.real_cost = plan.currency_id.round(cost / run)
            plan.real_cost_reason = plan._real_cost_in_words(run, cost, unknown)

    def _real_cost_in_words(self, years, cost, unknown):
        """Return what the real cost was divided by, or why there is none."""
        if not years:
            return self.env._("not enough data: no contract of this plan has run yet")
        years, enough = self.env["aftersales.failure"]._number(years), years >= LEAST_YEARS
        if not enough:
            return self.env._("not enough data: only %s contract-years so far", years)
        if unknown == 1:
            return self.env._("not enough data: 1 cost is not known")
        if unknown:
            return self.env._("not enough data: %s costs are not known", unknown)
        if not cost:
            return self.env._("nothing in %s contract-years so far", years)
        return self.env._("on average of %s contract-years so far", years)

    def _costs_so_far(self):
        """Return {plan: (real costs, entries whose cost is not known)}."""
        # sudo: one sum of all contracts; the fields are for those who may know costs
        rows = self.env["aftersales.profit"].sudo()
        found = rows._read_group(
            [("plan_id", "in", self.ids)], ["plan_id"], ["cost:sum", "missing:sum"]
        )
        return {plan.with_env(self.env): (cost, unknown) for plan, cost, unknown in found}

    def _years_so_far(self):
        """Return {plan id: years its contracts have run until today}."""
        self.env["aftersales.contract"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT plan_id,
                       SUM(LEAST(date_end, date_closed, %(today)s) + 1 - date_start)::float
                  FROM aftersales_contract
                 WHERE plan_id = ANY(%(plans)s) AND state != 'draft'
                   AND date_start <= LEAST(date_end, date_closed, %(today)s)
                 GROUP BY plan_id
                """,
                today=self.env.company._aftersales_today(),
                plans=self.ids,
            )
        )
        return {plan_id: days / DAYS_PER_YEAR for plan_id, days in rows}
