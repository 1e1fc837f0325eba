# SPDX-License-Identifier: AGPL-3.0-or-later
"""Levelling: which technician makes which visit when (requirement 82; design §4).

Pure and greedy: same input, same plan. Visits are placed in the order of their deadline; each
takes the day nearest its target, on that day the first preferred technician who has room, else of
the others the one with the fewest visits, and of that technician's room what lies nearest the
target (:meth:`.agenda.Agenda.best`).
"""

from collections.abc import Hashable
from datetime import timedelta

from .agenda import Agenda, Request, Slot, Workdays
from .workday import NO_TRAVEL, Interval

Plan = dict[Hashable, Slot | None]


def _by_deadline(requests: list[Request]) -> list[Request]:
    return sorted(requests, key=lambda request: (request.latest, request.target, request.key))


def level(requests: list[Request], workdays: Workdays, travel: timedelta = NO_TRAVEL) -> Plan:
    """Place ``requests``; ``travel`` lies between two visits of a technician at different sites.

    :return: {key: slot}, None for what has no room in its window
    """
    agenda, plan = Agenda(workdays, travel), {}
    for request in _by_deadline(requests):
        plan[request.key] = agenda.best(request)
        agenda.put(request, plan[request.key])
    return plan


def level_again(
    requests: list[Request], current: Plan, workdays: Workdays, travel: timedelta = NO_TRAVEL
) -> Plan:
    """Place ``requests`` anew where that makes something better; the others stay.

    Better is: placed at all, nearer the day, a preferred technician; never another hour alone.
    If somebody is left out all the same, everybody is placed from scratch, provided that this
    leaves fewer out. Done twice, the second time moves nothing.

    :param current: {key: slot or None}, where they are now
    :param workdays: without the ``requests``
    """
    plan = _improve(requests, current, workdays, travel)
    if None in plan.values():
        anew = level(requests, workdays, travel)
        if list(anew.values()).count(None) < list(plan.values()).count(None):
            return anew
    return plan


def _improve(requests, current, workdays, travel):
    """Move one visit at a time to a better place until there is none.

    It ends: no move makes the place of another visit worse.
    """
    agenda, plan, ordered = Agenda(workdays, travel), {}, _by_deadline(requests)
    for request in ordered:
        plan[request.key] = current.get(request.key)
        agenda.put(request, plan[request.key])
    moved = True
    while moved:
        moved = False
        for request in ordered:
            slot = plan[request.key]
            agenda.take(request, slot)
            if slot and agenda.fits(request, slot):
                best = agenda.best(request)
                keep = not best or _goodness(request, slot) <= _goodness(request, best)
            else:
                best, keep = agenda.best(request), False
            if not keep and best != slot:
                plan[request.key], moved = best, True
            agenda.put(request, plan[request.key])
    return plan


def _goodness(request: Request, slot: Slot) -> tuple[int, int]:
    """Return how good a slot is; less is better."""
    rank = request.technicians.index(slot.technician)
    return abs((slot.day - request.day).days), min(rank, request.preferred)


def why_not(request: Request, workdays: Workdays) -> str:
    """Return why nobody has room for a request that could not be placed.

    ``no_hours``: nobody works in the window · ``leave``: all of it is leave or holidays ·
    ``too_long``: nobody is at work as long as the visit takes · ``full``: other visits fill it.
    """
    window = (request.earliest, request.latest)
    days = [day for who in request.technicians for day in workdays.get(who, {}).values()]
    if not any(_clip(day.shift, window) for day in days):
        return "no_hours"
    hours = [part for day in days for part in _clip(day.hours_for(request.duration), window)]
    if not hours:
        return "leave"
    if max(end - start for start, end in hours) < request.duration:
        return "too_long"
    return "full"


def _clip(intervals: list[Interval], window: Interval) -> list[Interval]:
    clipped = [(max(start, window[0]), min(end, window[1])) for start, end in intervals]
    return [(start, end) for start, end in clipped if start < end]
