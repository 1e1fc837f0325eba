"""The quota under real concurrency: claims of one contract at once."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .racing import RacingCase, seeds

QUOTA = 3
THREADS = (2, 4, 8)
GUARD_SCHEDULES = int(os.environ.get("GUARD_SCHEDULES", "50"))
BUTTON_SCHEDULES = int(os.environ.get("BUTTON_SCHEDULES", "12"))
AT_A_TIME = 4


def count_then_write(entitlement, quantity):
    """Decide the way that looks right and is not: count the uses, then let one be added."""
    taken = sum(entitlement.usage_ids.mapped("quantity"))
    time.sleep(0.02)
    return taken + quantity <= entitlement.included


def schedules(count):
    """Yield (threads, seed) for ``count`` schedules; a failure names both."""
    for seed in seeds(count):
        yield THREADS[seed % len(THREADS)], seed


class QuotaRaceCase(RacingCase):
    """A plan with a quota of three, and threads that reach for it at once."""

    def setUp(self):
        super().setUp()
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


@tagged("post_install", "-at_install", "concurrency")
class TestR1Quota(QuotaRaceCase):
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
class TestR1Approval(QuotaRaceCase):
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

    def check(self, threads, seed):
        """Run one schedule: the quota is free, the rest billed or refused by the terms."""
        policy, rest = (("bill", "billable"), ("refuse", "refused"))[seed % 2]
        free = min(threads, QUOTA)
        self.assertEqual(
            self.race(threads, seed, over_quota_policy=policy),
            (sorted(["contract"] * free + [rest] * (threads - free)), free, free),
            f"{threads} threads, seed {seed}",
        )

    def test_the_rest_is_billed_or_refused_as_the_terms_say(self):
        for threads, seed in schedules(BUTTON_SCHEDULES):
            self.check(threads, seed)

    def test_counting_before_writing_approves_too_much(self):
        """Prove that the test above can fail: the same race without the guard."""
        model = self.registry["aftersales.entitlement"]
        with patch.object(model, "_add_used", count_then_write), self.assertRaises(AssertionError):
            self.check(max(THREADS), 0)
        self.count_what_was_used()

    def count_what_was_used(self):
        """Make up for what the mutant did not count, so that everything can be taken out."""
        self.execute(
            "UPDATE aftersales_entitlement SET included = 99, used ="
            " (SELECT sum(quantity) FROM aftersales_entitlement_usage"
            " WHERE entitlement_id = aftersales_entitlement.id)"
            " WHERE kind = 'replacement' AND contract_id IN"
            " (SELECT id FROM aftersales_contract WHERE plan_id = %s)"
        )
