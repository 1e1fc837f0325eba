"""The quota under real concurrency: threads with cursors of their own, committed for good.

A test case of Odoo works on one cursor and cannot see a race. These tests commit, so they make
their own records and remove them from the database when they are done.
"""

import random
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

QUOTA = 3
THREADS = (2, 4, 8)
ROUNDS = 5  # schedules for each number of threads; a failure names its seed


def count_then_write(entitlement, quantity):
    """Decide the way that looks right and is not: count the uses, then let one be added."""
    taken = sum(entitlement.usage_ids.mapped("quantity"))
    time.sleep(0.02)
    return taken + quantity <= entitlement.included


@tagged("post_install", "-at_install", "concurrency")
class TestQuotaRace(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.committed() as env:
            self.origin_ids = (
                env["res.partner"].create([{"name": f"Race {n}"} for n in range(max(THREADS))]).ids
            )
            self.plan_id = (
                env["aftersales.plan"]
                .create({"name": "Race", "code": "T-RACE", "replacements_included": QUOTA})
                .id
            )
        self.addCleanup(self.remove_everything)

    @contextmanager
    def committed(self):
        """Yield an environment whose work is committed at the end of the block."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def new_entitlement(self):
        """Return the id of a fresh entitlement of three replacements."""
        with self.committed() as env:
            contract = env["aftersales.contract"].create(
                {
                    "plan_id": self.plan_id,
                    "partner_id": self.origin_ids[0],
                    "site_id": self.origin_ids[0],
                }
            )
            contract._start_today()
            return contract.entitlement_ids.filtered(lambda e: e.kind == "replacement").id

    def remove_everything(self):
        with self.registry.cursor() as cr:
            contracts = "SELECT id FROM aftersales_contract WHERE plan_id = %s"
            entitlements = (
                f"SELECT id FROM aftersales_entitlement WHERE contract_id IN ({contracts})"
            )
            for statement in (
                "DELETE FROM aftersales_entitlement_usage "
                f"WHERE entitlement_id IN ({entitlements})",
                f"DELETE FROM aftersales_entitlement WHERE contract_id IN ({contracts})",
                "DELETE FROM aftersales_contract WHERE plan_id = %s",
                "DELETE FROM aftersales_plan WHERE id = %s",
            ):
                cr.execute(statement, [self.plan_id])
            cr.execute("DELETE FROM res_partner WHERE id IN %s", [tuple(self.origin_ids)])

    def race(self, threads, seed):
        """Let ``threads`` claims use one entitlement at once.

        :return: (how many got one, the counter, the sum of the usage rows)
        """
        entitlement_id = self.new_entitlement()
        barrier, granted, errors = threading.Barrier(threads), [], []
        chance = random.Random(seed)
        delays = [chance.uniform(0, 0.01) for _ in range(threads)]

        def claim(number):
            first_try = [True]

            def use():
                entitlement = env["aftersales.entitlement"].browse(entitlement_id)
                origin = env["res.partner"].browse(self.origin_ids[number])
                entitlement.fetch(["used"])  # fixes what this transaction sees
                if first_try and first_try.pop():
                    barrier.wait(20)
                time.sleep(delays[number])
                return bool(entitlement._consume(origin))

            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    granted.append(retrying(use, env))
            except Exception as error:
                errors.append(error)

        workers = [threading.Thread(target=claim, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(errors, [], f"seed {seed}")
        with self.committed() as env:
            entitlement = env["aftersales.entitlement"].browse(entitlement_id)
            return sum(granted), entitlement.used, sum(entitlement.usage_ids.mapped("quantity"))

    def test_exactly_the_quota_is_granted_and_nobody_sees_an_error(self):
        for threads in THREADS:
            for seed in range(ROUNDS):
                self.assertEqual(
                    self.race(threads, seed),
                    (min(threads, QUOTA),) * 3,
                    f"{threads} threads, seed {seed}",
                )

    def test_counting_before_writing_grants_too_much(self):
        """Prove that the test above can fail: the same race without the guard."""
        model = self.registry["aftersales.entitlement"]
        with patch.object(model, "_add_used", count_then_write):
            granted = max(self.race(max(THREADS), seed)[0] for seed in range(3))
        self.assertGreater(granted, QUOTA)
