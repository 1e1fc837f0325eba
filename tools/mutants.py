"""`make mutants`: the arithmetic in calc/ is changed, place by place, and a test must notice.

mutmut does it, on a copy of the packages: what is pure needs neither Odoo nor a database. The
oracles that draw at random stay away (pyproject.toml): the examples of the tests must notice.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict

from . import project, steps
from .steps import say

LIBRARY = "mutmut==3.8.1"
FOLDER = project.BUILD / "mutants"
FEW = {"LEDGER_SEQUENCES": "10", "LOT_CASES": "200"}  # cases of tests that draw them
NOTICED = {"killed", "timeout"}  # a change that makes a test run for ever is noticed too
GOAL_PERCENT = 90


def run(words: list[str]) -> int:
    """Try the changes, print what came of them by module, return the status to end with.

    :param words: names of modules in calc/, none means all
    """
    _copy()
    mutmut = [sys.executable, "-m", "mutmut"]
    only = [f"*.calc.{word}.*" for word in words]
    changes = ["nice", "-n", "10", *mutmut, "run", "--max-children", "1", *only]
    code = steps.foreground(changes, cwd=FOLDER, env={**os.environ, **FEW})
    if code:
        return code
    told = subprocess.check_output([*mutmut, "results", "--all", "true"], cwd=FOLDER, text=True)
    return _report(dict(line.strip().split(": ") for line in told.splitlines() if ": " in line))


def _copy() -> None:
    """Copy the packages without the add-ons around them, which ask for Odoo."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for addon in project.ADDONS:
        shutil.copytree(project.ROOT / addon / "calc", FOLDER / addon / "calc")
        (FOLDER / addon / "__init__.py").touch()
    shutil.copy(project.ROOT / "pyproject.toml", FOLDER)


def _report(results: dict[str, str]) -> int:
    """Print how many changes were noticed, by module, and the names of those that were not.

    :param results: {"package.module.function__mutmut_1": what came of it}
    """
    tried = {name: result for name, result in results.items() if result != "not checked"}
    modules = defaultdict(Counter)
    for name, result in tried.items():
        modules[name.rsplit(".", 1)[0]][result in NOTICED] += 1
    say("\nkilled  survived  module")
    for module, found in sorted(modules.items()):
        say(f"{found[True]:6}  {found[False]:8}  {module}")
    survived = [name for name, result in tried.items() if result not in NOTICED]
    killed = len(tried) - len(survived)
    percent = 100 * killed / max(len(tried), 1)
    say("\nSurvived, to be seen there with `python -m mutmut show NAME`, in .build/mutants:")
    say("\n".join(f"  {name} ({results[name]})" for name in survived))
    say(f"\n{killed} of {len(tried)} killed: {percent:.1f} %, of which {GOAL_PERCENT} are asked.")
    return int(percent < GOAL_PERCENT)
