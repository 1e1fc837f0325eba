"""Visits and payouts survive a process that dies while it makes them (reliability R4)."""

import json
import os
import subprocess
import sys

from tests.crash_worker import CONTRACTS_PER_KILL
from tests.payout_crash_worker import AMOUNT, PAYOUTS_PER_KILL
from tools import databases, project

KILLS = int(os.environ.get("CRASH_KILLS", "5"))

#: (state, visits, different numbers, entitlements) of a contract before and after its start
WAITING = ["draft", 0, 0, 0]
STARTED = ["active", 4, 4, 2]


def kill_again_and_again(worker):
    """Run a worker on a database of its own and return what it found after every kill."""
    with databases.copy(databases.TEST_TEMPLATE, "crash") as database:
        done = subprocess.run(
            [sys.executable, "-m", worker, database, str(KILLS)],
            cwd=project.ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"] == KILLS, "every kill must hit a process at work"
    return found


def test_killed_while_planning_loses_and_doubles_nothing():
    found = kill_again_and_again("tests.crash_worker")
    halfway = 0
    for seen in found["seen"]:
        kinds = [row[:4] for row in seen["contracts"]]
        assert all(kind in (WAITING, STARTED) for kind in kinds), seen
        halfway += len(kinds) == 2
    assert halfway, "no kill fell between the first and the last contract"
    assert found["end"] == {
        "contracts": [[*STARTED, KILLS * CONTRACTS_PER_KILL]],
        "overlaps": 0,
    }


#: [state, ledger rows, their sum, documents, points of the card] of a payout
DRAFT = ["draft", 0, 0.0, 0, 0.0]
IN_MONEY = ["posted", 1, -AMOUNT, 1, 0.0]
IN_CREDIT = ["posted", 1, -AMOUNT, 1, AMOUNT]


def test_killed_while_paying_out_loses_and_pays_twice_nothing():
    found = kill_again_and_again("tests.payout_crash_worker")
    halfway = 0
    for seen in [*found["seen"], found["end"]]:
        kinds = [row[:-1] for row in seen["payouts"]]
        assert all(kind in (DRAFT, IN_MONEY, IN_CREDIT) for kind in kinds), seen
        assert seen["wrong"] == [], seen
        assert sum(row[-1] for row in seen["payouts"]) == KILLS * PAYOUTS_PER_KILL, seen
        halfway += DRAFT in kinds and len(kinds) > 1
    assert halfway, "no kill fell between the first and the last payout"
    half = KILLS * PAYOUTS_PER_KILL // 2
    assert (found["end"]["run"], found["end"]["failed"]) == ("done", 0)
    assert found["end"]["payouts"] == [[*IN_MONEY, half], [*IN_CREDIT, half]]
