"""Lets the crew work for a while: `python -m benchmarks.load.run SECONDS USERS RESULT`.

The addresses of the server come in LOAD_HOST and LOAD_BUS. The result is JSON: what was asked how
often and how long it took, failures, refusals.
"""

from __future__ import annotations

import locust  # isort: skip - it makes sockets cooperate, before anybody else has them

import json
import os
import signal
import sys
import traceback
from pathlib import Path

import gevent
from locust.env import Environment

from . import crew, customers, office, person, service

EVERYBODY = {
    one.__name__: one
    for one in (
        *(office.Salesperson, office.BackOffice),
        *(service.Agent, service.Technician, service.Manager, service.Accountant),
        customers.Customer,
    )
}


def work(seconds: float, users: int) -> dict:
    """Let ``users`` people work for ``seconds`` and return what was measured."""
    classes = [EVERYBODY[name] for name, number in crew.heads(users).items() if number]
    for one in classes:
        one.fixed_count = crew.heads(users)[one.__name__]
    environment = Environment(
        user_classes=classes, host=os.environ["LOAD_HOST"], events=locust.events
    )
    faults = []
    locust.events.user_error.add_listener(
        lambda exception, tb, **_: faults.append("".join(traceback.format_exception(exception)))
    )
    runner = environment.create_local_runner()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, runner.quit)
    runner.start(users, spawn_rate=2)
    gevent.spawn_later(seconds, runner.quit)
    runner.greenlet.join()
    return result(environment.stats, faults)


def result(stats, faults: list[str]) -> dict:
    """Return what locust measured, as plain values."""
    rows = [
        {
            "kind": entry.method,
            "name": entry.name,
            "requests": entry.num_requests,
            "p50": entry.get_response_time_percentile(0.5),
            "p95": entry.get_response_time_percentile(0.95),
            "max": entry.max_response_time,
        }
        for entry in stats.entries.values()
    ]
    total = measured(stats)
    failures = [
        {"name": one.name, "error": str(one.error), "times": one.occurrences}
        for one in stats.errors.values()
    ]
    return {
        "rows": rows,
        "total": total,
        "failures": failures,
        "faults": faults,
        "refusals": person.REFUSALS,
        "journeys": [
            f"{one.__name__}: {name}"
            for one in EVERYBODY.values()
            for name in dict.fromkeys(task.__name__ for task in one.tasks)
        ],
    }


def measured(stats) -> dict:
    """Return the figures of all requests together, without what took no time."""
    whole = locust.stats.StatsEntry(stats, "all", "", use_response_times_cache=False)
    for entry in stats.entries.values():
        if entry.method in ("GET", "POST"):
            whole.extend(entry)
    return {
        "requests": whole.num_requests,
        "p50": whole.get_response_time_percentile(0.5),
        "p95": whole.get_response_time_percentile(0.95),
        "max": whole.max_response_time,
    }


if __name__ == "__main__":
    seconds, users, path = sys.argv[1:]
    Path(path).write_text(json.dumps(work(float(seconds), int(users)), indent=1))
