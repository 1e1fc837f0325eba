"""How results are told: a line as each is there, a table at the end, and ``RESULTS.md``."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from odoo import release
from odoo.sql_db import Cursor

if TYPE_CHECKING:
    from .harness import Result

RESULTS = Path(__file__).with_name("RESULTS.md")
LINE = "{:64} {:>9} {:>9} {:>7} {:>6}  {:>13}"

PAGE = """# Results of `make bench`

Written by `make bench`, which replaces this page each time. A row compares the same work, done
without what is measured and with it: with a plan and without one, ours beside another add-on, ours
in a long history beside a short one, Odoo with our add-ons beside Odoo without. *Ratio* is ours ÷
plain, and so is *goal*: at most. *Queries* are those of plain → ours; a goal for them says how many
more ours may send to any one table, and the table with the most of them stands behind.

{table}

{kept} of {goals} goals met. Rows without a goal are there to compare with, such as the noise: the
same work twice, whose ratio would be 1.00 on a machine that does nothing else.

## How they were measured

| | |
|-|-|
| Date, commit | {day}, {commit} |
| Machine | {cores} cores, {memory}, {system} |
| Load when it ended | {load}: 1.0 is this benchmark alone |
| Versions | Odoo {odoo}, PostgreSQL {postgres}, Python {python} |
| Runs | medians of {runs} after one to warm up; plain and ours take turns |

One transaction per file, rolled back; each run is undone before the next and starts with an
empty cache, and so does each of the orders or payments that a run works on one by one. Seconds
depend on the machine; ratios hold as long as what else it does slows both sides alike.

## Again

```
make bench                          # everything, and this page
make bench ARGS="payment"           # files whose names contain a word; this page stays
make bench ARGS="payment profile"   # and where the time and the queries of ours go
```
"""


def line(result: Result) -> str:
    """Return one result as a line of text."""
    return LINE.format(
        result.title,
        f"{result.plain.seconds * 1000:.0f}",
        f"{result.ours.seconds * 1000:.0f}",
        f"{result.ratio:.2f}" + " !" * result.missed,
        f"{result.goal:.2f}" if result.goal else "",
        _queries(result),
    )


def table(results: Iterable[Result]) -> str:
    """Return the results as text, one line each."""
    heads = LINE.format("", "plain ms", "ours ms", "ratio", "goal", "queries")
    return "\n".join([heads, *map(line, results)])


def markdown(results: Iterable[Result]) -> str:
    """Return the results as a table of a page."""
    rows = [
        "| Work | Plain ms | Ours ms | Ratio | Goal | Queries | |",
        "|-|-:|-:|-:|-:|-|-|",
    ]
    for result in results:
        goals = [f"{result.goal:.2f}"] if result.goal else []
        goals += [f"+{result.more_queries} queries"] if result.more_queries is not None else []
        cells = [
            result.title,
            f"{result.plain.seconds * 1000:,.0f}",
            f"{result.ours.seconds * 1000:,.0f}",
            f"{result.ratio:.2f}",
            ", ".join(goals),
            _queries(result),
            f"**{result.verdict}**" if result.missed else result.verdict,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _queries(result: Result) -> str:
    name, more = result.grown
    largest = f" ({name} {more:+})" if result.more_queries is not None and more else ""
    return f"{result.plain.queries}→{result.ours.queries}{largest}"


def write(cr: Cursor, results: list[Result], runs: int) -> None:
    """Write the page of results with the facts one needs to compare them with others."""
    judged = [result for result in results if result.verdict]
    cr.execute("SHOW server_version")
    page = PAGE.format(
        table=markdown(results),
        kept=sum(not result.missed for result in judged),
        goals=len(judged),
        day=date.today(),
        commit=_commit(),
        cores=os.cpu_count(),
        memory=f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        system=f"{platform.system()} {platform.machine()}",
        load=f"{os.getloadavg()[1]:.1f}",
        odoo=release.version,
        postgres=cr.fetchone()[0].split()[0],
        python=platform.python_version(),
        runs=runs,
    )
    RESULTS.write_text(page, encoding="utf-8")
    print(f"\nWritten: {RESULTS.name}")


def _commit() -> str:
    """Return the commit that was measured, and whether files were changed since."""
    try:
        git = ["git", "describe", "--always", "--exclude=*", "--dirty= with changes"]
        done = subprocess.run(git, cwd=RESULTS.parent, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "not under git"
    return done.stdout.strip()
