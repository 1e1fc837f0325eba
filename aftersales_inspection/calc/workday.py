"""A technician's working day, and what is left of it while visits are placed (requirement 82).

All moments are naive UTC; days are those of the technician's own time zone.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import NamedTuple

NO_TRAVEL = timedelta()
Interval = tuple[datetime, datetime]


class Visit(NamedTuple):
    """What a technician does already."""

    start: datetime
    end: datetime
    site: Hashable


class Workday(NamedTuple):
    """One day of one technician.

    ``shift``: working hours; ``leave``: leave and holidays of that day or any other; ``visits``:
    what is planned already; ``capacity``: visits a day, 0 for no limit.
    """

    shift: list[Interval]
    leave: list[Interval] = []
    visits: list[Visit] = []
    capacity: int = 0

    @property
    def hours(self) -> list[Interval]:
        """Working hours less leave."""
        return subtract(self.shift, self.leave)


def subtract(free: list[Interval], busy: list[Interval]) -> list[Interval]:
    """Return the sorted ``free`` intervals without ``busy``."""
    for busy_start, busy_end in busy:
        left = []
        for start, end in free:
            if busy_end <= start or end <= busy_start:
                left.append((start, end))
                continue
            if start < busy_start:
                left.append((start, busy_start))
            if busy_end < end:
                left.append((busy_end, end))
        free = left
    return free


class Room:
    """What is left of a working day while visits are placed on it."""

    def __init__(self, day: Workday, travel: timedelta):
        self.hours, self.visits = day.hours, list(day.visits)
        self.capacity, self.travel = day.capacity, travel
        self._measure()

    def put(self, visit: Visit) -> None:
        """Keep a visit free of others."""
        self.visits.append(visit)
        self._measure()

    def take(self, visit: Visit) -> None:
        """Give back what a visit kept."""
        self.visits.remove(visit)
        self._measure()

    def may_hold(self, site: Hashable, duration: timedelta) -> bool:
        """Tell quickly whether it is worth looking; most days of a busy year are full."""
        return duration <= self.longest or (site in self.sites and not self.is_full)

    def for_visit_at(self, site: Hashable) -> list[Interval]:
        """Return when somebody may be at ``site``; nobody travels between visits at one site."""
        if self.is_full or site not in self.sites:
            return self.free
        return self._without_visits(site)

    def _measure(self) -> None:
        self.is_full = bool(self.capacity) and len(self.visits) >= self.capacity
        self.sites = {visit.site for visit in self.visits if visit.site is not None}
        self.free = [] if self.is_full else self._without_visits(None)
        self.longest = max((end - start for start, end in self.free), default=timedelta())

    def _without_visits(self, site: Hashable) -> list[Interval]:
        busy = []
        for visit in self.visits:
            travel = NO_TRAVEL if site is not None and visit.site == site else self.travel
            busy.append((visit.start - travel, visit.end + travel))
        return subtract(self.hours, busy)
