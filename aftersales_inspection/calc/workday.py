# SPDX-License-Identifier: AGPL-3.0-or-later
"""A technician's working day, and what is left of it while visits are placed (requirement 82).

All moments are naive UTC; days are those of the technician's own time zone.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import NamedTuple

NO_TRAVEL = timedelta()
LONGEST_BREAK = timedelta(hours=2)  # that a long visit takes in
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
    def stretch(self) -> timedelta:
        """How long the longest part of the shift between two breaks is."""
        return max((end - start for start, end in self.shift), default=timedelta())

    @property
    def hours(self) -> list[Interval]:
        """Working hours less leave."""
        return subtract(self.shift, self.leave)

    def hours_for(self, duration: timedelta) -> list[Interval]:
        """Return the hours in which a visit of ``duration`` may lie.

        One that is longer than any stretch of the shift takes in its breaks: whoever installs
        something for a day stays there over lunch. Visits are counted in hours on site.
        """
        shift = self.shift if duration <= self.stretch else without_breaks(self.shift)
        return subtract(shift, self.leave)


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


def without_breaks(shift: list[Interval]) -> list[Interval]:
    """Return the sorted ``shift`` with its breaks, up to the longest, filled in."""
    filled: list[Interval] = []
    for start, end in shift:
        if filled and start - filled[-1][1] <= LONGEST_BREAK:
            start = filled.pop()[0]
        filled.append((start, end))
    return filled


class Room:
    """What is left of a working day while visits are placed on it."""

    def __init__(self, day: Workday, travel: timedelta):
        self.day, self.visits, self.travel = day, list(day.visits), travel
        self.stretch, self.hours = day.stretch, day.hours
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
        if duration <= self.longest:
            return True
        return not self.is_full and (site in self.sites or duration > self.stretch)

    def for_visit_at(self, site: Hashable, duration: timedelta) -> list[Interval]:
        """Return when somebody may be at ``site``; nobody travels between visits at one site."""
        if self.is_full:
            return self.free
        if duration > self.stretch:
            return self._without_visits(site, self.day.hours_for(duration))
        return self._without_visits(site, self.hours) if site in self.sites else self.free

    def _measure(self) -> None:
        self.is_full = bool(self.day.capacity) and len(self.visits) >= self.day.capacity
        self.sites = {visit.site for visit in self.visits if visit.site is not None}
        self.free = [] if self.is_full else self._without_visits(None, self.hours)
        self.longest = max((end - start for start, end in self.free), default=timedelta())

    def _without_visits(self, site: Hashable, hours: list[Interval]) -> list[Interval]:
        busy = []
        for visit in self.visits:
            travel = NO_TRAVEL if site is not None and visit.site == site else self.travel
            busy.append((visit.start - travel, visit.end + travel))
        return subtract(hours, busy)
