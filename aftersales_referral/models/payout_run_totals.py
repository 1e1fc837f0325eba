# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .payout_approval import APPROVE_PAYOUT


class AftersalesPayoutRun(models.Model):
    """What a run comes to, how far it is, and who approves what is above the limit."""

    _inherit = "aftersales.payout.run"

    payout_count = fields.Integer(string="People", compute="_compute_totals")
    cash_amount = fields.Monetary(string="In Money", compute="_compute_totals")
    credit_amount = fields.Monetary(string="In Store Credit", compute="_compute_totals")
    bonus_amount = fields.Monetary(string="Bonus", compute="_compute_totals")
    total_amount = fields.Monetary(string="Total", compute="_compute_totals")
    posted_count = fields.Integer(string="Posted", compute="_compute_totals")
    problem_count = fields.Integer(string="Failed", compute="_compute_totals")
    approve_count = fields.Integer(string="To Approve", compute="_compute_totals")
    open_count = fields.Integer(string="Not Posted", compute="_compute_totals")
    left_out_count = fields.Integer(string="People Left Out", compute="_compute_totals")
    progress = fields.Float(string="Progress (%)", compute="_compute_totals", aggregator=None)

    @api.depends(
        "payout_ids.amount",
        "payout_ids.method",
        "payout_ids.state",
        "payout_ids.problem",
        "payout_ids.approved_by_id",
        "left_out_ids",
    )
    def _compute_totals(self):
        """With a number of queries that does not depend on the number of runs or payouts."""
        amounts, counts = self._read_totals()
        failed = self._count([("problem", "!=", False), ("state", "=", "draft")])
        waiting = self._count([("to_approve", "=", True)])
        left_out = dict(
            self.env["aftersales.payout.run.left"]._read_group(
                [("run_id", "in", self._origin.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            saved = run._origin
            run.cash_amount = amounts[saved, "cash"]
            run.credit_amount = amounts[saved, "credit"]
            run.total_amount = run.cash_amount + run.credit_amount
            run.bonus_amount = amounts[saved, "bonus"]
            run.posted_count = counts[saved, "posted"]
            run.open_count = counts[saved, "draft"]
            run.payout_count = run.posted_count + run.open_count
            run.problem_count = failed.get(saved, 0)
            run.approve_count = waiting.get(saved, 0)
            run.left_out_count = left_out.get(saved, 0)
            run.progress = 100.0 * run.posted_count / (run.payout_count or 1)

    def _read_totals(self):
        """Return {(run, method or "bonus"): amount} and {(run, state): number of payouts}."""
        amounts, counts = defaultdict(float), defaultdict(int)
        for run, method, state, amount, bonus, count in self.env["aftersales.payout"]._read_group(
            [("run_id", "in", self._origin.ids), ("state", "!=", "cancelled")],
            ["run_id", "method", "state"],
            ["amount:sum", "bonus_amount:sum", "__count"],
        ):
            amounts[run, method] += amount
            amounts[run, "bonus"] += bonus
            counts[run, state] += count
        return amounts, counts

    def _count(self, domain):
        """Return how many payouts of these runs are like that: {run: number}."""
        rows = self.env["aftersales.payout"]._read_group(
            Domain("run_id", "in", self._origin.ids) & Domain(domain), ["run_id"], ["__count"]
        )
        return dict(rows)

    # --- Approval ------------------------------------------------------------------------------

    def _ask_approval(self):
        """Give one accountant all approvals of a run to do, as long as there are any."""
        for run in self:
            waiting = run.payout_ids.filtered("to_approve")
            if not waiting:
                run.activity_feedback([APPROVE_PAYOUT])
                continue
            approver = waiting[0]._approvers()[:1]
            if approver and not run.activity_search([APPROVE_PAYOUT]):
                run.activity_schedule(
                    APPROVE_PAYOUT,
                    user_id=approver.id,
                    summary=self.env._("Approve payouts of %s", run.name),
                    note=plaintext2html(
                        self.env._(
                            "Above the limit of %(limit)s: %(names)s.",
                            limit=waiting[0]._limit_in_words(),
                            names=waiting.mapped("name"),
                        )
                    ),
                )
