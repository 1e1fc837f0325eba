"""Every test file of the tree takes part: one that is overlooked would always pass."""

import ast
from pathlib import Path

import pytest

from conftest import COLLECTED
from tools import project

#: Run by an Odoo of their own: `tests/test_example_addon.py`.
EXAMPLES = project.ROOT / "docs/examples"


def test_every_test_file_gives_at_least_one_test(request):
    config = request.config
    if config.getoption("lf") or config.getoption("ignore") or config.getoption("ignore_glob"):
        return  # asked to leave files out
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    asked = [Path.cwd() / argument.split("::")[0] for argument in config.args]
    asked = [project.ROOT] if whole else asked
    overlooked = [
        path
        for path in project.files()
        if path.match("test_*.py")
        and not (project.ROOT / path).is_relative_to(EXAMPLES)
        and project.ROOT / path not in config.stash[COLLECTED]
        and any((project.ROOT / path).is_relative_to(folder) for folder in asked)
    ]
    assert not overlooked


def test_odoos_own_runner_finds_the_test_files_too():
    for addon in project.ADDONS:
        tests = project.ROOT / addon / "tests"
        tree = ast.parse((tests / "__init__.py").read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported = {alias.name for node in imports for alias in node.names}
        assert {path.stem for path in tests.glob("test_*.py")} <= imported, addon
