"""`make neighbours`: our tests beside other people's add-ons, and Odoo's own tests beside ours.

beside       a database with everything below; our own tests must pass there
unchanged    the tests of the modules we build on, in a database without our add-ons and in one with
             them: each must end the same way

What cannot be asked stands in docs/reliability.md with its reason. It is run all the same and has
to fail (or to differ): a row that is no longer true fails the command.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import util
from pathlib import Path
from xml.etree import ElementTree

from . import databases, project, proofs, steps
from .steps import say

#: Odoo's modules that live in many databases and touch what we touch; others come with them.
MODULES = [
    *("website_sale", "website_sale_loyalty", "point_of_sale", "pos_loyalty", "crm", "sale_crm"),
    *("project", "sale_project", "mrp", "sale_mrp", "repair", "purchase", "purchase_stock"),
    *("stock_landed_costs", "stock_dropshipping", "sale_loyalty_delivery"),
    *("l10n_de", "l10n_account_withholding_tax"),
]
#: Satellites of Field Service that the environment holds anyway.
SATELLITES = [
    *("fieldservice_account", "fieldservice_activity", "fieldservice_recurring"),
    *("fieldservice_sale", "fieldservice_stock", "base_territory"),
]
#: Further satellites with their versions; fetched for this command alone. Not among them is
#: fieldservice_repair: it shows repairs on the form of every visit, also to those who may not read
#: them, so whoever has no right to stock opens no visit where it is installed, with us or not.
FETCHED = {
    "fieldservice_calendar": "19.0.1.0.0.6",
    "fieldservice_crm": "19.0.1.0.0.5",
    "fieldservice_equipment_stock": "19.0.1.0.0.9",
    "fieldservice_portal": "19.0.1.0.0.5",
    "fieldservice_project": "19.0.1.0.0.7",
    "fieldservice_purchase": "19.0.1.0.0.12",
    "fieldservice_route": "19.0.1.0.0.4",
    "fieldservice_sale_recurring": "19.0.1.0.0.7",
    "fieldservice_sale_stock": "19.0.1.0.0.4",
    "fieldservice_skill": "19.0.1.0.0.7",
    "fieldservice_vehicle": "19.0.1.0.0.8",
}
#: Whose own tests must not notice us.
WATCHED = ["sale_stock", "sale_loyalty", "fieldservice"]

TEMPLATE = "aftersales_neighbours"
FOLDER = project.BUILD / "neighbours"
REPORTS = project.LOGS / "neighbours"
HEADING = ("tests of", "tests", "passed", "failed", "not asked", "seconds")
#: The short form in `make test`: the same on a few of these, so it is not run again beside all.
SHORT_FORM = "tests/test_neighbours.py"

Pytest = Callable[..., int]  # runs pytest on a database with arguments; returns its status


def ensure() -> None:
    """Have the database with the neighbours, and what it needs.

    :raise Failed: pip failed, or a module cannot be installed
    """
    packages = sorted(f"odoo-addon-{name}=={version}" for name, version in FETCHED.items())
    stamp = FOLDER / "READY"  # written last; holds what was fetched
    if not stamp.exists() or stamp.read_text() != "\n".join(packages):
        shutil.rmtree(FOLDER, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
        fetch = [*pip, "--no-deps", "--target", FOLDER, *packages]
        steps.run("Fetching satellites of Field Service", fetch, "neighbours-python", "30 s")
        stamp.write_text("\n".join(packages))
    # Odoo takes add-ons from wherever Python finds its packages; so do the processes we start
    os.environ["PYTHONPATH"] = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    databases.ensure_on_top(TEMPLATE, [*MODULES, *SATELLITES, *FETCHED], packages)


def run(arguments: list[str], pytest: Pytest) -> int:
    """Run both halves, or what the arguments say, print a table, return the status to end with.

    :param arguments: names of WATCHED: these alone, with and without us; anything else goes to
        pytest, which runs our tests beside the neighbours
    """
    REPORTS.mkdir(parents=True, exist_ok=True)
    watched = [name for name in arguments if name in WATCHED]
    lines = []
    if not watched:
        lines.append(_beside(arguments, pytest))
    for module in watched or (() if arguments else WATCHED):
        lines.append(_unchanged(module, pytest))
    say(proofs.aligned([HEADING, *lines]))
    return int(any(line[1] == "0" or line[3] != "0" for line in lines))


def not_asked() -> dict[str, str]:
    """Return the tests that cannot be asked, {test: reason}, as docs/reliability.md lists them."""
    rows = r"^\| `(\w+/[\w/]+\.py::[^`]+)` \| (.+) \|$"
    return dict(re.findall(rows, proofs.TABLE.read_text(encoding="utf-8"), re.MULTILINE))


def _beside(arguments: list[str], pytest: Pytest) -> tuple[str, ...]:
    """Run our tests beside the neighbours; return the line of the table."""
    start = time.monotonic()
    every = arguments or [f"--ignore={SHORT_FORM}"]
    results = _results(TEMPLATE, "ours", pytest, "-p", "tools.not_asked", *every)
    return _line("our add-ons, beside others", Counter(results.values()), start)


def _unchanged(module: str, pytest: Pytest) -> tuple[str, ...]:
    """Run a module's own tests without us and with us; return the line of the table."""
    start = time.monotonic()
    found = util.find_spec(f"odoo.addons.{module}")
    tests = str(Path(found.submodule_search_locations[0]) / "tests")
    templates = (databases.BASE[False], databases.TEST_TEMPLATE)
    alone, beside = (
        # pytest names a test outside the project by its file alone, or by the way to it
        {f"{module}/tests/{test.rpartition('/')[2]}": end for test, end in ends.items()}
        for ends in (_results(one, f"{module}-in-{one}", pytest, tests) for one in templates)
    )
    known = {test: why for test, why in not_asked().items() if test.startswith(f"{module}/")}
    ends = compared(alone, beside, known)
    for test, end in sorted(ends.items()):
        if end == "failed":
            say(f"{test}: {alone.get(test)} without us, {beside.get(test)} with us")
    return _line(f"{module}, with and without us", Counter(ends.values()), start)


