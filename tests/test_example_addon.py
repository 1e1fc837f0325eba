"""The add-on of the developer's guide installs, does what the guide says, and goes again."""

import re
import subprocess
import sys

import psycopg2
import pytest

from tools import databases, project

NAME = "aftersales_training_credit"
EXAMPLES = project.ROOT / "docs/examples"
GUIDE = (project.ROOT / "docs/developer.md").read_text()
UNINSTALL = f"""
env["ir.module.module"].search([("name", "=", "{NAME}")]).button_immediate_uninstall()
"""


def run(tmp_path, *command, script=None):
    """Run Odoo with the folder of examples on its path; its output is the message if it fails."""
    options = [
        f"--addons-path={project.ROOT},{EXAMPLES}",
        f"--data-dir={tmp_path}",
        "--http-interface=127.0.0.1",
        "--no-http",
        "--max-cron-threads=0",
    ]
    odoo = [sys.executable, "-m", "odoo", *command[:1], *options, *command[1:]]
    done = subprocess.run(odoo, cwd=tmp_path, capture_output=True, text=True, input=script)
    log = done.stdout + done.stderr
    assert not done.returncode and not re.search(r" (ERROR|CRITICAL) ", log), log
    return log


def ask(database, query):
    """Return the rows of a query."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the example beside our add-ons and run its own tests; return database and log."""
    tmp_path = tmp_path_factory.mktemp("example")
    with databases.copy(databases.TEST_TEMPLATE, "example") as database:
        asked = [f"--init={NAME}", f"--test-tags=/{NAME}", "--stop-after-init"]
        yield database, run(tmp_path, "server", f"--database={database}", *asked), tmp_path


def test_its_own_tests_see_the_benefit_and_the_cause_at_work(installed):
    _database, log, _tmp_path = installed
    (counted,) = re.findall(r"0 failed, 0 error\(s\) of (\d+) tests", log)
    tests = (EXAMPLES / NAME / "tests/test_training.py").read_text()
    assert int(counted) == len(re.findall(r"^    def test_", tests, re.M)) > 5


def test_it_goes_without_residue(installed):
    database, _log, tmp_path = installed
    run(tmp_path, "shell", f"--database={database}", script=UNINSTALL)
    columns = "SELECT 1 FROM information_schema.columns WHERE column_name = 'training_sessions'"
    assert ask(database, columns) == []
    assert ask(database, "SELECT 1 FROM pg_class WHERE relname = 'aftersales_training'") == []
    assert ask(database, f"SELECT name FROM ir_model_data WHERE module = '{NAME}'") == []


def test_the_guide_shows_every_file_of_it():
    files = project.files(f"docs/examples/{NAME}")
    shown = [
        path for path in files if path.suffix in (".py", ".xml") and path.name != "__init__.py"
    ]
    assert len(shown) > 8
    assert [path for path in shown if path.name not in GUIDE] == []


def test_no_distribution_or_list_of_add_ons_knows_it():
    assert NAME not in project.ADDONS
    assert not [path for path in project.installed_files() if "examples" in path.parts]
