"""What the documents and data files name exists, and is named once."""

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from tools import project

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (project.ROOT / "README.md").read_text().splitlines()
    if line.startswith("| ") and "`" in line
]
FILES = {path.as_posix() for path in project.files()}


def found(name, near):
    """Return the file README calls ``name``, which may leave out the add-on of ``near``."""
    addon = near.split("/")[0] if near else ""
    for path in (name, f"{addon}/{name}", f"{addon}/models/{name}"):
        if path in FILES:
            return path
    return None


@pytest.mark.parametrize("rule, where, proof", ROWS, ids=[row[0] for row in ROWS])
def test_the_readme_points_to_what_is_there(rule, where, proof):
    path = None
    for word in re.findall(r"`([^`]+)`", where):
        if "." in word:
            path = found(word, path)
            assert path, f"{word} does not exist"
        else:
            source = (project.ROOT / path).read_text()
            assert re.search(rf"\b(def|class) {word}\b|^    {word} = ", source, re.M), word
    for word in re.findall(r"`([^`]+)`", proof):
        if word.endswith(".py"):
            pattern = re.escape(word).replace(r"\*", ".*") + "$"
            assert any(re.search(rf"(^|/){pattern}", path) for path in FILES), word


def test_no_rule_stands_twice_in_the_readme():
    assert [rule for rule, times in Counter(row[0] for row in ROWS).items() if times > 1] == []


@pytest.mark.parametrize("addon", project.ADDONS)
def test_no_record_of_an_addon_is_overwritten_by_another_file(addon):
    """Of two records with one id the later takes the earlier's place, and nothing says so."""
    ids = Counter(
        record.get("id")
        for path in FILES
        if path.startswith(f"{addon}/") and path.endswith(".xml") and "/static/" not in path
        for record in ElementTree.parse(project.ROOT / path).iter()
        if record.tag in ("record", "menuitem", "template") and record.get("id")
    )
    assert [name for name, times in ids.items() if times > 1] == []


def test_the_architecture_names_files_and_methods_that_are_there():
    names = set(re.findall(r"`([^`\s]+)`", (project.ROOT / "docs/architecture.md").read_text()))
    python = [path for path in FILES if path.endswith(".py")]
    files = {name for name in names if name.endswith(".py")}
    assert {
        name for name in files if not any(f"/{p}".endswith(f"/{name}") for p in python)
    } == set()
    source = "\n".join((project.ROOT / path).read_text() for path in python)
    known = set(re.findall(r"(?:\bdef |^    )(_\w+)(?:\(| = )", source, re.M))
    assert {name.split(".")[-1] for name in names if re.search(r"(^|\.)_\w+$", name)} <= known
