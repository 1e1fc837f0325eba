"""Our tests pass beside the add-ons of others that meet most of what we do.

That is the short form of `make neighbours` (tools/neighbours.py), which asks every test, beside
everything it names, and asks Odoo's own tests beside us.
"""

import ast
import subprocess
import sys

import pytest

from tools import databases, neighbours, project

#: What fills the form and the activities of a visit, holds taxes back from payouts, and takes
#: store credit at the till.
MODULES = ["fieldservice_activity", "fieldservice_stock"]
MODULES += ["l10n_account_withholding_tax", "pos_loyalty"]
VISITS = ("visit", "visit_part")
TESTS = [
    *(f"aftersales_inspection/tests/test_{name}.py" for name in VISITS),
    *(f"aftersales_referral/tests/test_{n}.py" for n in ("payout_bill", "payout_credit")),
    "aftersales_referral/tests/test_credit_program.py",
]
ASKED = "aftersales_inspection or withh or till"


def test_our_tests_pass_beside_those_that_meet_most(tmp_path):
    not_asked = [f"--deselect={test}" for test in neighbours.not_asked()]
    with databases.copy(databases.TEST_TEMPLATE, "neighbours") as database:
        databases.install(database, MODULES)
        options = [f"--odoo-database={database}", f"--odoo-addons-path={project.ROOT}"]
        options += [f"--odoo-extra=data-dir={tmp_path}", "-p", "no:cacheprovider", "-q"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *not_asked, "-k", ASKED, *TESTS],
            cwd=project.ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " skipped" not in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("test", neighbours.not_asked())
def test_what_is_not_asked_is_one_of_our_tests_or_of_those_we_watch(test):
    path, *names = test.split("::")
    addon = path.split("/")[0]
    if addon in neighbours.WATCHED:
        return
    node = ast.parse((project.ROOT / path).read_text())
    for name in names:
        node = next((one for one in node.body if getattr(one, "name", "") == name), None)
        assert node, f"there is no {test}"


def test_each_test_ends_the_same_way_with_us_unless_it_is_listed():
    alone = {"a": "passed", "b": "failed", "c": "passed", "d": "passed", "gone": "passed"}
    beside = {"a": "passed", "b": "failed", "c": "failed", "d": "failed", "new": "passed"}
    assert neighbours.compared(alone, beside, {"d": "reason"}) == {
        "a": "passed",
        "b": "passed",
        "c": "failed",
        "d": "not asked",
        "gone": "failed",
        "new": "failed",
    }


def test_a_listed_difference_that_is_none_is_told():
    ends = {"a": "passed"}
    known = {"a": "no longer", "gone": "no such test"}
    assert neighbours.compared(ends, ends, known) == {"a": "failed", "gone": "failed"}
