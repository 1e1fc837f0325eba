"""Measures two ways of doing the same work, one beside the other, and prints the ratio.

Everything happens in one transaction that is rolled back, on data the benchmark makes itself; what
one run did is undone before the next. Plain and ours take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import cProfile
import gc
import importlib
import pkgutil
import pstats
import statistics
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

import benchmarks

RUNS = 5  # of which the median counts; one more before them warms up
PROFILE_LINES = 25

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

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours.seconds / self.plain.seconds

    @property
    def missed(self) -> bool:
        """Whether there is a goal and ours takes longer."""
        return self.goal is not None and self.ratio > self.goal


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
    env.flush_all()
    env.cr.flush()  # what waits for the commit, such as messages of tracked fields
    if profile:
        profile.disable()
    run = Run(time.perf_counter() - start, env.cr.sql_log_count - queries)
    gc.enable()
    env.cr.clear()
    savepoint.close(rollback=True)
    return run


def measure(env: api.Environment, comparison: Comparison, profiled: bool = False) -> Result:
    """Let both ways take turns and return their medians.

    :param profiled: print where the time of ours goes, from a run of its own
    """
    runs: dict[str, list[Run]] = {"plain": [], "ours": []}
    for number in range(RUNS + 1):
        for way in ("plain", "ours") if number % 2 else ("ours", "plain"):
            run = run_once(env, getattr(comparison, way), None)
            if number:
                runs[way].append(run)
    if profiled:
        profile = cProfile.Profile()
        run_once(env, comparison.ours, profile)
        print(f"\n{comparison.title}")
        pstats.Stats(profile).sort_stats("cumulative").print_stats("aftersales", PROFILE_LINES)
    return Result(comparison.title, *map(_median, runs.values()), comparison.goal)


def _median(runs: list[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        round(statistics.median(run.queries for run in runs)),
    )


def table(results: Iterable[Result]) -> str:
    """Return the results as a table, one line each."""
    form = "{:58} {:>9} {:>9} {:>7} {:>6}  {:>9}"
    lines = [
        form.format("", "plain ms", "ours ms", "ratio", "goal", "queries"),
        *(
            form.format(
                result.title,
                f"{result.plain.seconds * 1000:.0f}",
                f"{result.ours.seconds * 1000:.0f}",
                f"{result.ratio:.2f}" + " !" * result.missed,
                f"{result.goal:.2f}" if result.goal else "",
                f"{result.plain.queries}→{result.ours.queries}",
            )
            for result in results
        ),
    ]
    return "\n".join(lines)


def main(database: str, *arguments: str) -> None:
    """Run the benchmarks and print their table.

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
    cursor = Registry(database).cursor()
    try:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        results = [
            measure(env, comparison, profiled)
            for name in names
            for comparison in importlib.import_module(name).comparisons(env)
        ]
        print(f"\nMedians of {RUNS} interleaved runs; ! = goal missed\n\n{table(results)}")
    finally:
        cursor.rollback()
        cursor.close()
