"""What the code of the add-ons never does, read from the source: no database needed."""

import ast
from unittest import TestCase

from .test_boundaries import FORBIDDEN, ROOT, code_files

#: Run text as code.
RUNNERS = {"eval", "exec", "safe_eval", "test_python_expr"}
#: Take SQL; what is not :class:`odoo.tools.SQL` must be written out.
QUERIES = {"SQL", "execute", "execute_query", "executemany"}
#: (file, argument): pieces of SQL that only our own code gives.
PIECES = {("stored_column.py", "kind"), ("contract_goods.py", "younger")}
#: (file, variable): notes of activities, which are markup, that were made of plain text before.
NOTES = {("work_off.py", "note"), ("plan_approval_follow.py", "note")}


def calls(tree):
    """Yield (name, node) of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", None) or getattr(node.func, "attr", ""), node


def is_written_out(node):
    """Tell whether a text stands in the code: a literal, or a constant by its name."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Constant) or getattr(node, "id", "a").isupper()


def is_built(node):
    """Tell whether a text is put together: by %, +, format, join or an f-string."""
    built = getattr(getattr(node, "func", None), "attr", "") in {"format", "join", "replace"}
    return built or isinstance(node, (ast.BinOp, ast.JoinedStr))


def faults(name, text):
    """Yield (line, what is wrong) of the source of a file called ``name``."""
    for called, node in calls(ast.parse(text)):
        first = node.args[0] if node.args else ast.Constant("")
        if called in RUNNERS:
            yield node.lineno, f"{called} runs text as code"
        if called == "Markup" and not is_written_out(first):
            yield node.lineno, "Markup of what is not written out"
        if called == "SQL" and not is_written_out(first):
            if (name, ast.unparse(first)) not in PIECES:
                yield node.lineno, "SQL that is not written out"
        if called in QUERIES and is_built(first):
            yield node.lineno, "SQL built from strings"
        if called == "activity_schedule" and takes_for_markup(name, node):
            yield node.lineno, "plain text as the markup of an activity's note"
        if called == "route" and node.args:
            yield from ((node.lineno, fault) for fault in route_faults(node))


def takes_for_markup(name, node):
    """Tell whether an activity gets a note that :func:`plaintext2html` did not make."""
    notes = [keyword.value for keyword in node.keywords if keyword.arg == "note"]
    return any(
        getattr(getattr(note, "func", None), "id", "") != "plaintext2html"
        and (name, ast.unparse(note)) not in NOTES
        for note in notes
    )


def route_faults(node):
    """Yield what a route leaves to chance."""
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    for name in ("type", "auth", "methods"):
        if name not in given:
            yield f"a route without {name}"
    if "csrf" in given or "cors" in given:
        yield "a route others may post to"


class TestStatic(TestCase):
    def test_no_file_does_what_is_forbidden(self):
        found = [
            f"{path.relative_to(ROOT)}:{line} {fault}"
            for module in FORBIDDEN
            for path in code_files(module, {".py"})
            for line, fault in faults(path.name, path.read_text())
        ]
        self.assertEqual(found, [])

    def test_each_fault_is_found(self):
        for code in (
            "eval(text)",
            "safe_eval(text, {})",
            "Markup(text)",
            "Markup(f'<p>{name}</p>')",
            "Markup('<p>%s</p>' % name)",
            "cr.execute(f'SELECT {name}')",
            "cr.execute('SELECT ' + name)",
            "env.execute_query(SQL(query))",
            "SQL('SELECT %s' % name)",
            "SQL(' '.join(parts))",
            "record.activity_schedule(KIND, note=name)",
            "record.activity_schedule(KIND, note=env._('For %s', name))",
            "@route('/my/x', type='http', auth='user')\ndef x(): pass",
            "@route('/my/x', type='http', methods=['GET'])\ndef x(): pass",
            "@route('/x', type='http', auth='public', methods=['POST'], csrf=False)\ndef x(): pass",
        ):
            self.assertTrue(list(faults("any.py", code)), code)

    def test_what_is_written_out_passes(self):
        for code in (
            "Markup('<p>%s</p>') % name",
            "Markup('').join(rows)",
            "record.activity_schedule(KIND, note=plaintext2html(name))",
            "env.execute_query(SQL('SELECT %s', SQL.identifier(name)))",
            "@route('/my/x', type='http', auth='user', methods=['GET'])\ndef x(): pass",
        ):
            self.assertEqual(list(faults("any.py", code)), [], code)
