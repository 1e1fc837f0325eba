"""What one term of a plan will cost, summed month by month over counts of failures."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from fractions import Fraction

from .goods import Known
from .money import COMPANY_HOUR
from .parts import Outlook
from .script import DEARER, GOODS, Goods, Plan
from .tables import Tables, exact

GUARANTEE_MONTHS = 24
VISIT_HOURS = 2
#: Causes whose parts a plan pays for, and whether they take one of its replacements.
PAID = {"defect": False, "wear": True, "accident": True}


def given_free(mean: float, quota: int | None) -> float:
    """Return how many of a random number of failures of this mean a yearly quota pays."""
    if quota is None:
        return mean
    chances = [math.exp(-mean) * mean**count / math.factorial(count) for count in range(quota)]
    return sum(n * p for n, p in enumerate(chances)) + quota * (1 - sum(chances))


class Costs:
    """What plans cost one company."""

    def __init__(self, tables: Tables, number: int, company: int, today: date, products):
        self.products = products
        self.costs = {one.code: round(one.cost * DEARER * (1 + number / 4), 2) for one in GOODS}
        self.outlook = Outlook(tables, company, today)
        self.causes = defaultdict(lambda: defaultdict(Fraction))
        for row in tables.rows(
            "SELECT asset.product_id, cause.code, line.quantity FROM aftersales_claim_line line "
            "JOIN aftersales_claim claim ON claim.id = line.claim_id "
            "JOIN aftersales_cause cause ON cause.id = line.cause_id "
            "JOIN aftersales_asset asset ON asset.id = line.asset_id "
            "WHERE claim.state IN ('approved', 'done') AND claim.company_id = %(company)s "
            "AND claim.date_occurred <= %(today)s",
            company=company,
            today=today,
        ):
            if row.code != "no_fault":
                self.causes[row.product_id][row.code] += exact(row.quantity)

    def expected(self, plan: Plan, goods: list[tuple[Goods, int, int]]) -> float | None:
        """Return the cost of a term over (goods, units, age in months); None: not known."""
        parts = self.parts(plan, goods)
        return None if parts is None else parts + self.visits(plan)

    def visits(self, plan: Plan) -> float:
        """Return what the work of promised visits costs, where it is in the price."""
        if not plan.visit_months or plan.kind == "time_material":
            return 0.0
        return math.ceil(plan.months / plan.visit_months) * VISIT_HOURS * COMPANY_HOUR

    def lacking(self, goods: list[Goods]) -> list[Goods]:
        """Return the goods too little is known about."""
        return [one for one in goods if not self.costs[one.code] or self._rate(one, 0) is None]

    def parts(self, plan: Plan, goods: list[tuple[Goods, int, int]]) -> float | None:
        """Return what replacements of a term cost; None: not known."""
        if plan.kind != "full_service":
            return 0.0
        if self.lacking([one for one, _units, _age in goods]):
            return None
        total = 0.0
        for start in range(0, plan.months, 12):
            wanted = worth = 0.0
            for one, units, age in goods:
                cost = self.costs[one.code]
                for month in range(start, min(start + 12, plan.months)):
                    free, counted = self._replaced(one, age + month, plan)
                    total += units * free * cost
                    wanted += units * counted
                    worth += units * counted * cost
            if wanted:
                quota = None if plan.unlimited else plan.included
                total += worth / wanted * given_free(wanted, quota)
        return total

    def _rate(self, one: Goods, age_months: int) -> Fraction | None:
        return self.outlook.rate(self.products[one.code], age_months // 12)

    def _replaced(self, one: Goods, age_months: int, plan: Plan) -> tuple[float, float]:
        """Return (free, out of the quota) of one unit in one month."""
        shares, result = self._shares(self.products[one.code]), [0.0, 0.0]
        for code, uses_quota in PAID.items():
            if code in plan.excluded:
                continue
            if code != "defect" or age_months >= GUARANTEE_MONTHS:  # until then the law pays
                result[uses_quota] += float(self._rate(one, age_months) * shares.get(code, 0))
        return result[0], result[1]

    def _shares(self, product: int) -> dict[str, Fraction]:
        """Return the share of each cause, of the category where the product alone tells nothing."""
        known = self.outlook.known.get(product, Known(Fraction(0), Fraction(0)))
        alike = [product]
        if known.rate is None:
            category = self.outlook.category
            alike = [other for other in category if category[other] == category[product]]
        sums = defaultdict(Fraction)
        for other in alike:
            for code, count in self.causes.get(other, {}).items():
                sums[code] += count
        total = sum(sums.values())
        return {code: count / total for code, count in sums.items()}
