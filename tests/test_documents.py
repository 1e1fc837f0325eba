"""What the documents and data files name exists, and is named once."""

import ast
import os
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import project
from tools.__main__ import COMMANDS

README = (project.ROOT / "README.md").read_text()
TABLES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in README.splitlines()
    if line.startswith("| ") and "`" in line
]
ROWS = [row for row in TABLES if len(row) == 3]  # where does X happen?
ARCHITECTURE = (project.ROOT / "docs/architecture.md").read_text()
DEVELOPER = (project.ROOT / "docs/developer.md").read_text()
FILES = {path.as_posix() for path in project.files()}
PAGES = sorted(name for name in FILES if name.endswith(".md"))


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


def test_the_commands_the_readme_names_are_there():
    named = set(re.findall(r"`make (\w+)", README))
    assert {"demo", "test", "proof"} <= named <= set(COMMANDS)


@pytest.mark.parametrize("page", [ARCHITECTURE, DEVELOPER], ids=["architecture", "developer"])
def test_what_a_page_names_is_there(page):
    """A method that is renamed leaves its old name in nobody's head."""
    named = set(re.findall(r"`([^`\n]+)`", page))
    files = {name for name in named if re.fullmatch(r"[\w/.]+\.(py|md|xml|js)", name)}
    assert len(named) > 100
    assert [name for name in files if not any(is_called(path, name) for path in FILES)] == []
    code = [
        path for path in FILES if path.endswith((".py", ".xml", ".js")) and "tests/" not in path
    ]
    source = "\n".join((project.ROOT / path).read_text() for path in code)
    words = set(re.findall(r"\w+", source))
    defined = set(re.findall(r"(?:\bdef |^    )(_\w+)(?:\(| = )", source, re.M))
    names = {name for name in named - files if re.fullmatch(r"[a-z_][\w.]*", name)}
    assert [name for name in names if not words.issuperset(name.split("."))] == []
    assert {name.split(".")[-1] for name in names if re.search(r"(^|\.)_\w+$", name)} <= defined


def is_called(path, name):
    """Tell whether the file at ``path`` is the one the page calls ``name``."""
    return f"/{path}".endswith(f"/{name.removeprefix('../')}")


def test_the_contents_of_the_architecture_are_its_headings():
    anchors = anchors_of(re.sub(r"^# .*", "", ARCHITECTURE))
    assert re.findall(r"\]\(#([\w-]+)\)", ARCHITECTURE) == anchors


def prose(name):
    """Return the text of a page without what is shown as code."""
    text = (project.ROOT / name).read_text()
    return re.sub(r"`[^`\n]*`", "``", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))


def anchors_of(text):
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S), re.M)
    words = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles]
    anchors = [re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in words]
    times = Counter()
    for number, anchor in enumerate(anchors):
        anchors[number] += f"-{times[anchor]}" if times[anchor] else ""
        times[anchor] += 1
    return anchors


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_of_a_page_leads_somewhere(name):
    wrong = []
    for target in re.findall(r"\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)", prose(name)):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue  # to the world outside; nobody is asked while testing
        path, _hash, anchor = target.partition("#")
        page = Path(os.path.normpath(Path(name).parent / path)) if path else Path(name)
        folder = f"{page.as_posix()}/"
        if page.as_posix() not in FILES and not any(one.startswith(folder) for one in FILES):
            wrong.append(target)
        elif anchor and anchor not in anchors_of((project.ROOT / page).read_text()):
            wrong.append(target)
    assert wrong == []


def menus():
    """Return {id: (name, id of the menu above)} of the add-ons' menus."""
    found = {}
    for path in FILES:
        if not path.endswith("menus.xml") or path.split("/")[0] not in project.ADDONS:
            continue
        addon = path.split("/")[0]
        for item in ElementTree.parse(project.ROOT / path).iter("menuitem"):
            above = item.get("parent") or ""
            above = above if not above or "." in above else f"{addon}.{above}"
            found[f"{addon}.{item.get('id')}"] = (item.get("name"), above)
    return found


MENUS = menus()
ROOT_MENU = "aftersales_plans.menu_root"


def is_a_way(names):
    """Tell whether menus of these names stand one below the other, from any menu on."""
    ends = [(one, list(names)) for one, (name, _above) in MENUS.items() if name == names[-1]]
    for menu, left in ends:
        while left and menu in MENUS and MENUS[menu][0] == left[-1]:
            left.pop()
            menu = MENUS[menu][1]
        if not left:
            return True
    return False


