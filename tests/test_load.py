"""The pieces of `make load` stand: what it plays exists, and what it looks at can be wrong."""

import ast
import doctest
import os
import subprocess

import psutil
import pytest

from odoo.tests import TransactionCase, tagged

from benchmarks.load import aftermath, browser, crew, form
from tools import load, project
from tools.steps import Failed

SCRIPTS = [path for path in project.files("benchmarks/load") if path.suffix == ".py"]
START = "2026-03-15 10:00:00,000 7 "
MET = "ERROR: could not serialize access due to concurrent update"
BUTTONS = {"create_invoices", "dont_send_sms", "button_validate"}  # without action_ before it


@pytest.mark.parametrize("module", [browser, crew, form], ids=lambda module: module.__name__)
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("arguments", [["x"], ["1", "0"], ["-1"], ["1", "2", "3"]])
def test_a_size_that_makes_no_sense_is_refused(arguments):
    with pytest.raises(Failed):
        load.asked(arguments)


def test_only_the_usual_size_is_kept():
    assert load.asked([]).is_full
    assert load.asked(["0.5"]) == (0.5, 12) and not load.asked(["0.5"]).is_full


def test_what_odoo_repeated_is_no_error(tmp_path):
    log = tmp_path / "server.log"
    query = f"{START}ERROR db odoo.sql_db: bad query: UPDATE x\n"
    again = (
        f"{START}INFO db odoo.service.model: SERIALIZATION_FAILURE, 4 tries left, try again in 1"
    )
    log.write_text(f"{query}{MET}\n{again}\n")
    assert load.read_log(log) == (1, [])
    log.write_text(f"{query}ERROR: division by zero\n")
    assert load.read_log(log) == (0, ["odoo.sql_db: bad query: ERROR: division by zero"])
    job = f"{START}ERROR db odoo.addons.base.models.ir_cron: Job 'x' failed\nTraceback:\n"
    log.write_text(f"{job}{MET}\n{MET}\n{job}KeyError: 1\n")
    assert load.read_log(log) == (1, ["odoo.addons.base.models.ir_cron: Job 'x' failed"])
    ended = f"{START}INFO db odoo.service.server: Worker (7) virtual memory limit (9) reached."
    log.write_text(f"{ended}\n{START}CRITICAL ? odoo: gone\n")
    assert len(load.read_log(log)[1]) == 2


def test_each_process_is_called_what_its_log_says(tmp_path):
    log = tmp_path / "server.log"
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        log.write_text(f"{START}INFO db odoo.service.server: Worker WorkerHTTP ({child.pid}) alive")
        found = load.processes(psutil.Process(), log)
        kinds = {process.pid: process.kind for process in found}
        child.stdin.close()
    assert (kinds[os.getpid()], kinds[child.pid]) == ("master", "WorkerHTTP")


@tagged("post_install", "-at_install")
class TestLoad(TransactionCase):
    def texts(self):
        """Yield every text of the scripts."""
        for path in SCRIPTS:
            tree = ast.parse((project.ROOT / path).read_text())
            yield from (
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )

    def test_what_is_named_exists(self):
        texts = set(self.texts())
        methods = {name for model in self.env.registry.values() for name in dir(model)}
        buttons = {text for text in texts if text in BUTTONS or text.startswith("action_")}
        self.assertLessEqual(buttons - {"action_id"}, methods)
        modules = ("aftersales_", "fieldservice.", "sale.action", "stock.action", "account.action")
        ids = {
            text
            for text in texts
            if text.startswith(modules) and text.count(".") == 1 and " " not in text
            if ".product_" not in text  # of the demo
        }
        for name in ids:
            self.assertTrue(self.env.ref(name, raise_if_not_found=False), name)
        for group in {group for role in crew.CREW for group in role.groups}:
            self.assertTrue(self.env.ref(group))

    def test_a_counter_that_is_wrong_is_found(self):
        self.assertEqual(aftermath.differences(self.env), [])
        self.env.ref("aftersales_plans.cron_backfill").failure_count = 1
        self.env.flush_all()
        (found,) = aftermath.differences(self.env)
        self.assertIn("a daily job failed", found)
