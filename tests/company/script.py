"""What happens to a made-up company in three years, the same for the same seed: plain Python.

Everybody acts on Wednesdays, so that many can be handled at once; the days of the month vary.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

FIRST = date(2023, 1, 4)  # a Wednesday
LAST = date(2025, 12, 31)  # the last one
WEEKS = (LAST - FIRST).days // 7 + 1
DEAREST = date(2024, 6, 5)  # since then goods and technicians cost more
DEARER = 1.1
SWITCHED = (date(2023, 1, 1), date(2023, 7, 1))  # when each company began to spread plan revenue
STEPS = (15, 30)  # minutes; each company charges every begun step of work
CALL_OUT, HOUR = 80.0, 60.0  # what our services cost where no rate is agreed
MARGIN = 30  # percent of a plan's price that is to be left


@dataclass(frozen=True)
class Goods:
    """A product, and the rates at which a unit of it truly fails in a month, by year of age."""

    code: str
    category: str  # empty: none
    cost: float  # 0: nobody entered it
    price: float
    rates: tuple[float, float, float]
    lots: bool = False
    weight: int = 1  # how often it is sold


GOODS = (
    Goods("BOILER", "Heating", 300.0, 649.9, (0.010, 0.016, 0.030), weight=4),
    Goods("PUMP", "Heating", 41.37, 99.95, (0.020, 0.024, 0.036), lots=True, weight=4),
    Goods("FAN", "Air", 15.25, 45.0, (0.008, 0.008, 0.008), weight=3),
    Goods("LAMP", "", 7.99, 19.99, (0.012, 0.012, 0.012), weight=2),
    Goods("FILTER", "Air", 0.0, 51.0, (0.015, 0.02, 0.02), weight=1),
    Goods("STATUE", "Garden", 120.0, 260.0, (0.0, 0.0, 0.0), weight=1),
)
#: What technicians use at visits; no customer owns it.
SEAL = Goods("SEAL", "", 4.35, 12.95, (0.0, 0.0, 0.0))


@dataclass(frozen=True)
class Plan:
    """A tier: its price and what it promises."""

    code: str
    months: int
    price: float  # of the product that sells it, where it has a price of its own
    percent: float = 0.0  # of the goods' value; 0: fixed
    age: tuple[tuple[float, float], ...] = ()  # (years, factor)
    failure: tuple[tuple[float, float], ...] = ()  # (failures per 100 units and year, factor)
    region: tuple[tuple[str, float], ...] = ()  # (country or country/state, factor)
    included: int = 1
    unlimited: bool = False
    visit_months: int = 0
    weight: int = 1
    kind: str = "full_service"
    visit_rate: float = 0.0  # 0: none is agreed
    hour_rate: float = 0.0
    after_hours: float = 0.0  # percent on top
    discount: float = 100.0  # percent that may be taken off without asking
    response: int = 0  # hours; 0: no promise
    labour: bool = True  # work is in the price
    excluded: tuple[str, ...] = ()  # causes it never pays for


AGES = ((0.0, 0.95), (1.0, 1.0), (3.0, 1.3))
PLANS = (
    Plan("STANDARD", 12, 119.9, discount=4, weight=5),
    Plan(
        "GOLD",
        24,
        1.0,
        percent=7.5,
        age=AGES,
        region=(("US", 1.05), ("US/CA", 1.2)),
        included=2,
        discount=10,
        response=24,
        weight=4,
    ),
    Plan(
        "VIP",
        12,
        249.0,
        age=AGES,
        failure=((0.0, 0.9), (20.0, 1.1), (60.0, 1.5)),
        unlimited=True,
        visit_months=6,
        response=8,
        weight=2,
    ),
    Plan("FIXED", 12, 89.0, kind="fixed_price", visit_months=4, discount=0, weight=2),
    Plan(
        "TIME",
        12,
        25.0,
        kind="time_material",
        visit_months=6,
        hour_rate=47.35,
        after_hours=37.5,
        weight=2,
    ),
)


@dataclass(frozen=True)
class Reduction:
    """Something taken off a plan, what is left of it, and the discount that stands for it."""

    kind: str
    left: object
    worth: float

    def off(self, plan: Plan) -> Plan:
        """Return what is left of ``plan``; itself where it promises no more than that."""
        full, visits = plan.kind == "full_service", self.kind == "visits" and plan.visit_months
        if self.kind == "replacements" and full and (plan.unlimited or plan.included > self.left):
            return replace(plan, included=self.left, unlimited=False)
        if self.kind == "causes" and full:
            return replace(plan, excluded=self.left)
        if self.kind == "labour" and full:
            return replace(plan, labour=False)
        if self.kind == "response" and 0 < plan.response < self.left:
            return replace(plan, response=self.left)
        if visits and -(-plan.months // self.left) < -(-plan.months // plan.visit_months):
            return replace(plan, visit_months=self.left)
        return plan


REDUCTIONS = (
    Reduction("replacements", 1, 6.0),
    Reduction("causes", ("accident",), 3.5),
    Reduction("labour", None, 5.0),
    Reduction("response", 48, 2.0),
    Reduction("visits", 12, 8.0),
)
PLACES = (("US", "CA"), ("US", "NY"), ("DE", ""), ("FR", ""), ("", ""))
CAUSES = ("defect", "wear", "accident", "misuse", "no_fault", "goodwill")
CAUSE_WEIGHTS = (35, 30, 15, 8, 6, 6)


@dataclass(frozen=True)
class Claim:
    """One unit broke, or the customer believes so."""

    day: date
    goods: int  # which line of the sale
    cause: str


@dataclass(frozen=True)
class Sale:
    """A customer, the goods and the plan he bought, and all that became of it."""

    number: int
    company: int
    place: tuple[str, str]
    foreign: bool  # pays in a foreign currency
    plan: Plan
    goods: tuple[tuple[Goods, int], ...]
    day: date  # the goods were ordered
    delivered: date
    sold: date  # the plan was ordered: with the goods, or later for them
    discount: float  # percent, on the plan
    invoiced: date | None
    paid: bool
    credited: tuple[date, float] | None  # a share of the plan's price, by a credit note
    rest: tuple[date, date] | None
    ended: date | None
    returned: date | None  # one unit of the first goods came back
    claims: tuple[Claim, ...] = field(default=(), repr=False)
    reductions: tuple[Reduction, ...] = ()  # taken off the plan
    extra: date | None = None  # one more visit was ordered

    @property
    def promised(self) -> Plan:
        """Return the plan as it was sold, without what was taken off."""
        plan = self.plan
        for reduction in self.reductions:
            plan = reduction.off(plan)
        return plan

    @property
    def name(self) -> str:
        """Return the name, which also sorts."""
        return f"Company customer {self.number:05d}"


def weeks_later(day: date, weeks: int) -> date:
    """Return the same weekday, some weeks later."""
    return day + timedelta(weeks=weeks)


def make_up(count: int, seed: int = 2218) -> list[Sale]:
    """Return ``count`` sales; the first ones are the same for every count.

    By this ``seed`` the first 24 have a bit of everything, in both companies.
    """
    return [_sale(random.Random(f"{seed}/{number}"), number) for number in range(count)]


def _sale(chance: random.Random, number: int) -> Sale:
    plan = chance.choices(PLANS, [one.weight for one in PLANS])[0]
    day = weeks_later(FIRST, chance.randrange(0, WEEKS - 30))
    delivered = weeks_later(day, chance.choice((0, 0, 1, 2)))
    later = chance.random() < 0.2
    sold = weeks_later(delivered, chance.randrange(4, 29)) if later else day
    start = max(sold, delivered)
    kinds = min(chance.choice((1, 1, 2, 3)), len(GOODS))
    weights = [one.weight for one in GOODS]
    chosen = list(dict.fromkeys(chance.choices(GOODS, weights, k=kinds)))
    goods = tuple((one, chance.choice((1, 1, 2, 4))) for one in chosen)
    mishap = chance.choices(("", "rest", "ended", "credited", "returned"), (65, 10, 9, 8, 8))[0]
    event = weeks_later(start, chance.randrange(3, plan.months * 4 - 6))
    invoiced = weeks_later(sold, chance.choice((0, 0, 1, 6))) if chance.random() < 0.93 else None
    in_time = event <= LAST
    sale = Sale(
        number=number,
        company=int(chance.random() < 0.3),
        place=chance.choice(PLACES),
        foreign=chance.random() < 0.2,
        plan=plan,
        goods=goods,
        day=day,
        delivered=delivered,
        sold=sold,
        discount=chance.choice((0, 0, 0, 5, 12.5)),
        invoiced=invoiced,
        paid=chance.random() < 0.3,
        credited=(event, chance.choice((0.25, 1.0, 1 / 3)))
        if mishap == "credited" and invoiced and in_time and event > invoiced
        else None,
        rest=(event, event + timedelta(days=chance.randrange(3, 40)))
        if mishap == "rest" and in_time
        else None,
        ended=event if mishap == "ended" and in_time else None,
        returned=event if mishap == "returned" and in_time else None,
        claims=_claims(chance, goods, delivered),
    )
    return _make_less_and_more(chance, sale, start)


def _make_less_and_more(chance: random.Random, sale: Sale, start: date) -> Sale:
    """Take something off the plan of some customers; let some order another visit."""
    kept = ()
    if chance.random() < 0.4:
        fit = [one for one in REDUCTIONS if one.off(sale.plan) != sale.plan]
        kept = tuple(one for one in fit if chance.random() < 0.5)
    extra = weeks_later(start, chance.randrange(2, 40))
    wants = sale.plan.visit_months and extra <= LAST and chance.random() < 0.5
    return replace(sale, reductions=kept, extra=extra if wants else None)


def _claims(chance: random.Random, goods, delivered: date) -> tuple[Claim, ...]:
    """Let every unit break by its true rate, week by week; what replaces it is new."""
    claims = []
    for number, (one, quantity) in enumerate(goods):
        for _unit in range(quantity):
            since = delivered
            day = weeks_later(delivered, 1)
            while day <= LAST:
                year = min((day - since).days // 365, 2)
                if chance.random() < one.rates[year] * 7 / 30.4375:
                    cause = chance.choices(CAUSES, CAUSE_WEIGHTS)[0]
                    claims.append(Claim(day, number, cause))
                    since = day
                day = weeks_later(day, 1)
    return tuple(sorted(claims, key=lambda claim: claim.day))
