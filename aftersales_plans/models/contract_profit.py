from collections import defaultdict

from odoo import models

from ..calc.profit import Profit


class AftersalesContract(models.Model):
    """What a contract earned and cost, from real entries (requirement 29)."""

    _inherit = "aftersales.contract"

    def _contract_costs(self):
        """Return {contract: {kind of cost: amount}}, less what came back, in company currency.

        The sum of the contract's rows of ``aftersales.profit``, where a sibling adds its costs.
        """
        return {contract: profit.costs for contract, profit in self._profit().items()}

    def _profit(self):
        """Return {contract: :class:`Profit`} in company currency, with what is not known.

        Two queries for all contracts. Whoever shows it asks :meth:`_may_know_margin` first.
        """
        # sudo: the entries are of documents the reader need not see; the contract is his to read
        rows = self.env["aftersales.profit"].sudo()
        domain = [("contract_id", "in", self.ids)]
        revenue, costs = dict.fromkeys(self.ids), {id_: {"parts": 0.0} for id_ in self.ids}
        groups = ["contract_id", "kind"]
        for contract, kind, earned, cost in rows._read_group(
            domain, groups, ["revenue:sum", "cost:sum"]
        ):
            if kind == "revenue":
                revenue[contract.id] = earned
            elif kind in self._kinds_of_cost():
                costs[contract.id][kind] = cost
        missing = defaultdict(list)
        for contract, lacks, count in rows._read_group(
            [*domain, ("lacks", "!=", False)], ["contract_id", "lacks"], ["__count"]
        ):
            missing[contract.id].append(rows._missing_in_words(lacks, count))
        for contract in self.filtered("amount_untaxed"):
            if revenue[contract.id] is None:
                missing[contract.id].append(self.env._("no revenue yet"))
        return {
            contract: Profit(
                revenue[contract.id] or 0.0, costs[contract.id], tuple(missing[contract.id])
            )
            for contract in self
        }

    def _kinds_of_cost(self):
        """Return the kinds of entries that are a cost; a sibling adds its own."""
        return {"parts", "goodwill", "labour"}
