"""What must happen to each customer, day by day, by the rules of renewals and customer care.

Plain Python with its own arithmetic: nothing comes from the add-ons, and nothing here is called by
them. The crons run in the morning, people act later in the day. What each customer gets is a list
of :class:`Row`, compared one by one with what a real Odoo did.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .people import DAYS, FIRST, Customer, Order, Plan

SILENT = 3  # days after a delivery without a call or mail of ours
LATEST = 7  # day after a delivery by which the call is due
GAP = 14  # days between two contacts
TOO_LATE = 14  # days after an important date
GRACE = 31  # days after the end in which a renewal is still offered
CALLED = SILENT + 31  # days after a delivery in which somebody still calls
AT_RISK, NEARLY_LOST, LOST = 3, 6, 12  # months without contact


class Row(NamedTuple):
    """One thing that happened to a customer."""

    day: date
    customer: int
    what: str
    detail: tuple = ()

    def __str__(self) -> str:
        return f"{self.day}  customer {self.customer:05d}  {self.what:22} {self.detail}"


# --- Days and money ------------------------------------------------------------------------------


def plus_months(day: date, months: int) -> date:
    """Return the same day of a later month, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day(first: date, months: int) -> date:
    """Return the last day of a term."""
    return plus_months(first, months) - timedelta(days=1)


