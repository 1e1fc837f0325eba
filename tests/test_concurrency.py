"""The quota under real concurrency: threads with cursors of their own, committed for good.

A test case of Odoo works on one cursor and cannot see a race. These tests commit, so they make
their own records and remove them from the database when they are done.
"""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

QUOTA = 3
THREADS = (2, 4, 8)
GUARD_SCHEDULES = int(os.environ.get("GUARD_SCHEDULES", "1000"))
BUTTON_SCHEDULES = int(os.environ.get("BUTTON_SCHEDULES", "50"))
AT_A_TIME = 4
#: Odoo waits up to some seconds before it tries again; here a fraction, so that many fit in.
FASTER = 50


def count_then_write(entitlement, quantity):
    """Decide the way that looks right and is not: count the uses, then let one be added."""
    taken = sum(entitlement.usage_ids.mapped("quantity"))
    time.sleep(0.02)
    return taken + quantity <= entitlement.included


def schedules(count):
    """Yield (threads, seed) for ``count`` schedules; a failure names both."""
    for seed in range(count):
        yield THREADS[seed % len(THREADS)], seed


class RaceCase(BaseCase):
    """A plan with a quota of three, and threads that reach for it at once."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        impatient = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / FASTER))
        waiting = patch("odoo.service.model.time", impatient)
        waiting.start()
        self.addCleanup(waiting.stop)
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

    def remove_everything(self):
        """Take out what the race committed."""
        contracts = "SELECT id FROM aftersales_contract WHERE plan_id = %s"
        entitlements = f"SELECT id FROM aftersales_entitlement WHERE contract_id IN ({contracts})"
        self.execute(
            f"DELETE FROM aftersales_entitlement_usage WHERE entitlement_id IN ({entitlements})",
            f"DELETE FROM aftersales_entitlement WHERE contract_id IN ({contracts})",
            "DELETE FROM aftersales_contract WHERE plan_id = %s",
            "DELETE FROM aftersales_plan WHERE id = %s",
        )
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM res_partner WHERE id IN %s", [tuple(self.origin_ids)])

    def execute(self, *statements):
        """Run ``statements``, each with the plan's id."""
        with self.registry.cursor() as cr:
            for statement in statements:
                cr.execute(statement, [self.plan_id])

    def new_contract(self, env, **values):
        """Return a running contract with a quota of three."""
        contract = env["aftersales.contract"].create(
            {
                "plan_id": self.plan_id,
                "partner_id": self.origin_ids[0],
                "site_id": self.origin_ids[0],
                **values,
            }
        )
        contract._start_today()
        return contract

    def at_once(self, threads, seed, act):
        """Let ``threads`` call ``act(env, number)`` at once, retried as Odoo retries a request.

        :param act: reads what it decides on, calls the function it is given, and acts
        :return: what the calls returned
        """
        barrier, results, errors = threading.Barrier(threads), [], []
        chance = random.Random(seed)
        delays = [chance.uniform(0, 0.01) for _ in range(threads)]

        def work(number):
            first_try = [True]

            def start_together():
                if first_try and first_try.pop():
                    barrier.wait(20)
                time.sleep(delays[number])

            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    results.append(retrying(lambda: act(env, number, start_together), env))
            except Exception as error:
                errors.append(error)

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(errors, [], f"{threads} threads, seed {seed}")
        return results


@tagged("post_install", "-at_install", "concurrency")
class TestQuotaRace(RaceCase):
    """The guard alone."""

    def race(self, threads, seed):
        """Let ``threads`` origins use one entitlement at once.

        :return: (how many got one, the counter, the sum of the usage rows)
        """
        with self.committed() as env:
            contract = self.new_contract(env)
            entitlement_id = contract.entitlement_ids.filtered(
                lambda row: row.kind == "replacement"
            ).id

        def use(env, number, start_together):
            entitlement = env["aftersales.entitlement"].browse(entitlement_id)
            entitlement.fetch(["used"])  # fixes what this transaction sees
            start_together()
            return bool(entitlement._consume(env["res.partner"].browse(self.origin_ids[number])))

        granted = self.at_once(threads, seed, use)
        with self.committed() as env:
            entitlement = env["aftersales.entitlement"].browse(entitlement_id)
            return sum(granted), entitlement.used, sum(entitlement.usage_ids.mapped("quantity"))

    def test_exactly_the_quota_is_granted_and_nobody_sees_an_error(self):
        with ThreadPoolExecutor(AT_A_TIME) as pool:  # each on an entitlement of its own
            outcomes = pool.map(lambda schedule: self.race(*schedule), schedules(GUARD_SCHEDULES))
            for (threads, seed), outcome in zip(schedules(GUARD_SCHEDULES), outcomes, strict=True):
                self.assertEqual(
                    outcome, (min(threads, QUOTA),) * 3, f"{threads} threads, seed {seed}"
                )

    def test_counting_before_writing_grants_too_much(self):
        """Prove that the test above can fail: the same race without the guard."""
        model = self.registry["aftersales.entitlement"]
        with patch.object(model, "_add_used", count_then_write):
            granted = max(self.race(max(THREADS), seed)[0] for seed in range(3))
        self.assertGreater(granted, QUOTA)


