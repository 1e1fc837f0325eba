"""How processes are killed at random points of their work; the crash workers share it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable


def kill_one(work: Callable[[], None], chance: random.Random, longest: float) -> bool:
    """Let a child process work and kill it; tell whether it was still at work.

    :param longest: seconds that it may live
    """
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    time.sleep(chance.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
