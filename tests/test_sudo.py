"""Every ``sudo()`` has its reason beside it, read from the source: no database needed.

The reason stands where a function becomes superuser first: as a comment in that statement or right
above it, or in a docstring that says ``superuser``. It holds for the rest of the function.
``python -m tests.test_sudo`` prints the list, with the function, its reason and the line.
"""

import ast
import io
import tokenize
from pathlib import Path
from unittest import TestCase

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")
FUNCTIONS = (ast.FunctionDef, ast.Lambda)


class Source:
    """One file: where it becomes superuser, and what its comments say."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        }
        self.tree = ast.parse(text)
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    def up(self, node, kinds):
        """Return the nearest of ``kinds`` around ``node``; the file where there is none."""
        while not isinstance(node, (*kinds, ast.Module)):
            node = self.parents[node]
        return node

    def calls(self):
        """Yield what becomes superuser, in the order of the file; not what leaves it again."""
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "attr", None) == "sudo"
            and not any(getattr(argument, "value", None) is False for argument in node.args)
        ]
        return sorted(found, key=lambda node: (node.func.end_lineno, node.end_col_offset))

    def beside(self, call):
        """Return the comments in the statement of ``call`` and right above it."""
        statement = self.up(call, (ast.stmt,))
        body = getattr(statement, "body", None)
        first, last = statement.lineno, body[0].lineno - 1 if body else statement.end_lineno
        while first - 1 in self.comments and self.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        return " ".join(text for line, text in self.comments.items() if first <= line <= last)

    def reasons(self):
        """Yield (line, function, reason) of every call; the reason is empty where none is given."""
        known = {}
        for call in self.calls():
            function = self.up(call, (ast.FunctionDef,))
            said = isinstance(function, ast.FunctionDef) and ast.get_docstring(function) or ""
            said = " ".join(said.split()) if "superuser" in said else ""
            reason = known[function] = self.beside(call) or known.get(function) or said
            yield call.func.end_lineno, getattr(function, "name", ""), reason


def every_sudo():
    """Yield (path, line, function, reason) of every ``sudo()`` of the add-ons."""
    for module in MODULES:
        for path in sorted((ROOT / module).rglob("*.py")):
            if "tests" not in path.parts:
                reasons = Source(path.read_text()).reasons()
                yield from ((path.relative_to(ROOT), *row) for row in reasons)


class TestSudo(TestCase):
    def test_every_sudo_has_its_reason_beside_it(self):
        rows = list(every_sudo())
        self.assertGreater(len(rows), 500, "the calls are not found")
        silent = [
            f"{path}:{line} {function}" for path, line, function, reason in rows if not reason
        ]
        self.assertEqual(silent, [])

    def test_a_call_without_a_reason_is_found(self):
        for code, found in (
            ("def f(self):\n    return self.sudo().name", [""]),
            ("def f(self):\n    # why\n    return self.sudo().name", ["why"]),
            ("def f(self):\n    return self.sudo().name  # why", ["why"]),
            ('def f(self):\n    """Ask as superuser."""\n    self.sudo()', ["Ask as superuser."]),
            ("def f(self):\n    self.sudo()  # why\n    self.sudo()", ["why", "why"]),
            ("def f(self):\n    self.sudo()  # why\n\ndef g(self):\n    self.sudo()", ["why", ""]),
            ("def f(self):\n    # why not\n    x = 1\n    self.sudo(False)\n    self.sudo()", [""]),
        ):
            self.assertEqual([reason for *_where, reason in Source(code).reasons()], found, code)


if __name__ == "__main__":
    for row in every_sudo():
        print("{}:{}\t{}\t{}".format(*row))
