"""Which price the costs of a plan suggest: the mean over what its running contracts cover today."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from .cost import Costs
from .price import full_months
from .script import GOODS, MARGIN, Plan
from .tables import Tables


class Suggestion(NamedTuple):
    """The figures beside a plan, in company money."""

    current: float
    price: float
    percent: float  # of the value of the goods of one contract
    parts: float
    visits: float
    contracts: int


class Suggestions:
    """What the plans of one company should cost."""

    def __init__(self, tables: Tables, costs: Costs, company: int, today: date, home: float):
        """Take ``home`` for what one unit of the company's money is in that of the first."""
        self.costs, self.today = costs, today
        codes = {product: one for one in GOODS for product in [costs.products[one.code]]}
        self.values = {one: one.price / home for one in GOODS}
        self.covered = defaultdict(lambda: defaultdict(list))
        for row in tables.rows(
            """
            SELECT c.id, p.name->>'en_US' AS plan, a.product_id, a.quantity, a.date_delivered
              FROM aftersales_contract c
              JOIN aftersales_plan p ON p.id = c.plan_id
              JOIN aftersales_contract_asset_rel r ON r.contract_id = c.id
              JOIN aftersales_asset a ON a.id = r.asset_id AND a.status = 'in_use'
             WHERE c.company_id = %(company)s AND c.state IN ('active', 'suspended')
            """,
            company=company,
        ):
            age = full_months(row.date_delivered, today)
            goods = codes[row.product_id], row.quantity, age
            self.covered[row.plan][row.id].append(goods)

    def lacking(self, plan: Plan) -> set[str]:
        """Return the goods under cover of which too little is known."""
        if plan.kind != "full_service":
            return set()
        goods = [one for rows in self._of(plan).values() for one, *_rest in rows]
        return {one.code for one in self.costs.lacking(goods)}

    def of(self, plan: Plan) -> Suggestion | None:
        """Return the figures of a plan; None where too little is known."""
        contracts = self._of(plan)
        if not contracts or self.lacking(plan):
            return None
        count = len(contracts)
        rows = [row for goods in contracts.values() for row in goods]
        value = sum(self.values[one] * units for one, units, _age in rows) / count
        parts = sum(self.costs.parts(plan, goods) for goods in contracts.values()) / count
        visits = self.costs.visits(plan)
        price = (parts + visits) / (1 - MARGIN / 100)
        current = value * plan.percent / 100 if plan.percent else plan.price
        return Suggestion(current, price, 100 * price / value, parts, visits, count)

    def _of(self, plan: Plan):
        return self.covered.get(f"Company {plan.code}", {})
