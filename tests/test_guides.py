"""The buttons, menus and fields that the pages of the roles name are called so on the screens."""

import re
from html import unescape
from pathlib import Path

import pytest

import odoo.addons

from tools import project

GUIDES = [path for path in project.files("docs/roles") if path.suffix == ".md"]
#: Modules of others whose screens the roles use.
OTHERS = (
    "base",
    "contacts",
    "fieldservice",
    "portal",
    "sale",
    "sales_team",
    "stock",
    "account",
    "web",
)
SENTENCE_ENDS = ".…:"


def named(guide):
    """Return what a page has in italics: each step of a path by itself, in one line."""
    text = re.sub(r"\*\*[^*]+\*\*", "", (project.ROOT / guide).read_text())
    paths = re.findall(r"\*([^*|]+)\*", text)
    steps = [step for path in paths for step in path.split("→")]
    return {" ".join(step.split()).strip(SENTENCE_ENDS + " ") for step in steps}


@pytest.fixture(scope="module")
def ours():
    """Return our sources as one text in one line."""
    texts = [
        (project.ROOT / path).read_text()
        for path in project.files(*project.ADDONS)
        if path.suffix in (".xml", ".py", ".js") and not {"tests", "i18n"} & set(path.parts)
    ]
    return unescape(" ".join(" ".join(texts).split()))


@pytest.fixture(scope="module")
def theirs():
    """Return the terms of others that can be translated."""
    folders = [Path(folder) / name for folder in odoo.addons.__path__ for name in OTHERS]
    texts = [path.read_text() for folder in folders for path in folder.glob("i18n/*.pot")]
    return {unescape(term) for text in texts for term in re.findall('^msgid "(.*)"$', text, re.M)}


@pytest.mark.parametrize("guide", GUIDES, ids=[path.stem for path in GUIDES])
def test_what_a_page_names_is_on_the_screens(guide, ours, theirs):
    names = named(guide)
    assert len(names) > 5
    assert [name for name in sorted(names - theirs) if not is_in(ours, name)] == []


def is_in(source, name):
    """Tell whether a source says a name: as a text, as its beginning, or by a field's own name."""
    if f" {name.lower().replace(' ', '_')} = fields." in source:
        return True
    return any(
        re.search(re.escape(f"{begin}{name}") + rf"[{SENTENCE_ENDS}]* ?[\"'<]", source)
        for begin in ('"', "'", ">", "> ", ". ")
    )
