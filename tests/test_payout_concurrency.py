"""Every button of payouts and store credit twice, and twice at once: one effect (R5, R9).

Each button is pressed once for one customer, twice for a second,
twice at once for a third; all three are left the same.
"""

import os
import threading
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_credit_concurrency import CreditRaceCase

RUNS = int(os.environ.get("TWO_WORKER_RUNS", "2"))
OWED = 100.0
EFFECT = """
    SELECT (SELECT count(*) FROM aftersales_commission WHERE referrer_id = %(p)s),
           (SELECT coalesce(sum(amount), 0) FROM aftersales_commission WHERE referrer_id = %(p)s),
           (SELECT count(DISTINCT move_id) FROM account_move_line WHERE partner_id = %(p)s),
           (SELECT coalesce(sum(balance), 0) FROM account_move_line WHERE partner_id = %(p)s
               AND account_id IN (%(a)s, %(l)s)),
           (SELECT coalesce(sum(points), 0) FROM loyalty_card WHERE partner_id = %(p)s),
           (SELECT count(*) FROM aftersales_credit_lot lot JOIN loyalty_card card
                ON card.id = lot.card_id WHERE card.partner_id = %(p)s),
           (SELECT array_agg(state ORDER BY id) FROM aftersales_payout WHERE referrer_id = %(p)s)
"""


def set_state(records, state):
    """Let a record become whatever it is told, as if there were no gate."""
    records.sudo().write({"state": state})


def post_blindly(run, payout_id):
    """Post a payout of the list that was read at first, whatever became of it since."""
    for _attempt in range(3):
        try:
            run.env["aftersales.payout"].browse(payout_id).action_post()
            run.env.flush_all()
            return
        except psycopg2.OperationalError:
            run.env.cr.rollback()


class ButtonCase(CreditRaceCase):
    """Customers with a reward of 100 each, and what people press for them."""

    def setUp(self):
        super().setUp()
        self.run_ids, self.move_ids = [], []

    def remove_everything(self):
        partners = tuple([0, *self.partner_ids])
        with self.registry.cursor() as cr:
            cr.execute("SELECT move_id FROM account_move_line WHERE partner_id IN %s", [partners])
            moves = tuple([0, *(move for (move,) in cr.fetchall())])
            for statement in (
                "DELETE FROM aftersales_credit_opening WHERE referrer_id IN %(partners)s",
                "DELETE FROM aftersales_commission_opening WHERE referrer_id IN %(partners)s",
                "UPDATE account_move SET reversed_entry_id = NULL WHERE id IN %(moves)s",
            ):
                cr.execute(statement, {"partners": partners, "moves": moves})
        super().remove_everything()
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM account_move WHERE id IN %s", [moves])
            cr.execute(
                "DELETE FROM aftersales_payout_run WHERE id IN %s", [tuple([0, *self.run_ids])]
            )

    def referrer(self, env, method="credit"):
        """Return somebody who is owed 100."""
        partner = env["res.partner"].create(
            {
                "name": "Race",
                "referral_tax_status": "individual",
                "referral_self_billing_date": "2020-01-01",
                "referral_payout_method": method,
            }
        )
        self.partner_ids.append(partner.id)
        self.owe(env, partner, OWED)
        return partner

    def payout(self, env, method="credit", post=False):
        payout = env["aftersales.payout"].create(
            {"referrer_id": self.referrer(env).id, "method": method, "amount": OWED}
        )
        if post:
            payout.action_post()
        return payout, payout.referrer_id

    def run_of(self, env, count=1):
        """Return a prepared run for so many people."""
        people = env["res.partner"].union(
            *(self.referrer(env, ("credit", "cash")[number % 2]) for number in range(count))
        )
        run = env["aftersales.payout.run"].create({"referrer_ids": [Command.set(people.ids)]})
        self.run_ids.append(run.id)
        return run, people

    # --- What is pressed: {name: what it needs → (record, customer)}, method -------------------

    def buttons(self):
        """Return {name: (prepare(env) → (record, customer), method)}."""
        return {
            "post credit": (self.payout, "action_post"),
            "post money": (lambda env: self.payout(env, "cash"), "action_post"),
            "cancel credit": (lambda env: self.payout(env, post=True), "action_cancel"),
            "cancel money": (lambda env: self.payout(env, "cash", post=True), "action_cancel"),
            "prepare run": (self.run_of, "action_prepare"),
            "post run": (self.prepared_run, "action_post"),
            "start run over": (self.prepared_run, "action_start_over"),
            "cancel run": (self.prepared_run, "action_cancel"),
            "give goodwill": (self.adjusting("give"), "action_confirm"),
            "take credit": (self.adjusting("take"), "action_confirm"),
            "take lot back": (self.goodwill, "action_take_back"),
            "record opening credit": (self.opening("credit"), "action_record"),
            "record opening balance": (self.opening("commission"), "action_record"),
            "expire": (self.run_out, "_cron_expire"),
            "claim debt": (self.debt("claim"), "action_confirm"),
            "write debt off": (self.debt("write_off"), "action_confirm"),
        }

    def prepared_run(self, env):
        run, people = self.run_of(env)
        run.action_prepare()
        return run, people

    def goodwill(self, env):
        partner = self.referrer(env)
        lots = env["aftersales.credit.lot"]
        return lots._give_goodwill(partner, env.company, 50.0, "Race"), partner

    def run_out(self, env):
        """Return credit whose last day was yesterday."""
        lot, partner = self.goodwill(env)
        yesterday = env.company._aftersales_today() - timedelta(days=1)
        lot.sudo().date_expiry = yesterday
        return lot, partner

    def adjusting(self, direction):
        def prepare(env):
            _lot, partner = self.goodwill(env)
            wizard = env["aftersales.credit.adjust"].create(
                {
                    "partner_id": partner.id,
                    "direction": direction,
                    "amount": 20.0,
                    "reason": "Race",
                }
            )
            return wizard, partner

        return prepare

    def opening(self, kind):
        def prepare(env):
            partner = self.referrer(env)
            opening = env[f"aftersales.{kind}.opening"].create(
                {"referrer_id": partner.id, "amount": 70.0}
            )
            return opening, partner

        return prepare

    def debt(self, way):
        def prepare(env):
            partner = self.referrer(env)
            self.owe_more(env, partner, -150.0)
            env.flush_all()
            debt = env["aftersales.payout.debt"].search([("referrer_id", "=", partner.id)])
            wizard = env["aftersales.payout.debt.settle"].create(
                {"way": way, "reason": "Race", "debt_ids": [Command.set(debt.ids)]}
            )
            return wizard, partner

        return prepare

    def owe_more(self, env, partner, amount):
        ledger = env["aftersales.commission"]
        vals = ledger._prepare_adjustment(
            partner, env.company, amount, "Race", key=f"more-{partner.id}"
        )
        ledger.create(vals)._post_entries()

    # --- Pressing ------------------------------------------------------------------------------

    def press(self, prepare, method, times, at_once=False):
        """Press a button so often for a customer of its own; return what it left."""

        def make(env):
            record, partner = prepare(env)
            return record._name, record.ids, partner.id

        model, ids, partner_id = self.request(make)

        def click(env, _number, start_together):
            record = env[model].browse(ids)
            # fixes what this transaction sees
            record.read()
            env["res.partner"].browse(partner_id).read(["name"])
            start_together()
            getattr(record, method)()

        for together in [times] if at_once else [1] * times:
            self.at_once(together, times, click, refusal=UserError)
        return self.request(lambda env: self.effect(env, partner_id))

    def effect(self, env, partner_id):
        """Return what the database says about a customer, and what is wrong altogether."""
        company = env.company
        env.cr.execute(
            EFFECT,
            {
                "p": partner_id,
                "a": company.aftersales_accrued_commission_account_id.id,
                "l": company.aftersales_store_credit_account_id.id,
            },
        )
        found = env.cr.fetchone()
        wrong = env["aftersales.commission"]._check_invariants(company)
        return found, [one for one in wrong if one not in self.before]


