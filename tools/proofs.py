"""`make proof`: the proofs that docs/reliability.md lists, each in full, and a table at the end."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import NamedTuple

from .project import ROOT
from .steps import Failed, say

TABLE = ROOT / "docs" / "reliability.md"
INTERRUPTED = 2  # pytest's status after Ctrl-C


class Proof(NamedTuple):
    """A row of the table: tests that show a goal, and how many cases they try in full.

    `name` is a class, a class and its test, or a function of `file`. Where the file reads
    `variable`, `make test` tries fewer cases; without one every run is in full.
    """

    goal: str
    file: str
    name: str
    number: str
    variable: str
    seed: str

    @property
    def size(self) -> str:
        """Return how many cases to try: in full, unless the variable is set already."""
        return os.environ.get(self.variable, self.number)

    @property
    def tests(self) -> str:
        """Return what pytest runs."""
        return f"{self.file}::{self.name}"

    def is_meant(self, words: list[str]) -> bool:
        """Tell whether a word is its goal, its variable or a part of its name; none means all."""
        parts = [word for word in words if not re.fullmatch(r"R\d+", word)]  # R1 is not R10
        known = {self.goal, self.variable}
        return not words or bool(known & {*words}) or any(word in self.tests for word in parts)


def listed() -> list[Proof]:
    """Return the proofs in the order of the table, whose rows have six columns."""
    rows = re.findall(r"^\|(.*)\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    cells = [[cell.strip(" `") for cell in row.split("|")] for row in rows]
    return [Proof(*row) for row in cells if len(row) == len(Proof._fields) and ".py" in row[1]]


def run(words: list[str], pytest: Callable[..., int]) -> int:
    """Run the proofs that the words mean, print what came of each, return the status to end with.

    A proof that fails does not stop the others; Ctrl-C does.

    :param pytest: runs pytest with arguments and, by name, variables; returns its status
    :raise Failed: no proof is meant
    """
    proofs = [proof for proof in listed() if proof.is_meant(words)]
    if not proofs:
        raise Failed(f"No proof of {TABLE.relative_to(ROOT)} is called {' or '.join(words)}.")
    lines = [("goal", "number", "seed", "result", "seconds", "proof")]
    for proof in proofs:
        say(f"\n=== {proof.goal}: {proof.size} of {proof.tests} ===")
        sizes = {proof.variable: proof.size} if proof.variable else {}
        start = time.monotonic()
        code = pytest(proof.tests, **sizes)
        seconds = f"{time.monotonic() - start:.0f}"
        result = {0: "passed", INTERRUPTED: "stopped"}.get(code, "FAILED")
        lines.append((proof.goal, proof.size, proof.seed, result, seconds, proof.tests))
        if code == INTERRUPTED:
            break
    say(aligned(lines))
    return int(any(line[3] != "passed" for line in lines[1:]))


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Return the rows as text, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n" + "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
