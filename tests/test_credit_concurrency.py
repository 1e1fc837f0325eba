"""One card of store credit under real concurrency: redeem, pay out, refund and cancel at once.

Every schedule has a customer of its own, whose card holds less than what
is asked of it; some are refused in words, whatever happens first.
"""

import os
import random
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .racing import RacingCase, seeds

CREDIT_SCHEDULES = int(os.environ.get("CREDIT_SCHEDULES", "6"))
ACTS = ("redeem", "redeem_too", "pay_out", "refund", "cancel", "invoice", "take_back")
SQL_OF = {  # what belongs to the customers of this test, deleted in this order
    "aftersales_credit_movement": "card_id IN (SELECT id FROM loyalty_card WHERE {mine})",
    "aftersales_credit_lot": "card_id IN (SELECT id FROM loyalty_card WHERE {mine})",
    "aftersales_commission_evidence": "move_id IN (SELECT id FROM account_move WHERE {mine})",
    "aftersales_commission": "referrer_id IN %s",
    "aftersales_payout": "referrer_id IN %s",
    "account_partial_reconcile": "debit_move_id IN (SELECT id FROM account_move_line WHERE {mine})",
    "account_move_line": "{mine} OR move_id IN (SELECT id FROM account_move WHERE {mine})",
    "account_move": "{mine}",
    "sale_order": "{mine}",
    "loyalty_card": "{mine}",
}


class CreditRaceCase(RacingCase):
    """Customers with 160 of store credit: 40 invoiced, 40 on two orders, 80 free."""

    faster = 4  # seven at one card: the last of them waits for six

    def setUp(self):
        super().setUp()
        self.partner_ids = []
        self.addCleanup(self.remove_everything)
        with self.committed() as env:
            self.product_id = self.make_product(env).id
            env.company._aftersales_wallet_program()
            self.before = env["aftersales.commission"]._check_invariants(env.company)

    def make_product(self, env):
        """Return something to sell, which is delivered by hand."""
        return env["product.product"].create(
            {
                "name": "Race",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 1.0,
                "taxes_id": [Command.clear()],
            }
        )

    def remove_everything(self):
        """Take out what the race committed."""
        mine, partners = "partner_id IN %s", tuple([0, *self.partner_ids])
        with self.registry.cursor() as cr:
            for table, where in SQL_OF.items():
                clause = where.format(mine=mine)
                cr.execute(f"DELETE FROM {table} WHERE {clause}", [partners] * clause.count("%s"))
            cr.execute("UPDATE product_product SET active = false WHERE id = %s", [self.product_id])

    # --- One schedule --------------------------------------------------------------------------

    def prepare(self, env):
        """Return the ids each act works on, of a customer of his own."""
        partner = env["res.partner"].create({"name": "Race"})
        self.partner_ids.append(partner.id)
        lots = env["aftersales.credit.lot"]
        lots._give_goodwill(partner, env.company, 160.0, "Race")
        invoiced, billed, idle = (self.order(env, partner, price) for price in (40.0, 20.0, 20.0))
        invoice = invoiced._create_invoices(final=True)
        invoice.action_post()
        draft = billed._create_invoices(final=True)
        note = invoice._reverse_moves([{"invoice_date": env.company._aftersales_today()}])
        quotations = [self.order(env, partner, 60.0, confirm=False) for _number in range(2)]
        self.owe(env, partner, 30.0)
        payout = env["aftersales.payout"].create(
            {"referrer_id": partner.id, "method": "credit", "amount": 30.0}
        )
        return SimpleNamespace(
            partner=partner.id,
            redeem=quotations[0].id,
            redeem_too=quotations[1].id,
            pay_out=payout.id,
            refund=note.id,
            cancel=idle.id,
            invoice=draft.id,
            take_back=invoice.id,
            invoiced=invoiced.id,
            billed=billed.id,
        )

    def owe(self, env, partner, amount):
        """Owe the customer a reward, as an accountant's adjustment."""
        ledger = env["aftersales.commission"]
        vals = ledger._prepare_adjustment(
            partner, env.company, amount, "Race", key=f"race-{partner.id}"
        )
        ledger.create(vals)._post_entries()

    def order(self, env, partner, price, confirm=True):
        """Return an order of that price, to be paid with credit."""
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": self.product_id, "price_unit": price})
                ],
            }
        )
        order._update_programs_and_rewards()
        ((card, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, card)
        if confirm:
            order.action_confirm()
        return order

    def act(self, env, name, made):
        """Press the button ``name`` stands for."""
        record_id = getattr(made, name)
        if name in ("redeem", "redeem_too"):
            env["sale.order"].browse(record_id).action_confirm()
        elif name == "pay_out":
            env["aftersales.payout"].browse(record_id).action_post()
        elif name == "cancel":
            env["sale.order"].browse(record_id)._action_cancel()
        elif name == "take_back":
            env["sale.order"].browse(made.invoiced)._action_cancel()
        else:
            env["account.move"].browse(record_id).action_post()

    def race(self, seed, isolation=None):
        """Let some of the acts happen at once.

        :return: (what the card should hold, what it holds, what is wrong in words)
        """
        with self.committed() as env:
            made = self.prepare(env)
        chance = random.Random(seed)
        names = chance.sample(ACTS, chance.randint(3, len(ACTS)))

        def press(env, number, start_together):
            # fixes what this transaction sees
            env["loyalty.card"].search([("partner_id", "=", made.partner)]).fetch(["points"])
            start_together()
            self.act(env, names[number], made)

        self.at_once(len(names), seed, press, longest=0.05, refusal=UserError, isolation=isolation)
        with self.committed() as env:
            return self.outcome(env, made)

    def outcome(self, env, made):
        """Count what each order should have taken, from its state alone."""
        orders = env["sale.order"]
        state = {name: orders.browse(getattr(made, name)).state for name in ACTS[:2]}
        spent = sum(60 for name in state if state[name] == "sale")
        note = env["account.move"].browse(made.refund)
        spent += 0 if note.state == "posted" else 40
        spent += 20 if orders.browse(made.cancel).state == "sale" else 0
        spent += 20  # reserved or invoiced
        granted = 160 + (
            30 if env["aftersales.payout"].browse(made.pay_out).state == "posted" else 0
        )
        card = env["loyalty.card"].search([("partner_id", "=", made.partner)])
        lots = card.aftersales_lot_ids
        wrong = env["aftersales.commission"]._check_invariants(env.company)
        held = (sum(lots.mapped("remaining")), sum(lots.movement_ids.mapped("amount")))
        return granted - spent, card.points, held, [one for one in wrong if one not in self.before]


@tagged("post_install", "-at_install", "concurrency")
class TestR2Credit(CreditRaceCase):
    """Never below 0, spent no more than was credited, and nobody loses anything."""

    def check(self, seed, isolation=None):
        """Run one schedule and compare the card with what orders and documents left."""
        should, points, held, wrong = self.race(seed, isolation)
        self.assertGreaterEqual(points, 0.0, f"seed {seed}")
        self.assertEqual((points, held, wrong), (should, (should, should), []), f"seed {seed}")

    def test_cards_hold_exactly_what_orders_and_documents_left(self):
        for seed in seeds(CREDIT_SCHEDULES):
            self.check(seed)

    def test_without_the_conflict_of_transactions_credit_is_spent_twice(self):
        """Prove that the test above can fail: each reads what others have not committed yet."""
        card = self.registry["loyalty.card"]
        without = patch.object(card, "_take_turn", lambda self: None)
        with without, self.assertRaises(AssertionError):
            for seed in range(5):
                self.check(seed, ISOLATION_LEVEL_READ_COMMITTED)
