"""Ruff and pylint-odoo are content, and so are the lint tests that Odoo runs on its own add-ons.

Odoo's classes look at every add-on on the path and at every model of the registry; here at ours,
and at the models we add or extend. What they only log is a finding too.
"""

import subprocess
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import TestCase

import pytest

from odoo.modules import Manifest
from odoo.modules.registry import Registry

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_index,
    test_naming,
    test_override_signatures,
    test_pofile,
)
from odoo.addons.test_lint.tests.test_dunderinit import TestDunderinit  # noqa: F401
from odoo.addons.test_lint.tests.test_i18n import TestI18n  # noqa: F401
from odoo.addons.test_lint.tests.test_jstranslate import TestJsTranslations  # noqa: F401
from odoo.addons.test_lint.tests.test_manifests import ManifestLinter  # noqa: F401
from odoo.addons.test_lint.tests.test_onchange_domains import TestOnchangeDomains  # noqa: F401
from odoo.addons.test_lint.tests.test_orm_import import (
    TestDunderinit as TestOrmImport,  # noqa: F401
)
from odoo.addons.test_lint.tests.test_routes import RoutesLinter  # noqa: F401
from odoo.addons.test_lint.tests.test_test_holes import TestTestHoles  # noqa: F401

from tools import lint, project

PotLinter = test_pofile.PotLinter
TestIndex = test_index.TestIndex
OF_REGISTRY = (test_docstring, test_naming, test_override_signatures)
#: Without an index of its own, as a constraint of the table has one that begins with it, or as it
#: is a field of others.
INDEXED_OTHERWISE = {
    "aftersales.entitlement.contract_id",
    "fsm.equipment.parent_id",
    "fsm.location.owner_id",
    "fsm.location.partner_id",
    "res.country.territory_id",
}


class Named:
    """A test that names everything it looks at: tell what is wrong of ours, all of it at once.

    There are 18,000 names, and each subtest would be reported.
    """

    def setUp(self):
        super().setUp()
        self.findings = []

    def tearDown(self):
        super().tearDown()
        self.assertFalse(self.findings, "\n".join(self.findings))

    @contextmanager
    def subTest(self, _message=None, **looked_at):
        self._subtest = SimpleNamespace(params=looked_at)
        try:
            yield
        except (AssertionError, TypeError, ValueError) as finding:
            if looked_at.get("module", project.ADDONS[0]) in project.ADDONS:
                self.findings.append(f"{looked_at}: {finding}")


class TestDocstring(Named, test_docstring.TestDocstring):
    pass


class TestNaming(Named, test_naming.TestNaming):
    pass


class TestOverrideSignatures(Named, test_override_signatures.TestLintOverrideSignatures):
    pass


@pytest.fixture(autouse=True)
def ours_alone(monkeypatch):
    """Show Odoo's tests our add-ons and models alone, and let nothing be told by a log."""
    ours = [Manifest.for_addon(addon) for addon in project.ADDONS]
    monkeypatch.setattr(Manifest, "all_addon_manifests", lambda: ours)
    monkeypatch.setattr(test_pofile, "get_modules", lambda: project.ADDONS)
    for reading in OF_REGISTRY:
        monkeypatch.setattr(reading, "Registry", models_of_ours)
    monkeypatch.setattr(test_docstring, "MODULES_TO_LINT", tuple(project.ADDONS))
    known = test_index.BTREE_INDEX_IGNORE_FIELDS | INDEXED_OTHERWISE
    monkeypatch.setattr(test_index, "BTREE_INDEX_IGNORE_FIELDS", known)
    with TestCase().assertNoLogs("odoo.addons.test_lint", "WARNING"):
        yield


def models_of_ours(database):
    """Return the models of the registry of which a class is ours, by name."""
    return {
        name: model
        for name, model in Registry(database).items()
        if any(getattr(part, "_module", None) in project.ADDONS for part in model.mro())
    }


@pytest.mark.parametrize("name", ["ruff", "format", "pylint-odoo"])
def test_the_tree_is_clean(name):
    command = lint.checks()[name]
    if name == "pylint-odoo":  # `make lint` looks at the tests too, in twice the time
        command.append("--ignore=tests")
    done = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stdout + done.stderr
