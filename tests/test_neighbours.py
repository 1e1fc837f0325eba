"""The list of what `make neighbours` does not ask is true, and so is what it compares.

The command itself takes long; `tests/test_satellites.py` asks a few tests beside a few neighbours.
"""

import ast

import pytest

from tools import neighbours, project


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
