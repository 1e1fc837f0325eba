# SPDX-License-Identifier: LGPL-3.0-or-later
import doctest
import importlib
import pkgutil
from unittest import TestCase

from ... import calc


class TestExamples(TestCase):
    """What the docstrings of this package show."""

    def test_every_example_is_true(self):
        for found in pkgutil.iter_modules(calc.__path__, f"{calc.__name__}."):
            with self.subTest(found.name):
                module = importlib.import_module(found.name)
                self.assertEqual(doctest.testmod(module).failed, 0)
