"""The virtual environment: pinned packages, and Odoo on the Python path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from . import project, steps, system_packages
from .odoo_source import Odoo
from .steps import Failed

FOLDER = project.BUILD / "python"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "READY"  # written last; holds the key of what was installed
VERSIONS = [(3, 11), (3, 12), (3, 13), (3, 10)]  # that Odoo 19 supports, in order of preference
NEEDED = "Python 3.10 to 3.13 with the modules venv and ensurepip"

#: Prints the version; fails where no environment can be made (Debian keeps these modules apart).
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


def active() -> bool:
    """Tell whether this very process runs in the environment."""
    return Path(sys.prefix) == FOLDER


def ensure(odoo: Odoo) -> None:
    """Make the environment if it is missing or its pins changed, and let it find Odoo.

    :raise Failed: no fitting interpreter, or pip failed
    """
    key = project.fingerprint([project.CONSTRAINTS.relative_to(project.ROOT)])
    wanted = os.environ.get("PYTHON", "python3")
    fits = wanted == "python3" or _version(wanted) == _version(str(PYTHON))
    if not STAMP.exists() or STAMP.read_text() != key or not PYTHON.exists() or not fits:
        interpreter = _interpreter(wanted)
        shutil.rmtree(FOLDER, ignore_errors=True)
        make = [interpreter, "-m", "venv", FOLDER]
        steps.run("Making a Python environment", make, "python-venv", "5 s")
        pip = [PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check"]
        install = [*pip, "install", "--no-deps", "-r", project.CONSTRAINTS]
        steps.run("Installing the Python packages", install, "python-packages", "30 s")
        STAMP.write_text(key)
    for folder in FOLDER.glob("lib/python*/site-packages"):
        (folder / "aftersales_odoo.pth").write_text(f"{odoo.python_path}\n")


def add(package: str) -> None:
    """Install a package that few commands need beside the others, unless it is there.

    :param package: with its version, such as "name==1.0"
    :raise Failed: pip failed
    """
    name, version = package.split("==")
    try:
        if metadata.version(name) == version:
            return
    except metadata.PackageNotFoundError:
        pass
    pip = [PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check"]
    install = [*pip, "install", "-c", project.CONSTRAINTS, package]
    steps.run(f"Installing {name}", install, f"python-{name}", "10 s")


def _interpreter(wanted: str) -> str:
    """Return an interpreter that Odoo supports and that can make an environment.

    :param wanted: the one that PYTHON names; "python3" leaves the choice to us
    :raise Failed: there is none, or another is wanted
    """
    if wanted != "python3":
        if _version(wanted) in VERSIONS:
            return wanted
        raise Failed(f"PYTHON={wanted} is no {NEEDED}.")
    candidates = [sys.executable, "python3", *(f"python3.{minor}" for _, minor in VERSIONS)]
    found = _first(candidates)
    if not found and system_packages.ensure("python3-venv", "make a Python environment"):
        found = _first(candidates)
    if not found:
        raise Failed(f"There is no {NEEDED}; set PYTHON to one.")
    return found


def _first(candidates: list[str]) -> str | None:
    """Return the first candidate that really runs and is supported."""
    return next((candidate for candidate in candidates if _version(candidate) in VERSIONS), None)


def _version(interpreter: str) -> tuple[int, ...] | None:
    """Return the interpreter's version, None where it does not run or cannot make environments."""
    try:
        shown = subprocess.check_output([interpreter, "-c", PROBE], stderr=subprocess.DEVNULL)
        return tuple(int(number) for number in shown.split(b"."))
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
