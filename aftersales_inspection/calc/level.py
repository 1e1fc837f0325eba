"""Levelling: which technician makes which visit when (requirement 82; design §4).

Pure and greedy: same input, same plan. Visits are placed in the order of their deadline; each
takes the free slot nearest its target, a preferred technician first on the same day. All moments
are naive UTC.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Request:
    """One visit to place between ``earliest`` and ``latest``, as near to ``target`` as can be.

    ``technicians`` are those who may go, the preferred one first.
    """

    key: Hashable
    earliest: datetime
    latest: datetime
    target: datetime
    duration: timedelta
    technicians: tuple[Hashable, ...]


@dataclass(frozen=True)
class Slot:
    """Where a visit was placed."""

    technician: Hashable
    start: datetime
    end: datetime


def subtract(free: list[Interval], busy: Interval) -> list[Interval]:
    """Return the sorted ``free`` intervals without ``busy``."""
    left = []
    for start, end in free:
        if busy[1] <= start or end <= busy[0]:
            left.append((start, end))
            continue
        if start < busy[0]:
            left.append((start, busy[0]))
        if busy[1] < end:
            left.append((busy[1], end))
    return left


def _nearest_start(interval: Interval, request: Request) -> datetime | None:
    """Return the start inside ``interval`` nearest the target; None if the visit does not fit."""
    first = max(interval[0], request.earliest)
    last = min(interval[1], request.latest) - request.duration
    if last < first:
        return None
    return min(max(request.target, first), last)


def _best_slot(request: Request, free: dict[Hashable, list[Interval]]) -> Slot | None:
    candidates = []
    for rank, technician in enumerate(request.technicians):
        for interval in free.get(technician, ()):
            start = _nearest_start(interval, request)
            if start is not None:
                distance = abs(start - request.target)
                candidates.append((distance // DAY, rank, distance, start, technician))
    if not candidates:
        return None
    _days, _rank, _distance, start, technician = min(candidates, key=lambda found: found[:4])
    return Slot(technician, start, start + request.duration)


def level(
    requests: list[Request], free: dict[Hashable, list[Interval]]
) -> dict[Hashable, Slot | None]:
    """Place ``requests`` into the working time ``free`` of each technician.

    :return: {key: slot}, None for what has no room in its window
    """
    free = {technician: sorted(intervals) for technician, intervals in free.items()}
    plan = {}
    for request in sorted(requests, key=lambda r: (r.latest, r.target, r.key)):
        slot = _best_slot(request, free)
        plan[request.key] = slot
        if slot:
            free[slot.technician] = subtract(free[slot.technician], (slot.start, slot.end))
    return plan