@tagged("post_install", "-at_install", "concurrency")
class TestApprovalRace(RaceCase):
    """Claims of one contract approved at once, from the button to the shipment."""

    def setUp(self):
        super().setUp()
        with self.committed() as env:
            self.product_id = (
                env["product.product"]
                .create({"name": "Race", "type": "consu", "is_storable": True, "list_price": 10.0})
                .id
            )
        self.addCleanup(self.remove_claims)

    def remove_claims(self):
        """Take out the claims with everything that hangs on them."""
        contracts = "SELECT id FROM aftersales_contract WHERE plan_id = %s"
        claims = f"SELECT id FROM aftersales_claim WHERE contract_id IN ({contracts})"
        orders = f"SELECT sale_order_id FROM aftersales_claim WHERE contract_id IN ({contracts})"
        with self.committed() as env:
            found = env["aftersales.claim"].search([("contract_id.plan_id", "=", self.plan_id)])
            found.sale_order_id._action_cancel()
            found.move_ids.filtered(lambda move: move.state != "done")._action_cancel()
        self.execute(
            f"UPDATE aftersales_claim SET usage_id = NULL WHERE contract_id IN ({contracts})",
            f"DELETE FROM stock_move WHERE aftersales_claim_id IN ({claims})",
            f"DELETE FROM aftersales_claim_line WHERE claim_id IN ({claims})",
            f"DELETE FROM sale_order WHERE id IN ({orders})",
            f"DELETE FROM aftersales_claim WHERE contract_id IN ({contracts})",
            f"DELETE FROM aftersales_contract_asset_rel WHERE contract_id IN ({contracts})",
        )
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM aftersales_asset WHERE product_id = %s", [self.product_id])
            cr.execute("UPDATE product_product SET active = false WHERE id = %s", [self.product_id])

    def race(self, threads, seed, **terms):
        """Approve ``threads`` claims of one contract at once.

        :return: (who pays for each line, sorted; the counter; the sum of the usage rows)
        """
        with self.committed() as env:
            contract = self.new_contract(env, **terms)
            assets = env["aftersales.asset"].create(
                [
                    {
                        "product_id": self.product_id,
                        "partner_id": self.origin_ids[0],
                        "site_id": self.origin_ids[0],
                        "date_delivered": contract.date_start,
                        "contract_ids": [Command.set(contract.ids)],
                    }
                    for _number in range(threads)
                ]
            )
            accident = env.ref("aftersales_plans.cause_accident")
            claims = env["aftersales.claim"].create(
                [
                    {
                        "partner_id": self.origin_ids[0],
                        "line_ids": [
                            Command.create({"asset_id": asset.id, "cause_id": accident.id})
                        ],
                    }
                    for asset in assets
                ]
            )
            claim_ids, contract_id = claims.ids, contract.id

        def approve(env, number, start_together):
            claim = env["aftersales.claim"].browse(claim_ids[number])
            claim.entitlement_id.fetch(["used"])  # fixes what this transaction sees
            start_together()
            claim.action_approve()
            return claim.line_ids.billing_type

        decided = self.at_once(threads, seed, approve)
        with self.committed() as env:
            entitlement = (
                env["aftersales.contract"]
                .browse(contract_id)
                .entitlement_ids.filtered(lambda row: row.kind == "replacement")
            )
            used = sum(entitlement.usage_ids.mapped("quantity"))
            return sorted(decided), entitlement.used, used

    def test_the_rest_is_billed_or_refused_as_the_terms_say(self):
        for threads, seed in schedules(BUTTON_SCHEDULES):
            policy, rest = (("bill", "billable"), ("refuse", "refused"))[seed % 2]
            free = min(threads, QUOTA)
            self.assertEqual(
                self.race(threads, seed, over_quota_policy=policy),
                (sorted(["contract"] * free + [rest] * (threads - free)), free, free),
                f"{threads} threads, seed {seed}",
            )
