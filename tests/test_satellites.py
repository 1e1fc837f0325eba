"""Visits work as they do elsewhere where Field Service's satellites are installed beside ours.

Not asked of them: that a technician without stock rights opens the form, which Field Service Stock
fills with moves; that a service agent without a role in Field Service completes a visit, whose
activities Field Service Activity lets such roles alone read; and constant queries, as that module
reads every order by itself.

Payouts withhold taxes on payment where the module of core that does so is installed. Claims are
approved by service agents where purchases and manufacturing ask the goods for what agents may not
read, and store credit is kept from the till.
"""

import subprocess
import sys

from tools import databases, project

SATELLITES = ["fieldservice_activity", "fieldservice_sale", "fieldservice_stock"]
WITHHOLDING = "l10n_account_withholding_tax"
PAYOUT_TESTS = [f"aftersales_referral/tests/test_payout_{name}.py" for name in ("bill", "credit")]
CORE = ["mrp", "stock_dropshipping", "pos_loyalty"]
CORE_TESTS = [
    "aftersales_plans/tests/test_claim_approval.py",
    "aftersales_referral/tests/test_credit_program.py",
]
NOT_ASKED = "not queries and not typing and not screen and not came_in_vain"
#: What meets a satellite: planning, the visit itself, its end, what is sold and what leaves stock.
TESTS = [
    f"aftersales_inspection/tests/test_{name}.py"
    for name in (
        "visit", "visit_planner", "visit_suspension", "visit_slot", "visit_sale", "check",
        "visit_completion", "visit_part", "visit_replacement", "stock_check", "specialist",
    )
]  # fmt: skip


def test_visits_pass_their_own_tests_beside_them(tmp_path):
    run_beside(SATELLITES, tmp_path, "-k", NOT_ASKED, *TESTS)


def test_payouts_withhold_with_the_module_of_core(tmp_path):
    summary = run_beside([WITHHOLDING], tmp_path, "-k", "withh", *PAYOUT_TESTS)
    assert " skipped" not in summary, summary


def test_claims_and_store_credit_work_beside_manufacturing_and_the_till(tmp_path):
    summary = run_beside(CORE, tmp_path, "-k", "TestClaimApproval or till", *CORE_TESTS)
    assert " skipped" not in summary, summary


def run_beside(modules, tmp_path, *arguments):
    """Run tests of ours in a database with these modules of others too; return the summary."""
    with databases.copy(databases.TEST_TEMPLATE, "satellites") as database:
        databases.install(database, modules)
        options = [f"--odoo-database={database}", f"--odoo-addons-path={project.ROOT}"]
        options += [f"--odoo-extra=data-dir={tmp_path}", "-p", "no:cacheprovider", "-q"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=project.ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    summary = done.stdout.splitlines()[-1]
    assert " passed" in summary, done.stdout[-2000:]
    return summary
