"""The proofs of docs/reliability.md are there, whole, and as large as they say."""

import ast
import re

import pytest

from tools import project, proofs

LISTED = proofs.listed()
#: Variables of tests that make no proof larger: how much is printed, how long or old it is.
OTHERS = {"YEAR_SHOWN", "COMPANY_SHOWN", "CREDIT_STEPS", "LEDGER_OLD_ROWS", "PROOF_SEED"}
#: Goals whose proofs are classes named for them, each shown able to fail.
NAMED = [f"R{number}" for number in range(1, 12)]


def defined(tree):
    """Return the names of a module's classes and functions, and of the tests in its classes."""
    names = set()
    for node in tree.body:
        names.add(getattr(node, "name", ""))
        names |= {f"{node.name}::{one.name}" for one in methods(node)}
    return names


def methods(node):
    """Return the methods of a class, nothing of anything else."""
    body = node.body if isinstance(node, ast.ClassDef) else []
    return [one for one in body if isinstance(one, ast.FunctionDef)]


@pytest.mark.parametrize("proof", LISTED, ids=lambda proof: f"{proof.goal} {proof.name}")
def test_a_proof_is_in_its_file_which_reads_its_variable(proof):
    source = (project.ROOT / proof.file).read_text()
    assert proof.name in defined(ast.parse(source))
    if proof.variable:
        assert f'os.environ.get("{proof.variable}"' in source
        assert proof.number.isdecimal()


def test_every_goal_is_shown():
    text, _proofs = proofs.TABLE.read_text().split("## The proofs")
    goals = re.findall(r"^\| (\w+) \| [^|]+ \|$", text, re.MULTILINE)[1:]
    assert goals[:11] == [f"R{number}" for number in range(1, 12)]
    assert {proof.goal for proof in LISTED} == set(goals)


@pytest.mark.parametrize("goal", NAMED)
def test_the_proofs_of_a_goal_are_named_for_it_and_shown_able_to_fail(goal):
    names = {proof.name for proof in LISTED if proof.goal == goal}
    assert all(re.match(rf"Test{goal}[A-Z]", name) for name in names), names
    able = proofs.TABLE.read_text().split("## Able to fail")[1].split("## ")[0]
    rows = re.findall(rf"^\| {goal} \| `(.+)` \| .+ \| `(.+)` \|$", able, re.MULTILINE)
    assert rows
    for file, name in rows:
        assert name in defined(ast.parse((project.ROOT / file).read_text()))
    assert {name.split("::")[0] for name in names} == {name.split("::")[0] for _f, name in rows}


def test_every_variable_that_makes_a_test_larger_is_listed():
    files = [path for path in project.files() if path.match("test_*.py") and "tests" in path.parts]
    source = "".join((project.ROOT / path).read_text() for path in files)
    read = set(re.findall(r'int\(os\.environ\.get\("(\w+)"', source))
    assert read - OTHERS == {proof.variable for proof in LISTED} - {""}


def test_a_word_means_a_goal_or_a_part_of_a_name():
    assert {proof.goal for proof in LISTED if proof.is_meant(["R1"])} == {"R1"}
    assert {proof.goal for proof in LISTED if proof.is_meant(["killed", "R8"])} == {"R4", "R8"}


def test_a_failure_is_told_and_stops_no_other(capsys, monkeypatch):
    monkeypatch.setenv("CRASH_KILLS", "2")
    asked = []

    def pytest(tests, **variables):
        asked.append((tests.split("::")[0], variables))
        return len(asked) == 1

    assert proofs.run(["R4"], pytest) == 1
    assert asked == [("tests/test_crash.py", {"CRASH_KILLS": "2"})] * 2
    table = capsys.readouterr().out.split("\n\n")[-1]
    assert re.findall(r"R4 +2 +20260315 +(\w+)", table) == ["FAILED", "passed"]
