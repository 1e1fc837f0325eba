"""What holds for every test run: nothing is skipped in silence, and what fails names its seed."""

import re
import shutil

import freezegun
import pytest

from tools.system_packages import BROWSERS

# Tests on a day of their own last as long as they last: pytest's clock is never stopped.
freezegun.configure(extend_ignore_list=["_pytest.timing"])

#: Reasons for which Odoo and pytest-odoo skip a browser test by themselves.
SKIPPED_BROWSER = re.compile(r"chrome|websocket-client|--odoo-http", re.IGNORECASE)

COLLECTED = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn the skip of a browser test into a failure wherever a browser is there to run it.

    What fails with a seed of its module names it.
    """
    report = yield
    reason = str(call.excinfo.value) if report.skipped and call.excinfo else ""
    if SKIPPED_BROWSER.search(reason) and any(map(shutil.which, BROWSERS)):
        report.outcome = "failed"
        report.longrepr = f"A browser test was skipped although a browser is there: {reason}"
    seed = getattr(getattr(item, "module", None), "SEED", None)
    if report.failed and seed:
        report.sections.append(("Seed", f"PROOF_SEED={seed} draws the same cases again"))
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session, config, items):
    """Remember which files gave a test, before -k and -m take some away.

    What crosses modules begins: its files take longest, and the cores should end together. Also
    give Chromium a minute to start: Odoo's ten seconds are few on a busy machine.
    """
    from odoo.tests import common  # not before pytest-odoo has configured Odoo

    common.CHECK_BROWSER_ITERATIONS = 600
    config.stash[COLLECTED] = {item.path for item in items}
    crossing = session.config.rootpath / "tests"
    items.sort(key=lambda item: not item.path.is_relative_to(crossing))
