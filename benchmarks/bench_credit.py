"""What redeeming store credit costs with a full wallet and a long history, beside a new one."""

from __future__ import annotations

from odoo import Command, api

from .copied import copy_rows
from .harness import Comparison, Prepare, one_by_one

ORDERS = 5  # paid with credit in a run, one after the other
GRANTED = 160.0  # in each lot
HELD = 1_000  # lots of the full wallet with something left
SPENT = 5_000  # lots that were used up, each by an order of its own


class Counter:
    """A customer with one lot of credit, one with thousands, and what they buy."""

    def __init__(self, env: api.Environment):
        self.user = env.ref("base.user_admin")
        self.product = env["product.product"].create(
            {"name": "Bench goods", "type": "service", "invoice_policy": "order"}
        )
        self.product.taxes_id = False
        self.fresh = self.customer(env)
        self.old = self.customer(env)
        self.fill(env, self.old)

    def customer(self, env):
        """Return somebody with one lot of credit."""
        partner = env["res.partner"].create({"name": "Bench customer"})
        env["aftersales.credit.lot"]._give_goodwill(partner, env.company, GRANTED, "Bench")
        return partner

    def fill(self, env, partner):
        """Copy the lot of ``partner``, and an order that used one."""
        card = env["loyalty.card"]._wallets_of(partner, env.company)
        held = card.aftersales_lot_ids
        self.quotation(env, partner, GRANTED).action_confirm()
        env["aftersales.credit.lot"]._give_goodwill(partner, env.company, GRANTED, "Bench")
        used, held = held, card.aftersales_lot_ids - held
        env.flush_all()
        self.copy_lot(env, used, SPENT)
        self.copy_lot(env, held, HELD)
        for row in card.history_ids:
            copy_rows(env, "loyalty_history", row.id, SPENT)
        env.cr.execute(
            "UPDATE loyalty_card SET points = points + %s WHERE id = %s",
            [HELD * GRANTED, card.id],
        )
        # nothing is committed, so nobody else tells the planner
        env.cr.execute("ANALYZE aftersales_credit_lot, aftersales_credit_movement, loyalty_history")
        env.invalidate_all()

    def copy_lot(self, env, lot, count):
        """Copy one lot with its movements."""
        movements = lot.movement_ids
        lots = copy_rows(env, "aftersales_credit_lot", lot.id, count)
        for movement in movements:
            copies = copy_rows(env, "aftersales_credit_movement", movement.id, count)
            env.cr.execute(
                "UPDATE aftersales_credit_movement AS movement SET lot_id = pair.lot_id "
                "FROM unnest(%s, %s) AS pair (lot_id, id) WHERE movement.id = pair.id",
                [lots, copies],
            )

    def quotation(self, env, partner, price):
        """Return a quotation that is paid with credit."""
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": price})
                ],
            }
        )
        self.redeem(order)
        return order

    def redeem(self, order):
        """Claim the credit on the order, as its button does."""
        order._update_programs_and_rewards()
        ((card, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, card)

    def redeeming(self, partner) -> Prepare:
        """Return the credit claimed on orders and the orders confirmed, one by one, as a step."""

        def prepare(env):
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "order_line": [
                            Command.create({"product_id": self.product.id, "price_unit": 20.0})
                        ],
                    }
                    for _number in range(ORDERS)
                ]
            )

            def redeem(order):
                self.redeem(order)
                order.action_confirm()
                assert not order.amount_total

            return lambda: one_by_one(orders.with_user(self.user), redeem)

        return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare the same orders of two customers."""
    counter = Counter(env)
    return [
        Comparison(
            f"Redeem credit: one lot and no history, {HELD:,} lots and {SPENT:,} used up",
            counter.redeeming(counter.fresh),
            counter.redeeming(counter.old),
            1.25,
            more_queries=0,
        )
    ]
