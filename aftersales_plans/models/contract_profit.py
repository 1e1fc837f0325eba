# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import formatLang

from ..calc.profit import Profit
from .costs_seen import SEES_COSTS
from .linked_records import open_action

PROFIT = "aftersales_plans.aftersales_profit_action"


class AftersalesContract(models.Model):
    """What a contract earned and cost, from real entries (requirement 29)."""

    _inherit = "aftersales.contract"

    profit_label = fields.Char(
        string="Margin",
        compute="_compute_profit",
        groups=SEES_COSTS,
        help="Revenue less costs, from real entries so far.",
    )
    margin_short = fields.Char(
        string="Margin in Short", compute="_compute_profit", groups=SEES_COSTS
    )
    is_below_cost = fields.Boolean(
        string="Below Cost",
        compute="_compute_profit",
        search="_search_is_below_cost",
        groups=SEES_COSTS,
        help="It cost more than it earned so far.",
    )

    def _compute_profit(self):
        profits = self._profit()
        for contract in self:
            profit = profits[contract]
            contract.profit_label = contract._profit_told(profit)
            short = contract.currency_id.format(profit.margin)
            contract.margin_short = "?" if profit.missing else short
            # what is not known can only cost more; without revenue nothing can be said
            known = profit.has_revenue or not contract.amount_untaxed
            contract.is_below_cost = (
                known and contract.currency_id.compare_amounts(profit.margin, 0) < 0
            )

    def _search_is_below_cost(self, operator, value):
        """Find them all in one query."""
        if operator != "in":
            return NotImplemented
        # sudo: as in _profit; the contracts found are narrowed to those the reader may read
        negative = (
            self.env["aftersales.profit"]
            .sudo()
            ._read_group(
                [], ["contract_id"], ["kind:array_agg_distinct"], having=[("margin:sum", "<", 0)]
            )
        )
        below = [
            contract.id
            for contract, kinds in negative
            if "revenue" in kinds or not contract.amount_untaxed
        ]
        return [("id", "in" if True in value else "not in", below)]

    def _profit_told(self, profit):
        """Return the margin in words, or what it cannot be known without."""
        if profit.missing:
            return self.env._("not enough data: %s", ", ".join(profit.missing))
        margin = self.currency_id.format(profit.margin)
        if profit.percent is None:
            return margin
        return self.env._(
            "%(margin)s (%(percent)s %%)",
            margin=margin,
            percent=formatLang(self.env, profit.percent, digits=1),
        )

    def _may_know_margin(self):
        """Tell whether the reader may know what the contract cost us."""
        return any(map(self.env.user.has_group, SEES_COSTS.split(",")))

    def action_open_profit(self):
        """Open the entries the margin is made of."""
        name = self.env._("Profit of %s", self.display_name) if len(self) == 1 else False
        action = open_action(self.env, PROFIT, [("contract_id", "in", self.ids)])
        return action | {
            "name": name or action["name"],
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "context": {"search_default_group_kind": 1},
        }

    def _contract_costs(self):
        """Return {contract: {kind of cost: amount}}, less what came back, in company currency.

        The sum of the contract's rows of ``aftersales.profit``, where a sibling adds its costs.
        """
        return {contract: profit.costs for contract, profit in self._profit().items()}

    def _profit(self):
        """Return {contract: :class:`Profit`} in company currency, with what is not known.

        One query for all contracts. Whoever shows it asks :meth:`_may_know_margin` first.
        """
        # sudo: the entries are of documents the reader need not see; the contract is his to read
        rows = self.env["aftersales.profit"].sudo()
        revenue, costs = dict.fromkeys(self.ids), {id_: {"parts": 0.0} for id_ in self.ids}
        missing = {id_: [] for id_ in self.ids}
        for contract, kind, lacks, earned, cost, count in rows._read_group(
            [("contract_id", "in", self.ids)],
            ["contract_id", "kind", "lacks"],
            ["revenue:sum", "cost:sum", "__count"],
        ):
            if kind == "revenue":
                revenue[contract.id] = (revenue[contract.id] or 0.0) + earned
            elif kind in self._kinds_of_cost():
                costs[contract.id][kind] = costs[contract.id].get(kind, 0.0) + cost
            if lacks:
                missing[contract.id].append(rows._missing_in_words(lacks, count))
        for contract in self.filtered("amount_untaxed"):
            if revenue[contract.id] is None:
                missing[contract.id].append(self.env._("no revenue yet"))
        return {
            contract: Profit(
                revenue[contract.id] or 0.0,
                costs[contract.id],
                tuple(missing[contract.id]),
                revenue[contract.id] is not None,
            )
            for contract in self
        }

    def _kinds_of_cost(self):
        """Return the kinds of entries that are a cost; a sibling adds its own."""
        return {"parts", "goodwill", "labour"}
