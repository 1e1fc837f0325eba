# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked for a visit, and the free time of all technicians in which a place is found (82).

All moments are naive UTC; days are those of the technician's own time zone.
"""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .workday import Interval, Room, Visit, Workday

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Request:
    """One visit to place between ``earliest`` and ``latest``, as near to ``target`` as can be.

    ``day`` is the target's day at the site. ``technicians`` are those who may go; the first
    ``preferred`` of them in this order, the others are as good as one another.
    """

    key: Hashable
    earliest: datetime
    latest: datetime
    target: datetime
    day: date
    duration: timedelta
    technicians: tuple[Hashable, ...]
    preferred: int = 0
    site: Hashable = None


class Slot(NamedTuple):
    """Where a visit was placed; ``day`` is the technician's."""

    technician: Hashable
    start: datetime
    end: datetime
    day: date


Workdays = dict[Hashable, dict[date, Workday]]


class Outlook(NamedTuple):
    """What a day has to offer at best, so that full days of a busy year are passed over."""

    longest: timedelta  # free at a stretch
    stretch: timedelta  # of work; longer visits take in breaks
    sites: frozenset  # where somebody is anyway


class Agenda:
    """The days of all technicians while visits are placed."""

    def __init__(self, workdays: Workdays, travel: timedelta):
        self.workdays, self.travel = workdays, travel
        self.rooms: dict[date, dict[Hashable, Room]] = {}
        self.outlooks: dict[date, Outlook] = {}  # forgotten when the day changes
        self.visits = Counter(
            {who: sum(len(day.visits) for day in days.values()) for who, days in workdays.items()}
        )

    def rooms_on(self, day: date) -> dict[Hashable, Room]:
        """Return the room of everybody who works on ``day``, made when first asked for."""
        if day not in self.rooms:
            self.rooms[day] = {
                technician: Room(days[day], self.travel)
                for technician, days in self.workdays.items()
                if day in days
            }
        return self.rooms[day]

    def is_worth_looking(self, request: Request, day: date) -> bool:
        """Tell quickly whether somebody may have room on ``day``."""
        if day not in self.outlooks:
            rooms = self.rooms_on(day).values()
            self.outlooks[day] = Outlook(
                max((room.longest for room in rooms), default=timedelta()),
                min((room.stretch for room in rooms), default=timedelta.max),
                frozenset().union(*(room.sites for room in rooms)),
            )
        outlook = self.outlooks[day]
        return (
            request.duration <= outlook.longest
            or request.duration > outlook.stretch
            or request.site in outlook.sites
        )

    def room(self, slot: Slot | None) -> Room | None:
        """Return the room of a slot; None for one on a day without work."""
        return slot and self.rooms_on(slot.day).get(slot.technician)

    def put(self, request: Request, slot: Slot | None) -> None:
        """Keep a slot free of others; one on a day without work takes nothing from anybody."""
        room = self.room(slot)
        if room:
            room.put(Visit(slot.start, slot.end, request.site))
            self.visits[slot.technician] += 1
            self.outlooks.pop(slot.day, None)

    def take(self, request: Request, slot: Slot | None) -> None:
        """Give a slot back."""
        room = self.room(slot)
        if room:
            room.take(Visit(slot.start, slot.end, request.site))
            self.visits[slot.technician] -= 1
            self.outlooks.pop(slot.day, None)

    def best(self, request: Request) -> Slot | None:
        """Return the best free slot; looks at days by their distance from the target."""
        # A day more on both sides: site and technician may live in different time zones.
        first, last = request.earliest.date() - DAY, request.latest.date() + DAY
        for distance in range(max((request.day - first).days, (last - request.day).days) + 1):
            days = {request.day - distance * DAY, request.day + distance * DAY}
            found = [
                slot
                for day in days
                if first <= day <= last and self.is_worth_looking(request, day)
                for slot in self._slots(request, day)
            ]
            if found:
                return min(found)[-1]
        return None

    def _slots(self, request: Request, day: date):
        """Yield (rank, distance, start, slot) of what is free on ``day``; the least is best.

        The rank is the place among the preferred; behind them it is the number of visits.
        """
        rooms = self.rooms_on(day)
        for place, technician in enumerate(request.technicians if rooms else ()):
            room = rooms.get(technician)
            if not room or not room.may_hold(request.site, request.duration):
                continue
            behind = place >= request.preferred
            rank = (behind, self.visits[technician] if behind else place, place)
            for interval in room.for_visit_at(request.site, request.duration):
                start = _nearest_start(interval, request)
                if start is not None:
                    slot = Slot(technician, start, start + request.duration, day)
                    yield rank, abs(start - request.target), start, slot

    def fits(self, request: Request, slot: Slot) -> bool:
        """Tell whether a visit may stay in ``slot``, which is free of others."""
        room = self.room(slot)
        return bool(
            room
            and slot.technician in request.technicians
            and request.earliest <= slot.start
            and slot.end <= request.latest
            and any(
                start <= slot.start and slot.end <= end
                for start, end in room.for_visit_at(request.site, request.duration)
            )
        )


def _nearest_start(interval: Interval, request: Request) -> datetime | None:
    """Return the start inside ``interval`` nearest the target; None if the visit does not fit."""
    first, end = max(interval[0], request.earliest), min(interval[1], request.latest)
    if end - first < request.duration:
        return None
    return min(max(request.target, first), end - request.duration)
