"""Every private name the add-ons use exists: a misspelt one fails only when it is met."""

import ast
from collections import namedtuple

from odoo import fields
from odoo.api import Environment
from odoo.tests import TransactionCase, tagged

from odoo.addons.portal.controllers.portal import CustomerPortal

from .test_boundaries import FORBIDDEN, ROOT, code_files

#: What is no model: Python's own rows, the environment with its ``_``, fields, pages online.
OTHERS = {
    name
    for one in (namedtuple("Row", "one"), Environment, fields.Selection, CustomerPortal)
    for name in dir(one)
}
#: Of add-ons that need not be there; whoever asks them has looked.
OTHERS.add("_prepare_withholding_amls_create_values")


def used(tree):
    """Yield (line, name) of every private attribute that is read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if node.attr.startswith("_") and not node.attr.startswith("__"):
                yield node.lineno, node.attr


def defined(tree):
    """Yield the names that functions, classes and assignments make."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield getattr(node, "id", None) or node.attr


@tagged("post_install", "-at_install")
class TestNames(TransactionCase):
    """Names are looked for in all models that are installed, and in the source of the add-ons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        files = [path for module in FORBIDDEN for path in code_files(module, {".py"})]
        cls.trees = {path.relative_to(ROOT): ast.parse(path.read_text()) for path in files}
        cls.known = OTHERS.union(*(dir(model) for model in cls.registry.values()))
        cls.known |= {name for tree in cls.trees.values() for name in defined(tree)}

    def unknown(self, trees):
        """Return the places where a name is used that nobody defines."""
        return [
            f"{path}:{line} {name}"
            for path, tree in trees.items()
            for line, name in used(tree)
            if name not in self.known
        ]

    def test_every_private_name_is_defined(self):
        self.assertEqual(self.unknown(self.trees), [])

    def test_a_misspelt_name_is_noticed(self):
        wrong = ast.parse("orders._tel_no_reward(refusal)")
        self.assertEqual(self.unknown({"wrong.py": wrong}), ["wrong.py:1 _tel_no_reward"])
