"""`make lint`: ruff, pylint-odoo, and the checkers by which Odoo looks for injected SQL.

The rest of Odoo's lint tests reads the registry: `tests/test_lint.py`, which runs ours too.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from . import project, steps
from .steps import say

PYTHON = [sys.executable, "-m"]
#: What neither ruff nor pylint-odoo sees, with the plugins of Odoo that do.
ODOO_MESSAGES = "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr"
ODOO_MESSAGES += ",raise-unlink-override,eval-used,unreachable"
ODOO_CHECKERS = "_pylint_path_setup,_odoo_checker_sql_injection,_odoo_checker_gettext"
ODOO_CHECKERS += ",_odoo_checker_unlink_override"


def checks() -> dict[str, list[str]]:
    """Return the commands that find fault with the style of the tree, by name."""
    return {
        "ruff": [*PYTHON, "ruff", "check", "."],
        "format": [*PYTHON, "ruff", "format", "--check", "--quiet", "."],
        "pylint-odoo": [*PYTHON, "pylint", *project.ADDONS],
        "Odoo's checkers": _odoo_pylint(),
    }


def _odoo_pylint() -> list[str]:
    """Return pylint with Odoo's own checkers; two plugins of one name exclude each other."""
    options = [f"--rcfile={os.devnull}", "--score=no", "--disable=all,unknown-option-value"]
    options += [f"--enable={ODOO_MESSAGES}", f"--load-plugins={ODOO_CHECKERS}"]
    return [*PYTHON, "pylint", *options, *project.ADDONS]


def environment() -> dict[str, str]:
    """Return the variables by which pylint finds Odoo's checkers, and they our add-ons."""
    checkers = Path(importlib.util.find_spec("odoo.addons.test_lint").origin).parent / "tests"
    path = [str(checkers), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "ADDONS_PATH": str(project.ROOT),
    }


def run() -> int:
    """Run every check, also after one that failed; return the status to end with."""
    codes = {}
    for name, command in checks().items():
        codes[name] = steps.foreground(command, cwd=project.ROOT, env=environment())
    failed = [name for name, code in codes.items() if code]
    say(f"Not clean: {', '.join(failed)}." if failed else f"Clean: {', '.join(codes)}.")
    return int(bool(failed))
