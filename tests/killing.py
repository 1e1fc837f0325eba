"""How processes are killed at random points of their work; the crash workers share it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

import psutil

from odoo import sql_db

#: decides when each child is killed
SEED = int(os.environ.get("PROOF_SEED", "20260315"))

MUTANT_KILLS = 5  # of a mutant that a kill must unmask


def kill_again(
    count: int, longest: float, work: Callable[[], None], look: Callable[[], object]
) -> tuple[int, list]:
    """Kill ``count`` children at their work; return how many were at it, and what each left.

    :param look: returns what the database holds after a kill
    """
    chance, killed, seen = random.Random(SEED), 0, []
    for _kill in range(count):
        sql_db.close_all()  # a child needs connections of its own
        killed += kill_one(work, chance, longest)
        seen.append(look())
    return killed, seen


def kill_one(work: Callable[[], None], chance: random.Random, longest: float) -> bool:
    """Let a child process work and kill it; tell whether it was still at work.

    :param longest: seconds of a processor it may use; a busy machine lets it come as far as any
    """
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    life, process = chance.uniform(0, longest), psutil.Process(child)
    while process.status() != psutil.STATUS_ZOMBIE and sum(process.cpu_times()[:2]) < life:
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