@tagged("post_install", "-at_install", "concurrency")
class TestR5Payouts(ButtonCase):
    def check(self, name, prepare, method):
        """Pressed once, twice and twice at once, a button leaves the same."""
        once = self.press(prepare, method, 1)
        self.assertEqual(once[1], [], name)
        self.assertTrue(any(once[0][:6]), name)
        for at_once in (False, True):
            twice = self.press(prepare, method, 2, at_once)
            self.assertEqual(twice, once, f"{name}, {'at once' if at_once else 'in a row'}")

    def test_every_button_pressed_twice_has_one_effect(self):
        for name, button in self.buttons().items():
            with self.subTest(name):
                self.check(name, *button)

    def test_a_button_that_forgets_has_two_effects(self):
        """Prove that the test above can fail: the dialog no longer knows what it did."""
        model, name = self.registry["aftersales.credit.adjust"], "give goodwill"
        whole = model.action_confirm

        def forget(wizard):
            wizard.move_id = False
            return whole(wizard)

        with patch.object(model, "action_confirm", forget), self.assertRaises(AssertionError):
            self.check(name, *self.buttons()[name])


@tagged("post_install", "-at_install", "concurrency")
class TestR9TwoWorkers(ButtonCase):
    def test_two_workers_post_one_run_without_a_double(self):
        for _number in range(RUNS):
            self.check_two_workers()

    def test_workers_that_trust_what_they_once_read_pay_twice(self):
        """Prove that the test above can fail: nobody looks again, nothing refuses."""
        run, payout = self.registry["aftersales.payout.run"], self.registry["aftersales.payout"]
        blind = patch.object(run, "_post_in_background", post_blindly)
        ungated = patch.object(payout, "_set_state", set_state)
        generous = patch.object(payout, "_check_available", lambda self: None)
        with blind, ungated, generous, self.assertRaises(AssertionError):
            self.check_two_workers()

    def check_two_workers(self):
        waiting = self.request(self.waiting_run)
        workers = [threading.Thread(target=self.go_on) for _worker in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.go_on()  # what two met on is left for the next time
        with self.committed() as env:
            self.check_run(env, *waiting)

    def waiting_run(self, env):
        run, people = self.run_of(env, 8)
        run.action_prepare()
        run._set_state("posting")
        return run.id, people.ids

    def go_on(self):
        with self.committed() as env:
            env["aftersales.payout.run"]._cron_post()

    def check_run(self, env, run_id, partner_ids):
        """Everybody was paid once, in books, ledger and cards."""
        run = env["aftersales.payout.run"].browse(run_id)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.payout_ids.mapped("state"), ["posted"] * len(partner_ids))
        for number, partner_id in enumerate(partner_ids):
            rows, wrong = self.effect(env, partner_id)
            documents = 2  # of the reward and of the payout
            points = 0.0 if number % 2 else OWED
            self.assertEqual(rows[:3], (2, 0, documents))
            self.assertEqual((rows[4], rows[6], wrong), (points, ["posted"], []))