def compared(alone: dict, beside: dict, known: dict) -> dict[str, str]:
    """Return for each test whether it ends alike ("passed"), may differ ("not asked"), or failed.

    A test that may differ and does not has failed too: its row in the table is no longer true.

    :param alone: {test: how it ended without our add-ons}
    :param beside: the same with them
    :param known: the tests that may differ
    """
    ends = {}
    for test in alone.keys() | beside.keys() | known.keys():
        differs = alone.get(test) != beside.get(test)
        if differs == (test in known):
            ends[test] = "not asked" if differs else "passed"
        else:
            ends[test] = "failed"
    return ends


def _line(name: str, ends: Counter, start: float) -> tuple[str, ...]:
    """Return a line of the table; what was skipped counts as failed: nothing is left out."""
    passed, excused = ends["passed"], ends["not asked"]
    seconds = f"{time.monotonic() - start:.0f}"
    numbers = (ends.total(), passed, ends.total() - passed - excused, excused)
    return (name, *map(str, numbers), seconds)


def _results(template: str, name: str, pytest: Pytest, *arguments: str) -> dict[str, str]:
    """Run pytest on a copy of a template; return {test: how it ended}."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    with databases.copy(template, "neighbours") as database:
        pytest(database, f"--junitxml={report}", *arguments)
    return read(report) if report.exists() else {}


def read(report: Path) -> dict[str, str]:
    """Return how each test of a JUnit report ended.

    Something that failed after its test, in taking down, counts as the test's failure.
    """
    ends = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = _test(case.get("classname"), case.get("name"))
        worst = {child.tag: child for child in case}
        if "failure" in worst or "error" in worst:
            ends[name] = "failed"
        elif "skipped" in worst:
            expected = worst["skipped"].get("type") == "pytest.xfail"
            ends.setdefault(name, "not asked" if expected else "skipped")
        else:
            ends.setdefault(name, "passed")
    return ends


def _test(dotted: str, name: str) -> str:
    """Return a test as the table names it: sale_stock/tests/test_x.py::TestX::test_y."""
    module, _dot, last = dotted.rpartition("odoo.addons.")[2].rpartition(".")
    if last.startswith("test_"):  # a function outside classes
        return f"{module}.{last}".strip(".").replace(".", "/") + f".py::{name}"
    return f"{module.replace('.', '/')}.py::{last}::{name}"
