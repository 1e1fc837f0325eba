"""Visits and payouts survive a process that dies while it makes them (reliability R4)."""

import json
import os
import subprocess
import sys

import pytest

from tests.crash_worker import CONTRACTS_PER_KILL
from tests.killing import MUTANT_KILLS
from tests.payout_crash_worker import AMOUNT, PAYOUTS_PER_KILL
from tools import databases, project

KILLS = int(os.environ.get("CRASH_KILLS", "5"))

#: (state, visits, different numbers, entitlements) of a contract before and after its start
WAITING = ["draft", 0, 0, 0]
STARTED = ["active", 4, 4, 2]
#: [state, ledger rows, their sum, documents, points of the card] of a payout
DRAFT = ["draft", 0, 0.0, 0, 0.0]
IN_MONEY = ["posted", 1, -AMOUNT, 1, 0.0]
IN_CREDIT = ["posted", 1, -AMOUNT, 1, AMOUNT]


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


def check_contracts(seen):
    """Each contract waits or has all of its visits, once; tell how many kills fell in between."""
    halfway = 0
    for found in seen:
        kinds = [row[:4] for row in found["contracts"]]
        assert all(kind in (WAITING, STARTED) for kind in kinds), found
        halfway += len(kinds) == 2
    return halfway


def check_payouts(seen, count):
    """Each payout is a draft or whole; tell how many kills fell in between."""
    halfway = 0
    for found in seen:
        kinds = [row[:-1] for row in found["payouts"]]
        assert all(kind in (DRAFT, IN_MONEY, IN_CREDIT) for kind in kinds), found
        assert found["wrong"] == [], found
        assert sum(row[-1] for row in found["payouts"]) == count, found
        halfway += DRAFT in kinds and len(kinds) > 1
    return halfway


class TestR4Crash:
    """Both also kill a mutant that commits in the middle, and see it."""

    def test_killed_while_planning_loses_and_doubles_nothing(self):
        found = kill_again_and_again("tests.crash_worker")
        assert check_contracts(found["seen"]), "no kill fell between two contracts"
        everything = [[*STARTED, KILLS * CONTRACTS_PER_KILL]]
        assert found["end"] == {"contracts": everything, "overlaps": 0}
        with pytest.raises(AssertionError):
            check_contracts(found["mutant"])

    def test_killed_while_paying_out_loses_and_pays_twice_nothing(self):
        found, count = kill_again_and_again("tests.payout_crash_worker"), KILLS * PAYOUTS_PER_KILL
        assert check_payouts([*found["seen"], found["end"]], count), "no kill fell between two"
        assert (found["end"]["run"], found["end"]["failed"]) == ("done", 0)
        half = count // 2
        assert found["end"]["payouts"] == [[*IN_MONEY, half], [*IN_CREDIT, half]]
        with pytest.raises(AssertionError):
            check_payouts(found["mutant"], MUTANT_KILLS * PAYOUTS_PER_KILL)
