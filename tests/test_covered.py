"""docs/coverage.md names what is there, and `make coverage` holds it to what was run."""

import json
from collections import Counter

from tools import covered

TEXT = covered.PAGE.read_text()
ROW = "| `aftersales_plans/models/work_off.py` | `work_off`, `{}` |\n"


def report(folder, **missing):
    """Write what coverage.py reports: {function: lines missed} of one file; return the path."""
    functions = {name: {"missing_lines": lines} for name, lines in missing.items()}
    files = {"aftersales_plans/models/work_off.py": {"functions": functions}}
    path = folder / "report.json"
    path.write_text(json.dumps({"files": files}))
    return path


def page(folder, name):
    """Write a page of one row; return the path."""
    path = folder / "page.md"
    path.write_text(f"# Coverage\n\n| File | Functions |\n|-|-|\n{ROW.format(name)}")
    return path


def test_every_function_the_page_names_exists():
    named = covered.listed(TEXT)
    assert len(named) > 50
    assert covered.unknown(named) == []


def test_a_row_names_functions_and_no_file_has_two_rows_under_one_reason():
    for reason in TEXT.split("\n## ")[1:]:
        rows = [line.split(" | ") for line in reason.splitlines() if line.startswith("| `")]
        assert all(len(row) == 2 and "`" in row[1] for row in rows), rows
        assert [path for path, times in Counter(row[0] for row in rows).items() if times > 1] == []


def test_what_is_named_and_missed_is_no_finding(tmp_path, capsys):
    missing = {"work_off": [3], "give_once": [9], "fit_for": []}
    assert covered.run(report(tmp_path, **missing), page(tmp_path, "give_once")) == 0
    assert capsys.readouterr().out == ""


def test_what_is_missed_and_not_named_fails(tmp_path, capsys):
    missing = {"work_off": [3], "Some.fit_for": [9], "": [1]}
    assert covered.run(report(tmp_path, **missing), page(tmp_path, "(module)")) == 1
    told = capsys.readouterr().out
    assert "page.md does not say why:\n  aftersales_plans/models/work_off.py: fit_for\n" in told


def test_a_name_that_does_not_exist_fails(tmp_path, capsys):
    assert covered.run(report(tmp_path, work_off=[3]), page(tmp_path, "work_of")) == 1
    assert "which do not exist:\n  aftersales_plans/models/work_off.py: work_of\n" in (
        capsys.readouterr().out
    )
    assert covered.unknown({("nowhere.py", "work_off")}) == ["nowhere.py: work_off"]


def test_what_is_covered_by_now_is_told_and_fails_nothing(tmp_path, capsys):
    assert covered.run(report(tmp_path, work_off=[3]), page(tmp_path, "give_once")) == 0
    assert "ran every line this time:\n  aftersales_plans/models/work_off.py: give_once" in (
        capsys.readouterr().out
    )
