"""Made-up plans and customers, the same for the same seed: who buys, rests, signs and leaves."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST = date(2026, 1, 5)  # the first day of the simulated year, a Monday
DAYS = 365


@dataclass(frozen=True)
class Plan:
    """What a plan promises, as sold, and what became of it since."""

    code: str
    months: int
    price: float
    policy: str  # none | offer | auto
    notice: int
    uplift: float
    discount: float
    offer_days: int
    waiting: int = 0
    included: int = 2  # replacements
    months_now: int = 0  # of the plan today; 0: as sold
    archived: date | None = None

    @property
    def next_months(self) -> int:
        """Return the months of a term sold from now on."""
        return self.months_now or self.months


PLANS = (
    Plan("OFFER", 12, 1200.0, "offer", 60, 5.0, 10.0, 30, waiting=14),
    Plan("PLAIN", 12, 480.0, "offer", 30, 3.0, 0.0, 30, included=1),
    Plan("LONG", 24, 2160.0, "offer", 45, 5.0, 10.0, 20, waiting=7, months_now=12),
    Plan("HALF", 6, 299.9, "offer", 20, 2.5, 7.5, 0, included=0),
    Plan("AUTO", 12, 600.0, "auto", 45, 4.0, 0.0, 0, waiting=10),
    Plan("AUTOD", 12, 777.77, "auto", 40, 3.0, 5.0, 60),
    Plan("NONE", 12, 350.0, "none", 60, 0.0, 0.0, 0),
    Plan("GONE", 12, 820.0, "offer", 50, 5.0, 5.0, 15, archived=FIRST + timedelta(days=150)),
)

#: How a customer answers a renewal quotation, with the days after it where they matter.
ANSWERS = ("early", "early", "deadline", "past the deadline", "last day", "late", "never", "no")


@dataclass(frozen=True)
class Order:
    """Goods ordered, and the days on which they came."""

    day: date
    delivered: tuple[date, ...]


@dataclass(frozen=True)
class ImportantDate:
    """A day on which a customer likes to hear from us."""

    name: str
    day: date
    yearly: bool


@dataclass(frozen=True)
class Customer:
    """What one customer does; all days are fixed but those that answer something of ours."""

    number: int
    plan: Plan
    sold: date  # goods and plan, delivered on the same day: the first day of the contract
    net: float  # the plan's price, net
    email: bool = True
    opted_out: bool = False
    consent: bool = False
    answer: str = "never"
    answer_days: int = 5
    claimed: date | None = None  # a replacement out of the plan
    rest: tuple[date, date] | None = None  # the contract is suspended, told on its first day
    returned: date | None = None  # all the goods came back
    ended: date | None = None  # the contract was ended before its time
    orders: tuple[Order, ...] = ()
    dates: tuple[ImportantDate, ...] = ()
    call_days: int | None = 0  # from a follow-up's due day until we reach them; None: nobody tries

    @property
    def name(self) -> str:
        """Return the name, which also sorts."""
        return f"Customer {self.number:05d}"


def make_up(count: int, seed: int = 2026) -> list[Customer]:
    """Return ``count`` customers; the first ones are the same for every count."""
    return [_customer(random.Random(f"{seed}/{number}"), number) for number in range(count)]


def _customer(chance: random.Random, number: int) -> Customer:
    plan = PLANS[number % len(PLANS)]
    term = plan.months * 30
    sold = FIRST - timedelta(days=chance.randrange(5, term - 10))
    mishap = chance.choice(("", "", "", "", "rest", "rest", "returned", "ended"))
    in_year = FIRST + timedelta(days=chance.randrange(1, 200))
    rest_days = chance.randrange(3, 40)
    return Customer(
        number=number,
        plan=plan,
        sold=sold,
        net=round(plan.price * chance.choice((1, 1, 1, 0.9, 0.75)), 2),
        email=chance.random() > 0.1,
        opted_out=chance.random() < 0.12,
        consent=plan.policy == "auto" and chance.random() < 0.7,
        answer=chance.choice(ANSWERS),
        answer_days=chance.randrange(1, 12),
        claimed=FIRST + timedelta(days=chance.randrange(1, 60)) if chance.random() < 0.4 else None,
        rest=(in_year, in_year + timedelta(days=rest_days)) if mishap == "rest" else None,
        returned=in_year if mishap == "returned" else None,
        ended=in_year if mishap == "ended" else None,
        orders=tuple(_order(chance) for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))),
        dates=tuple(_date(chance, name) for name in ("Birthday", "Anniversary")[: number % 3]),
        call_days=chance.choice((0, 1, 2, 5, None)),
    )


def _order(chance: random.Random) -> Order:
    day = FIRST + timedelta(days=chance.randrange(0, 300))
    first = day + timedelta(days=chance.randrange(0, 4))
    second = first + timedelta(days=chance.randrange(1, 9))
    return Order(day, (first, second) if chance.random() < 0.4 else (first,))


def _date(chance: random.Random, name: str) -> ImportantDate:
    day = FIRST + timedelta(days=chance.randrange(3, 340))
    yearly = chance.random() < 0.7
    if yearly and chance.random() < 0.1:
        return ImportantDate(name, date(1992, 2, 29), True)
    return ImportantDate(name, day.replace(year=1970) if yearly else day, yearly)
