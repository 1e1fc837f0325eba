"""Measures two ways of doing the same work, one beside the other, and prints the ratio.

Everything happens in transactions that are rolled back, on data the benchmark makes itself; what
one run did is undone before the next. Plain and ours take turns, so that a busy machine slows both.
Most benchmarks do both in one database; some do the plain work in one without our add-ons.
"""

from __future__ import annotations

import cProfile
import gc
import importlib
import pkgutil
import pstats
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry
from odoo.sql_db import categorize_query

import benchmarks

from . import report

RUNS = 5  # of which the median counts; one more before them warms up
PROFILE_LINES = 25
TABLE_LINES = 12  # tables whose queries a profile names
#: Odoo updates by columns, 100 rows at a time; its categorize_query knows no table of an UPDATE.
UPDATED = re.compile(r'\s*UPDATE "(\w+)"\s+SET "(\w+)"')

#: Does the work that is timed.
Step = Callable[[], object]
#: Prepares a run, untimed, and returns its step.
Prepare = Callable[[api.Environment], Step]


class Comparison(NamedTuple):
    """The same work twice: ``plain`` without what is measured, ``ours`` with it."""

    title: str
    plain: Prepare
    ours: Prepare
    goal: float | None  # ours ÷ plain at most
    more_queries: int | None = None  # than plain that ours may send to any one table
    plain_env: api.Environment | None = None  # where plain is done; None: where ours is


def one_by_one(records: models.BaseModel, act: Callable[[models.BaseModel], object]) -> None:
    """Do ``act`` with each record as a request of its own: all is written, the cache is empty."""
    for record_id in records.ids:
        act(records.browse(record_id))  # alone: nothing is read ahead for the others
        _end_request(records.env)
        records.env.invalidate_all()


def _end_request(env):
    env.flush_all()
    env.cr.flush()  # what waits for the commit, such as messages of tracked fields


class Run(NamedTuple):
    """What one run took."""

    seconds: float
    queries: int


class Result(NamedTuple):
    """The medians of one comparison."""

    title: str
    plain: Run
    ours: Run
    goal: float | None
    more_queries: int | None = None
    grown: tuple[str, int] = ("", 0)  # the table that ours asks more often than plain, how much

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours.seconds / self.plain.seconds

    @property
    def missed(self) -> bool:
        """Whether there is a goal that ours does not keep."""
        slow = self.goal is not None and self.ratio > self.goal
        return slow or (self.more_queries is not None and self.grown[1] > self.more_queries)

    @property
    def verdict(self) -> str:
        """Whether the goals were met, in words; empty without one."""
        if self.goal is None and self.more_queries is None:
            return ""
        return "missed" if self.missed else "met"


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the queries to each table; meanwhile each takes longer."""
    tables: Counter[str] = Counter()

    def count(cursor, *_query):
        query = cursor._obj.query.decode()
        updated = UPDATED.match(query)
        table = " ".join(updated.groups()) if updated else categorize_query(query)[1]
        tables[table or "other"] += 1

    threading.current_thread().query_hooks = [count]
    try:
        yield tables
    finally:
        del threading.current_thread().query_hooks


def run_once(env: api.Environment, prepare: Prepare, profile: cProfile.Profile | None) -> Run:
    """Prepare, time the step with everything it leaves to be written, and undo both."""
    savepoint = env.cr.savepoint(flush=False)
    step = prepare(env)
    env.flush_all()
    env.invalidate_all()  # a request starts with an empty cache
    gc.collect()
    gc.disable()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    if profile:
        profile.enable()
    step()
    _end_request(env)
    if profile:
        profile.disable()
    run = Run(time.perf_counter() - start, env.cr.sql_log_count - queries)
    gc.enable()
    env.cr.clear()
    savepoint.close(rollback=True)
    return run


def count_queries(env: api.Environment, prepare: Prepare) -> Counter[str]:
    """Return how many queries the step sends to each table."""

    def prepare_counted(run_env):
        step = prepare(run_env)

        def counted_step():
            with counted() as tables:
                step()
                _end_request(run_env)
            found.update(tables)

        return counted_step

    found: Counter[str] = Counter()
    run_once(env, prepare_counted, None)
    return found


def measure(env: api.Environment, comparison: Comparison, profiled: bool = False) -> Result:
    """Let both ways take turns and return their medians.

    :param profiled: print where the time and the queries of ours go, from runs of their own
    """
    envs = {"plain": comparison.plain_env or env, "ours": env}
    runs: dict[str, list[Run]] = {"plain": [], "ours": []}
    for number in range(RUNS + 1):
        for way in ("plain", "ours") if number % 2 else ("ours", "plain"):
            run = run_once(envs[way], getattr(comparison, way), None)
            if number:
                runs[way].append(run)
    grown: Counter[str] = Counter()
    if profiled or comparison.more_queries is not None:
        grown.update(count_queries(env, comparison.ours))
        grown.subtract(count_queries(envs["plain"], comparison.plain))
    if profiled:
        _print_profile(env, comparison, grown)
    most = grown.most_common(1)[0] if grown else ("", 0)
    medians = map(_median, runs.values())
    return Result(comparison.title, *medians, comparison.goal, comparison.more_queries, most)


def _print_profile(env, comparison, grown):
    profile = cProfile.Profile()
    run_once(env, comparison.ours, profile)
    print(f"\n{comparison.title}")
    print("more queries:", *(f"{name} {more:+}" for name, more in grown.most_common(TABLE_LINES)))
    pstats.Stats(profile).sort_stats("cumulative").print_stats("aftersales", PROFILE_LINES)


def _median(runs: list[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        round(statistics.median(run.queries for run in runs)),
    )


def main(ours: str, bare: str, beside: str, *arguments: str) -> None:
    """Run the benchmarks and print their table; write it to ``RESULTS.md`` when all were run.

    :param ours: a database with our add-ons
    :param bare: the same without them
    :param beside: with them and with those of others that do similar work
    :param arguments: words of the names of benchmark files, none for all; ``profile`` also prints
        where the time goes
    """
    profiled, wanted = "profile" in arguments, set(arguments) - {"profile"}
    names = [
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks.")
        if module.name.rpartition(".")[2].startswith("bench_")
        and (not wanted or any(word in module.name for word in wanted))
    ]
    results = []
    for name in names:
        with ExitStack() as opened:  # a cursor each: no benchmark sees the rows of another
            module = importlib.import_module(name)
            with_ours = beside if getattr(module, "BESIDE_OTHERS", False) else ours
            env, plain = (opened.enter_context(_environment(one)) for one in (with_ours, bare))
            for comparison in module.comparisons(env, plain):
                results.append(measure(env, comparison, profiled))
                print(report.line(results[-1]), flush=True)
    print(f"\nMedians of {RUNS} interleaved runs; ! = goal missed\n\n{report.table(results)}")
    if not arguments:
        with _environment(ours) as env:
            report.write(env.cr, results, RUNS)


@contextmanager
def _environment(database):
    """Yield the superuser's environment in a database; nothing of what is done there is kept."""
    cursor = Registry(database).cursor()
    try:
        yield api.Environment(cursor, SUPERUSER_ID, {})
    finally:
        cursor.rollback()
        cursor.close()
