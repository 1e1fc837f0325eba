"""Visits survive a process that dies while it makes them (reliability R4)."""

import json
import os
import subprocess
import sys

from tests.crash_worker import CONTRACTS_PER_KILL
from tools import databases, project

KILLS = int(os.environ.get("CRASH_KILLS", "5"))

#: (state, visits, different numbers, entitlements) of a contract before and after its start
WAITING = ["draft", 0, 0, 0]
STARTED = ["active", 4, 4, 2]


def test_killed_while_planning_loses_and_doubles_nothing():
    with databases.copy(databases.TEST_TEMPLATE, "crash") as database:
        done = subprocess.run(
            [sys.executable, "-m", "tests.crash_worker", database, str(KILLS)],
            cwd=project.ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"] == KILLS, "every kill must hit a process at work"
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
