"""What approving a claim costs under a large quota with a long history, beside a fresh one."""

from __future__ import annotations

from odoo import Command, api
from odoo.tools import SQL

from .copied import copy_rows
from .harness import Comparison, Prepare, one_by_one

CLAIMS = 5  # approved in a run, one after the other
FEW = 10  # the quota of the small contract
MANY = 5_000  # claims that the large contract had, all of this year, with what they used


class Desk:
    """A customer with nothing behind him and one with thousands of claims, and their goods."""

    def __init__(self, env: api.Environment):
        self.user = env.ref("base.user_admin")
        self.cause = env.ref("aftersales_plans.cause_accident")
        self.product = env["product.product"].create(
            {"name": "Bench pump", "type": "consu", "is_storable": True, "list_price": 10.0}
        )
        self.fresh = self.contract(env, quota=FEW)
        self.old = self.contract(env, quota=2 * MANY)
        self.live_through(env, self.old, MANY)

    def contract(self, env, quota):
        """Return a running contract of a customer of its own that includes ``quota`` times."""
        customer = env["res.partner"].create({"name": "Bench customer"})
        plan = env["aftersales.plan"].create(
            {"name": "Bench", "code": f"BENCH-{quota}", "replacements_included": quota}
        )
        contract = env["aftersales.contract"].create(
            {
                **plan._prepare_terms(),
                "plan_id": plan.id,
                "partner_id": customer.id,
                "site_id": customer.id,
            }
        )
        contract._start_today()
        return contract

    def claims(self, env, contract, count):
        """Return as many new claims, each for goods of its own."""
        assets = env["aftersales.asset"].create(
            [
                {
                    "product_id": self.product.id,
                    "partner_id": contract.partner_id.id,
                    "site_id": contract.site_id.id,
                    "date_delivered": contract.date_start,
                    "contract_ids": [Command.set(contract.ids)],
                }
                for _number in range(count)
            ]
        )
        return env["aftersales.claim"].create(
            [
                {
                    "partner_id": contract.partner_id.id,
                    "line_ids": [Command.create({"asset_id": asset.id, "cause_id": self.cause.id})],
                }
                for asset in assets
            ]
        )

    def live_through(self, env, contract, count):
        """Copy one approved claim and what it used ``count`` times."""
        claim = self.claims(env, contract, 1)
        claim.action_approve()
        env.flush_all()
        copies = copy_rows(env, "aftersales_claim", claim.id, count, usage_id=SQL("NULL"))
        first = copies[0] - 1
        tables = ["aftersales_claim"]
        for table, row, column in (
            ("aftersales_asset", claim.line_ids.asset_id, None),
            ("aftersales_claim_line", claim.line_ids, "claim_id"),
            ("aftersales_entitlement_usage", claim.usage_id, "origin_id"),
            ("stock_move", claim.move_ids, "aftersales_claim_id"),
        ):
            of_claim = {column: SQL("%s + n", first)} if column else {}
            assert len(copy_rows(env, table, row.id, count, **of_claim)) == count
            tables.append(table)
        env.cr.execute(
            "UPDATE aftersales_entitlement SET used = used + %s WHERE id = %s",
            [count, claim.entitlement_id.id],
        )
        env.cr.execute(f"ANALYZE {', '.join(tables)}")  # nothing is committed, so nobody else does
        env.invalidate_all()

    def approving(self, contract) -> Prepare:
        """Return the approval of new claims, one by one, as a step."""

        def prepare(env):
            claims = self.claims(env, contract, CLAIMS).with_user(self.user)

            def approve():
                one_by_one(claims, lambda claim: claim.action_approve())
                assert set(claims.line_ids.mapped("billing_type")) == {"contract"}

            return approve

        return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare the same claims of two customers."""
    desk = Desk(env)
    return [
        Comparison(
            f"Approve a claim: quota {FEW} and no history, {2 * MANY:,} and {MANY:,} claims",
            desk.approving(desk.fresh),
            desk.approving(desk.old),
            1.25,
            more_queries=0,
        )
    ]
