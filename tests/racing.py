"""Several people at once: threads with cursors of their own, committed for good.

A test case of Odoo works on one cursor and cannot see a race. These tests commit, so they make
their own records and remove them from the database when they are done.
"""

import os
import random
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name


def seeds(count):
    """Return the seeds of ``count`` schedules; PROOF_SEED=7 replays the schedule of seed 7."""
    chosen = os.environ.get("PROOF_SEED")
    return [int(chosen)] if chosen else range(count)


class RacingCase(BaseCase):
    """Lets people press buttons at the same time, each request retried as Odoo retries it."""

    #: Odoo waits up to some seconds before it tries again; here a fraction, so that many fit in.
    faster = 50

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        impatient = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / self.faster))
        waiting = patch("odoo.service.model.time", impatient)
        waiting.start()
        self.addCleanup(waiting.stop)

    @contextmanager
    def committed(self):
        """Yield an environment whose work is committed at the end of the block."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def request(self, act, isolation=None):
        """Return what ``act(env)`` returns, repeated like a request that met another.

        :param isolation: of the transaction, where it is not Odoo's own
        """
        with self.committed() as env:
            if isolation:
                env.cr._cnx.set_isolation_level(isolation)
            return retrying(lambda: act(env), env)

    def at_once(self, threads, seed, act, longest=0.01, refusal=(), isolation=None):
        """Let ``threads`` call ``act(env, number, start_together)`` at once.

        :param act: reads what it decides on, calls ``start_together()``, and acts
        :param longest: seconds by which one may start after the others
        :param refusal: exceptions that are a rightful answer; what they refuse is rolled back
        :return: what the calls returned
        """
        barrier, results, errors = threading.Barrier(threads), [], []
        chance = random.Random(seed)
        delays = [chance.uniform(0, longest) for _ in range(threads)]

        def work(number):
            first_try = [True]

            def start_together():
                if first_try and first_try.pop():
                    barrier.wait(60)
                time.sleep(delays[number])

            try:
                results.append(
                    self.request(lambda env: act(env, number, start_together), isolation)
                )
            except refusal:
                pass
            except Exception as error:
                errors.append(error)

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(errors, [], f"{threads} threads, seed {seed}")
        return results
