"""`make coverage`: functions with lines that no test runs stand in docs/coverage.md, with why."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

from . import project
from .steps import say

PAGE = project.ROOT / "docs" / "coverage.md"
REPORT = project.BUILD / "coverage" / "report.json"  # by coverage.py
OUTSIDE = "(module)"  # lines of a file that belong to no function

Places = set[tuple[str, str]]  # {(path of a file, name of a function in it)}


def listed(text: str) -> Places:
    """Return the functions that the tables of the page ``text`` name: | `file` | `name`, … |."""
    rows = re.findall(r"^\| `([^`|]+\.py)` \| (.+) \|$", text, re.MULTILINE)
    return {(path, name) for path, names in rows for name in re.findall(r"`([^`]+)`", names)}


def missed(report: dict) -> Places:
    """Return the functions of coverage.py's ``report`` with lines that no test ran."""
    return {
        (path, name.rpartition(".")[2] or OUTSIDE)
        for path, file in report["files"].items()
        for name, told in file["functions"].items()
        if told["missing_lines"]
    }


def unknown(places: Places, root: Path = project.ROOT) -> list[str]:
    """Return those of ``places`` that do not exist below ``root``, in words and sorted."""
    return _told({(path, name) for path, name in places if name not in _defined(root / path)})


@cache
def _defined(path: Path) -> set[str]:
    """Return the names of all functions of a file, wherever in it; nothing of a missing one."""
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {OUTSIDE} | {node.name for node in nodes if isinstance(node, functions)}


def run(report: Path = REPORT, page: Path = PAGE) -> int:
    """Hold the page to the report of a whole run, return the status to end with.

    Named but run by now is only told: of a race, a line is run once and not the next time.
    """
    found, named = missed(json.loads(report.read_text(encoding="utf-8"))), listed(page.read_text())
    gone = unknown(named)
    wrong = _told(found - named)
    _list(f"No test runs all of these, and {page.name} does not say why:", wrong)
    _list(f"{page.name} names these, which do not exist:", gone)
    covered = [name for name in _told(named - found) if name not in gone]
    _list(f"{page.name} names these, of which tests ran every line this time:", covered)
    return int(bool(wrong or gone))


def _told(places: Places) -> list[str]:
    return [f"{path}: {name}" for path, name in sorted(places)]


def _list(title: str, lines: list[str]) -> None:
    if lines:
        say("\n".join(["", title, *(f"  {line}" for line in lines)]))
