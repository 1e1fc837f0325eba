"""Borders of the modules (docs/architecture.md), read from the source: no database needed."""

import ast
import re
from pathlib import Path
from unittest import TestCase

from tools import project

ROOT = Path(__file__).resolve().parent.parent
PLANS, INSPECTION, REFERRAL = "aftersales_plans", "aftersales_inspection", "aftersales_referral"
FORBIDDEN = {
    PLANS: {INSPECTION, REFERRAL},
    INSPECTION: {REFERRAL},
    REFERRAL: {INSPECTION},
}
ALLOWED_DEPENDS = {
    PLANS: {"sale_stock", "stock_account", "portal", "calendar", "rating"},
    INSPECTION: {PLANS, "fieldservice"},
    REFERRAL: {PLANS, "sale_loyalty", "sale_margin", "account"},
}
SPOKEN = {".py", ".xml", ".csv", ".js", ".html", ".rst", ".md", ".scss"}
COMMENTS = {".py": "#", ".js": "//", ".scss": "//"}
LICENSES = {PLANS: "LGPL-3", INSPECTION: "AGPL-3", REFERRAL: "LGPL-3"}


def manifest(module):
    return ast.literal_eval((ROOT / module / "__manifest__.py").read_text())


def code_files(module, suffixes):
    """Return the files of a module that run in production: its tests may look around."""
    return [
        path
        for path in (ROOT / module).rglob("*")
        if path.suffix in suffixes and "tests" not in path.parts
    ]


def defined_names(module, own_fields):
    """Return the models a module makes, the fields it puts on others', and its records.

    Of fields and records only names of several words, which mean nothing else.

    :param own_fields: whether the fields of its own models count too
    """
    names = set()
    for path in code_files(module, {".py"}):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                names |= names_of_class(node, own_fields)
    for path in code_files(module, {".xml"}):
        names |= set(re.findall(r'<(?:record|template|menuitem)[^>]* id="(\w+)"', path.read_text()))
    return {name for name in names if "_" in name or "." in name}


def names_of_class(node, own_fields):
    """Return the names a class defines, as :func:`defined_names` says."""
    values = {
        statement.targets[0].id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    model = ast.literal_eval(values["_name"]) if "_name" in values else ""
    names = {model} if model.startswith("aftersales.") else set()
    if own_fields or not model:
        names |= {n for n, value in values.items() if ast.unparse(value).startswith("fields.")}
    return names


def imported_modules(path):
    """Return the absolute names a Python file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def calls(path, name):
    """Return the lines on which ``name`` is called in a Python file."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) == name
    ]


class TestBoundaries(TestCase):
    def test_modules_depend_on_what_the_design_allows(self):
        for module, allowed in ALLOWED_DEPENDS.items():
            self.assertEqual(set(manifest(module)["depends"]), allowed, module)
            self.assertEqual(manifest(module)["license"], LICENSES[module])

    def test_every_source_file_names_the_licence_of_its_module_first(self):
        for module, licence in LICENSES.items():
            files = [path for path in project.files(module) if path.suffix in COMMENTS]
            self.assertGreater(len(files), 100)
            for path in files:
                line = f"{COMMENTS[path.suffix]} SPDX-License-Identifier: {licence}.0-or-later\n"
                self.assertTrue((ROOT / path).read_text().startswith(line), path)

    def test_no_module_names_one_it_must_not_know(self):
        for module, forbidden in FORBIDDEN.items():
            for path in code_files(module, SPOKEN):
                for name in forbidden:
                    self.assertNotIn(name, path.read_text(), path)

    def test_no_module_names_what_only_a_sibling_defines(self):
        """No model, field or record of a sibling stands anywhere: in code, strings or views."""
        for module, siblings in FORBIDDEN.items():
            known = defined_names(module, own_fields=True) | defined_names(PLANS, own_fields=True)
            for sibling in siblings:
                foreign = defined_names(sibling, own_fields=False) - known
                self.assertGreater(len(foreign), 50, f"{sibling}: its names are not found")
                for path in code_files(module, SPOKEN):
                    words = set(re.findall(r"[\w.]+", path.read_text()))
                    words |= {part for word in words for part in word.split(".")}
                    self.assertFalse(foreign & words, path)

    def test_plans_has_no_word_for_what_its_siblings_do(self):
        # "Referrer-Policy: no-referrer" is a header of HTTP (W3C), whatever it sounds like.
        words = re.compile(
            r"(?i)\b(fsm|field.?service|inspection|(?<!no-)referr(?!er-Policy)|commission|payout"
            r"|loyalty)"
        )
        for path in code_files(PLANS, SPOKEN):
            self.assertNotRegex(path.read_text(), words, path)

    def test_calc_is_pure(self):
        for module in FORBIDDEN:
            files = list((ROOT / module / "calc").rglob("*.py"))
            self.assertTrue(files, module)
            for path in files:
                imported = set(imported_modules(path))
                self.assertFalse({n for n in imported if n.split(".")[0] == "odoo"}, path)
                if "tests" not in path.parts:
                    for call in ("today", "now", "_", "gettext"):
                        self.assertFalse(calls(path, call), f"{path} calls {call}()")

    def test_no_text_is_run_as_code(self):
        for module in FORBIDDEN:
            for path in code_files(module, {".py", ".xml", ".js"}):
                words = re.findall(r"\b(?:safe_eval|t-raw)\b", path.read_text())
                self.assertEqual(words, [], path)

    def test_a_state_is_written_in_one_place(self):
        """Only ``_set_state`` writes a ``state``, and there is one ``_set_state``."""
        gates = [
            path
            for module in FORBIDDEN
            for path in code_files(module, {".py"})
            if "def _set_state" in path.read_text()
        ]
        self.assertEqual([path.name for path in gates], ["state_gate.py"])
        for module in FORBIDDEN:
            for path in code_files(module, {".py"}):
                tree = ast.parse(path.read_text())
                functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
                for function in functions:
                    if function.name != "_set_state":
                        self.assertFalse(list(state_writes(function)), f"{path}:{function.name}")

    def test_manifests_list_every_data_file(self):
        for module in FORBIDDEN:
            content = manifest(module)
            listed = set(content["data"]) | set(content.get("demo", []))
            for folder in ("data", "demo", "security", "views", "report", "wizard"):
                for path in (ROOT / module / folder).glob("*"):
                    if path.suffix in {".xml", ".csv"}:
                        self.assertIn(f"{folder}/{path.name}", listed, path)

    def test_versions_agree_with_the_changelog(self):
        changelog = (ROOT / "CHANGELOG.md").read_text()
        for module in FORBIDDEN:
            self.assertIn(manifest(module)["version"], changelog)


def state_writes(function):
    """Yield ``x.state = …`` and ``x.write({"state": …})`` inside a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            yield from (
                target
                for target in node.targets
                if isinstance(target, ast.Attribute) and target.attr == "state"
            )
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "write":
            for argument in node.args:
                if isinstance(argument, ast.Dict):
                    yield from (
                        key
                        for key in argument.keys
                        if isinstance(key, ast.Constant) and key.value == "state"
                    )