def rounded(amount: float) -> float:
    """Round half up to cents, as an accountant does."""
    exact = Decimal(repr(round(amount, 8)))
    return float(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def prices(net: float, plan: Plan, old_months: int) -> tuple[float, float]:
    """Return (price after the deadline, price before it) of the next term of the same plan."""
    monthly = net / old_months
    grown = monthly * plan.next_months * (1 + plan.uplift / 100) ** (old_months / 12)
    return rounded(grown), rounded(grown * (100 - plan.discount) / 100)


def deadline_of(offered: date, end: date, days: int) -> date:
    """Return the last day of the discount, not after the end unless the offer was; 0: the end."""
    if days == 0:
        return end
    return (
        offered + timedelta(days=days)
        if offered >= end
        else min(end, offered + timedelta(days=days))
    )


def first_of_next(end: date, confirmed: date, waiting: int) -> date:
    """Return the first day of a renewal: without a gap if confirmed by the day after the end."""
    if (confirmed - end).days <= 1:
        return end + timedelta(days=1)
    return confirmed + timedelta(days=waiting)


def call_due(delivered: date) -> date:
    """Return the day a courtesy call is due: a working day from the third on, by the seventh."""
    for days in range(SILENT, LATEST):
        if (delivered + timedelta(days=days)).weekday() < 5:
            return delivered + timedelta(days=days)
    return delivered + timedelta(days=LATEST)


def day_in(year: int, day: date) -> date:
    """Return the day of an important date in a year; 29 February is the 28th in most."""
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


# --- A customer's records ------------------------------------------------------------------------


@dataclass
class Offer:
    """A renewal quotation."""

    day: date
    price: float
    full: float
    deadline: date | None
    open: bool = True
    notice: bool = False  # told that it goes on by itself


@dataclass
class Cover:
    """One contract of a customer's chain."""

    number: int  # 0: sold before the year; its renewal is 1
    plan: Plan
    months: int
    net: float
    first: date
    last: date
    state: str = "active"
    offer: Offer | None = None
    child: Cover | None = None
    parent: Cover | None = None
    reason: bool = False
    asked: bool = False  # why it was not renewed
    told_missing: bool = False
    used: bool = False
    dormant: bool = False
    consent: bool = False
    told: str = ""  # the stage noted last

    @property
    def stage(self) -> str:
        """Return how far its renewal is."""
        if self.child:
            return "renewed"
        if self.state == "cancelled":
            return "ended"
        if self.reason or self.state == "expired":
            return "lapsed"
        return "offered" if self.offer and self.offer.open else "running"


@dataclass
class Matter:
    """A follow-up: one matter for which we turn to the customer."""

    key: tuple
    due: date
    state: str = "open"
    done: date | None = None
    orders: list = field(default_factory=list)


class Life:
    """One customer's year."""

    def __init__(self, customer: Customer, first: date = FIRST, days: int = DAYS):
        self.customer = customer
        self.plan = customer.plan
        self.rows: list[Row] = []
        self.today = first
        self.end = first + timedelta(days=days)
        self.covers = [
            Cover(
                0,
                self.plan,
                self.plan.months,
                customer.net,
                customer.sold,
                last_day(customer.sold, self.plan.months),
                consent=customer.consent,
            )
        ]
        self.matters: list[Matter] = []
        self.mails: list[int] = []  # about which covers; they wait for the hours of contact
        self.called: set[int] = set()  # orders
        self.deliveries: list[tuple[date, int]] = []  # (day, number of the order)
        self.contact = customer.sold
        self.since_lost = ""  # "returned" once an order came after being lost
        self.was_lost = False  # and no order since
        self.kept = "active"  # how well

    def note(self, what: str, *detail) -> None:
        """Write a row of today."""
        self.rows.append(Row(self.today, self.customer.number, what, detail))

    def live(self, skip=lambda day: False) -> list[Row]:
        """Let the year pass and return what happened.

        :param skip: tells on which days the crons do not run
        """
        while self.today < self.end:
            if not skip(self.today):
                self.morning()
                self.let_mails_leave()
            self.act()
            self.today += timedelta(days=1)
        return self.rows

    def morning(self) -> None:
        """Run the crons: contracts, renewals, care, retention."""
        self.follow_calendar()
        for cover in list(self.covers):
            self.offer_renewal(cover)
        for cover in list(self.covers):
            self.end_discount(cover)
        for cover in list(self.covers):
            self.go_on_by_itself(cover)
        for cover in self.covers:
            self.ask_why(cover)
        if not self.customer.opted_out:
            self.call_after_delivery()
            self.mind_dates()
            self.mind_unused()
        self.keep_in_touch()

    # --- Contracts ---------------------------------------------------------------------------

    def follow_calendar(self) -> None:
        """Resume, start and expire."""
        for cover in self.covers:
            rest = self.customer.rest
            if cover.state == "suspended" and rest and self.today > rest[1]:
                cover.state = "active"
            if cover.state == "draft" and cover.first <= self.today:
                cover.state = "active"
                self.note("contract starts", cover.number)
            if cover.state == "active" and cover.last < self.today:
                cover.state = "expired"
                self.note("contract expires", cover.number)

    def offer_renewal(self, cover: Cover) -> None:
        """Quote the next term once, from the notice on."""
        notice_begins = cover.last - timedelta(days=cover.plan.notice)
        late = self.today > cover.last + timedelta(days=GRACE)
        wanted = cover.state in ("active", "suspended", "expired") and cover.plan.policy != "none"
        answered = cover.offer or cover.child or cover.reason
        if not wanted or answered or late or self.today < notice_begins:
            return
        if cover.plan.archived and cover.plan.archived < self.today:
            if not cover.told_missing:
                cover.told_missing = True
                self.note("cannot offer", cover.number)
            return
        full, price = prices(cover.net, cover.plan, cover.months)
        limit = deadline_of(self.today, cover.last, cover.plan.offer_days)
        price = full if limit < self.today else price
        cover.offer = Offer(self.today, price, full, limit)
        self.note("quotation", cover.number, price, limit)
        reachable = self.customer.email and not self.customer.opted_out
        cover.offer.notice = cover.plan.policy == "auto" and cover.consent and reachable
        if reachable:
            self.note("renewal mail", cover.number)
            self.mails.append(cover.number)

    def let_mails_leave(self) -> None:
        """Send, later in the morning, the mails nobody asked for; not in the silence."""
        quiet = any((self.today - day).days < SILENT for day, _order in self.deliveries)
        if not quiet:
            for number in self.mails:
                self.note("mail leaves", number)
            self.mails.clear()

    def end_discount(self, cover: Cover) -> None:
        """Take the discount off when its deadline is over."""
        offer = cover.offer
        if not offer or not offer.open or not offer.deadline or offer.deadline >= self.today:
            return
        if offer.notice and offer.deadline >= cover.last:
            return  # goes on for the price that was told, however late the run
        if offer.price != offer.full:
            offer.price = offer.full
            self.note("discount ends", cover.number, offer.full)

    def go_on_by_itself(self, cover: Cover) -> None:
        """Confirm what the customer agreed to and was told about."""
        offer = cover.offer
        if offer and offer.open and offer.notice and cover.last <= self.today and not cover.child:
            self.confirm(cover, "goes on by itself")
            self.mails.append(cover.number + 1)  # that it did

    def confirm(self, cover: Cover, what: str) -> None:
        """Make the child."""
        offer = cover.offer
        offer.open = False
        signed = self.today
        if what == "goes on by itself":  # as the customer was told, however late the crons run
            signed = min(signed, cover.last)
        first = first_of_next(cover.last, signed, cover.plan.waiting)
        child = Cover(
            cover.number + 1,
            cover.plan,
            cover.plan.next_months,
            offer.price,
            first,
            last_day(first, cover.plan.next_months),
            state="draft" if first > self.today else "active",
            parent=cover,
            consent=what == "goes on by itself",
        )
        cover.child, cover.reason = child, False
        self.covers.append(child)
        gap = max(0, (first - cover.last).days - 1)
        self.note(what, cover.number, offer.price, first, child.last, gap)
        if child.state == "active":
            self.note("contract starts", child.number)
        self.touch(ordered=True)

    def ask_why(self, cover: Cover) -> None:
        """Let the owner ask why a contract was not renewed, once."""
        lapsed = cover.state == "expired" and not cover.child and not cover.reason
        if lapsed and not cover.asked:
            cover.asked = True
            self.note("lapsed, ask why", cover.number)

    # --- Care --------------------------------------------------------------------------------

    def open(self, kind: str, name, due: date, **values) -> Matter:
        """Open a follow-up."""
        matter = Matter((kind, name), due, **values)
        self.matters.append(matter)
        return matter

    def call_after_delivery(self) -> None:
        """Call once per order, after the silence that follows the latest delivery."""
        if not self.deliveries:
            return
        last = max(day for day, _order in self.deliveries)
        if self.today < last + timedelta(days=SILENT):
            return
        waiting = sorted(
            {
                order
                for day, order in self.deliveries
                if order not in self.called and (self.today - day).days <= CALLED
            }
        )
        if not waiting:
            return
        self.called |= set(waiting)
        running = [m for m in self.matters if m.key[0] == "courtesy" and m.state == "open"]
        if running:
            running[0].orders += waiting
            self.note("courtesy joined", tuple(waiting))
            return
        due = call_due(last)
        self.open("courtesy", waiting[0], due, orders=waiting)
        self.note("courtesy call", due, tuple(waiting))

    def mind_dates(self) -> None:
        """Follow up important dates, not too near to another contact."""
        for row in self.customer.dates:
            day = day_in(self.today.year, row.day) if row.yearly else row.day
            key = ("date", row.name, day.year)
            if day > self.today or day < FIRST or any(m.key == key for m in self.matters):
                continue
            due = day
            contacts = [m.done or m.due for m in self.matters if m.state != "dropped"]
            while any(abs((contact - due).days) < GAP for contact in contacts):
                due += timedelta(days=1)
            late = (self.today - day).days > TOO_LATE or (due - day).days > TOO_LATE
            self.matters.append(Matter(key, due, state="dropped" if late else "open"))
            self.note("important date", row.name, "dropped" if late else due)

    def mind_unused(self) -> None:
        """Tell the owner of a contract nobody used by two thirds of its term."""
        for cover in self.covers:
            days = (cover.last - cover.first).days + 1
            day = cover.first + timedelta(days=2 * days // 3)
            due = cover.state == "active" and cover.plan.included and not cover.used
            if not due or cover.dormant or day > self.today:
                continue
            cover.dormant = True
            if day >= FIRST:  # in care since then
                self.open("dormant", cover.number, day)  # found late it is overdue, as calls are
                self.note("cover not used", cover.number, day)

    # --- Retention ---------------------------------------------------------------------------

    def touch(self, ordered: bool = False) -> None:
        """Remember a contact, today."""
        if ordered and self.was_lost:
            self.since_lost, self.was_lost = "returned", False
        elif self.kept in ("at_risk", "nearly_lost", "lost"):
            self.since_lost = ""
        self.contact = self.today

    def keep_in_touch(self) -> None:
        """Sort the customer by the months without contact."""
        stage = self.since_lost or "active"
        for months, name in ((AT_RISK, "at_risk"), (NEARLY_LOST, "nearly_lost"), (LOST, "lost")):
            if plus_months(self.contact, months) <= self.today:
                stage = name
        if stage != self.kept:
            self.kept = stage
            self.was_lost |= stage == "lost"
            self.note("stage", stage)
        key = ("retention", self.contact)
        known = any(m.key == key for m in self.matters)
        if stage in ("nearly_lost", "lost") and not known and not self.customer.opted_out:
            self.open("retention", self.contact, self.today)
            self.note("stay in touch", self.today)

    # --- What people do ----------------------------------------------------------------------

    def act(self) -> None:
        """Do what people do today, after the crons."""
        person = self.customer
        cover = self.covers[0]
        running = cover.state == "active"
        if person.rest and person.rest[0] == self.today and running:
            cover.state = "suspended"
            self.move_end(cover, (person.rest[1] - person.rest[0]).days + 1)
        for number, order in enumerate(person.orders):
            self.order(number, order)
        if person.claimed == self.today:
            self.touch()
            for one in self.covers:
                one.used |= one.state == "active"
        # Whoever was renewed, or rests, neither sends the goods back nor ends the old contract.
        running = cover.state == "active"
        if self.today in (person.returned, person.ended) and running and not cover.child:
            cover.state = "cancelled"
            self.note("contract ended", cover.number)
            if cover.offer and cover.offer.open:  # nothing can follow it any more
                cover.offer.open = False
                self.note("will not renew", cover.number)
        for cover in list(self.covers):
            self.answer(cover)
        for matter in self.matters:
            self.call(matter)
        for one in self.covers:
            if one.stage != one.told:
                one.told = one.stage
                self.note("renewal stage", one.number, one.stage)

    def move_end(self, cover: Cover, days: int) -> None:
        """Move the end of a contract, and a child that waits for it."""
        cover.last += timedelta(days=days)
        child = cover.child
        if child and child.state == "draft":
            child.first = cover.last + timedelta(days=1)
            child.last = last_day(child.first, child.months)
            self.note("renewal moves", child.number, child.first, child.last)

    def order(self, number: int, order: Order) -> None:
        """Order and receive goods."""
        if order.day == self.today:
            self.touch(ordered=True)
        if self.today in order.delivered:
            self.deliveries.append((self.today, number))

    def answer(self, cover: Cover) -> None:
        """Answer a quotation, by the customer's habit."""
        offer, habit = cover.offer, self.customer.answer
        if not offer or not offer.open or cover.state == "cancelled":
            return
        after = timedelta(days=self.customer.answer_days)
        signs = {
            "early": offer.day + after,
            "deadline": offer.deadline or offer.day + after,
            "past the deadline": (offer.deadline or offer.day) + after,
            "last day": max(cover.last, offer.day),
            "late": max(cover.last, offer.day) + after,
        }
        if habit == "no" and offer.day + after == self.today:
            offer.open = False
            cover.reason = True
            self.note("will not renew", cover.number)
        elif signs.get(habit) == self.today:
            if cover.plan.archived and cover.plan.archived <= self.today:
                self.note("no longer sold", cover.number)
            else:
                self.confirm(cover, "renewed")

    def call(self, matter: Matter) -> None:
        """Reach the customer about a follow-up, so many days after it is due."""
        days = self.customer.call_days
        if days is not None and matter.state == "open":
            if self.today >= matter.due + timedelta(days=days):
                matter.state, matter.done = "done", self.today
                self.touch()


def reckon(customers, days: int = DAYS, skip=lambda day: False) -> list[Row]:
    """Return everything that must happen, in order."""
    rows = [row for one in customers for row in Life(one, days=days).live(skip)]
    return sorted(rows, key=lambda row: (row.day, row.customer, row.what, str(row.detail)))