@pytest.mark.parametrize("name", [name for name in PAGES if name != "CHANGELOG.md"])
def test_the_way_to_a_menu_is_the_one_on_the_screen(name):
    """Ways that begin in our application; the history keeps the names of its time."""
    ours = {MENUS[ROOT_MENU][0]} | {name for name, above in MENUS.values() if above == ROOT_MENU}
    told = re.findall(r"\*([^*\n|]*→[^*|]*?)\*", prose(name))
    ways = [[" ".join(part.split()) for part in way.split("→")] for way in told]
    assert [" → ".join(way) for way in ways if way[0] in ours and not is_a_way(way)] == []


def test_every_tour_is_started_by_a_test_and_told_of_once():
    tours = [path for path in FILES if path.endswith("_tour.js")]
    told = re.findall(r"`(\w+_tour\.js)`", ARCHITECTURE)
    assert sorted(told) == sorted(path.rsplit("/", 1)[1] for path in tours)
    tests = "\n".join((project.ROOT / path).read_text() for path in FILES if "/test_" in path)
    for path in tours:
        names = re.findall(r'\.add\("(\w+)"', (project.ROOT / path).read_text())
        assert names
        assert [name for name in names if f'"{name}"' not in tests] == []


def journeys():
    """Yield (folder, cell) of the tables in docs/architecture.md that name methods and files."""
    folder = ""
    for line in ARCHITECTURE.splitlines():
        heading = re.search(r"its file in `([^`]+)`", line)
        folder = heading[1] if heading else folder if line.startswith("|") else ""
        if folder and not heading and "`" in line:
            yield folder, line.strip("|").split("|")[1]


@pytest.mark.parametrize("folder, cell", list(journeys()))
def test_each_step_of_a_journey_is_where_the_documents_say(folder, cell):
    """Methods are followed by the file that defines them."""
    methods = []
    for word in re.findall(r"`([^`]+)`", cell):
        if not word.endswith(".py"):
            methods.append(word)
            continue
        path = (project.ROOT / word) if "/models/" in word else (project.ROOT / folder / word)
        for method in methods:
            assert f"def {method}(" in path.read_text(), f"{method} is not in {word}"
        methods = []
    assert not methods, f"{methods}: in which file?"


def test_each_hook_of_the_developers_guide_is_where_it_says():
    folder, found = "", 0
    for line in DEVELOPER.splitlines():
        heading = re.search(r"^\| Hook \| File in `([^`]+)`", line)
        folder = heading[1] if heading else folder if line.startswith("|") else ""
        if not folder or "`" not in line or heading:
            continue
        hooks, path = line.strip("|").split("|")[:2]
        source = (project.ROOT / folder / path.strip(" `")).read_text()
        for hook in re.findall(r"`([^`]+)`", hooks):
            found += 1
            assert f"def {hook}(" in source, f"{hook} is not in {path}"
    assert found > 35


def sentences():
    """Yield (page, sentence) of what tables of the guides quote from the screen; … is a gap."""
    for name, heading in (
        ("docs/administrator.md", "Troubleshooting"),
        ("docs/accounting.md", "The nightly check"),
    ):
        section = (project.ROOT / name).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
        for line in section.splitlines():
            said = re.findall(r"\*([^*]+)\*", line.split("|")[1]) if line.startswith("|") else []
            yield from ((name, one) for one in said if "…" in one or one.endswith("."))


def literals():
    """Return all texts of the add-ons' code, as Python joins them."""
    code = [path for path in FILES if path.endswith(".py") and path.split("/")[0] in project.ADDONS]
    trees = [ast.parse((project.ROOT / path).read_text()) for path in code if "/tests/" not in path]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def test_what_the_guides_quote_is_what_the_screen_says():
    known, told = "\n".join(literals()), list(sentences())
    assert len(told) > 20
    assert [one for one in told if not re.search(pattern_of(one[1]), known, re.I)] == []


def pattern_of(sentence):
    """Return the pattern of a quoted sentence; a gap may be anything that is filled in."""
    parts = [re.escape(part.strip()) for part in sentence.split("…") if part.strip()]
    return ".*".join(parts)


def test_the_administrators_guide_tells_of_every_job_and_of_every_mail_template():
    guide = (project.ROOT / "docs/administrator.md").read_text()
    section = guide.split("\n## Scheduled jobs\n")[1].split("\n## ")[0]
    told = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")]
    jobs = [name.removeprefix("After-Sales: ") for name in names_of("ir.cron")]
    assert sorted(told[2:]) == sorted(jobs)
    mails = guide.split("\n## Mails\n")[1].split("\n## ")[0].lower()
    words = [word for name in names_of("mail.template") for word in re.split(r": |, ", name)]
    assert [word for word in words if word.lower() not in mails] == []


def names_of(model):
    """Return the names of the records of a model in the add-ons' data."""
    return [
        record.find("field[@name='name']").text
        for path in FILES
        if path.endswith(".xml") and path.split("/")[0] in project.ADDONS and "/data/" in path
        for record in ElementTree.parse(project.ROOT / path).iter("record")
        if record.get("model") == model
    ]


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
