"""Odoo in processes of its own, with these add-ons or those of another version."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import NamedTuple

from tools import project

#: The add-ons of earlier versions with their stories: the first, and the one before this.
FIRST, PREVIOUS = "19.0.0.1.0", "19.0.0.10.0"
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


class Done(NamedTuple):
    """What a process left: its answer, what Odoo complained about, and how long it took."""

    answer: object
    complaints: list[str]
    seconds: float


def earlier(version: str, folder: Path) -> Path:
    """Unpack the add-ons of a version and their stories into a folder; return it."""
    with tarfile.open(project.ROOT / "tests" / "data" / f"aftersales_{version}.tar.xz") as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)
    return folder


def run(script: str, database: str, *arguments: object, addons: Path = project.ROOT) -> Done:
    """Run a script of ``inside.py`` on a database.

    :param addons: folder of the add-ons
    :raise AssertionError: the process failed; the message is all it said
    """
    words = [script, database, addons, *arguments]
    command = [sys.executable, "-m", "tests.life.inside", *map(str, words)]
    start = time.monotonic()
    done = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True)
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stdout + done.stderr
    complaints = COMPLAINT.findall(done.stderr)
    return Done(json.loads(done.stdout.splitlines()[-1]), complaints, seconds)
