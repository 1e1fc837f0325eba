# SPDX-License-Identifier: LGPL-3.0-or-later
"""What all random sequences through the ORM have in common (reliability R3)."""

import os
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common import TODAY

# the failing sequence is printed either way; making it shorter takes many minutes
PHASES = [Phase.generate, Phase.shrink] if "LEDGER_SHRINK" in os.environ else [Phase.generate]
SEED = os.environ.get("PROOF_SEED")  # draws other sequences
number = st.integers(0, 60)

ROWS = """
    SELECT 'row', id, md5((to_jsonb(row) - %(free)s::text[])::text), date
      FROM aftersales_commission AS row WHERE company_id = %(company)s
    UNION ALL
    SELECT 'evidence', evidence.id, md5((to_jsonb(evidence) - %(free)s::text[])::text), NULL
      FROM aftersales_commission_evidence AS evidence
      JOIN aftersales_commission AS row ON row.id = commission_id WHERE company_id = %(company)s
    UNION ALL
    SELECT 'movement', id, md5((to_jsonb(row) - %(free)s::text[])::text), NULL
      FROM aftersales_credit_movement AS row WHERE company_id = %(company)s
    UNION ALL
    SELECT 'booked', line.id,
           md5(concat_ws(' ', line.move_id, line.account_id, line.balance, line.date)), line.date
      FROM account_move_line line JOIN account_move move ON move.id = line.move_id
     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
       AND move.aftersales_entry IS NOT NULL
"""
# may be filled once; partner and card change only where two are merged
FREE = [
    "account_move_id", "payout_id", "available_date", "write_date", "write_uid", "referrer_id",
    "card_id",
]  # fmt: skip
OWED = """
    SELECT partner.commercial_partner_id, round(sum(amount) * 100), 'ledger'
      FROM aftersales_commission JOIN res_partner partner ON partner.id = referrer_id
     WHERE aftersales_commission.company_id = %(company)s GROUP BY 1
    UNION ALL
    SELECT partner.commercial_partner_id, round(-sum(balance) * 100), 'books'
      FROM account_move_line line LEFT JOIN res_partner partner ON partner.id = line.partner_id
     WHERE line.company_id = %(company)s AND account_id = %(account)s AND parent_state = 'posted'
     GROUP BY 1
"""


def pick(records, chosen):
    """Return one of ``records``, whatever the number says."""
    return records[chosen % len(records)]


def run_sequences(machine, sequences, steps):
    """Run so many sequences of so many steps, the same ones every time."""
    run_state_machine_as_test(
        seed(int(SEED))(machine) if SEED else machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


class Sequence(RuleBasedStateMachine):
    """Whatever people do, one thing after the other, undone at the end.

    Every step picks one of what can be done then, so that few of them do nothing. The case counts
    what was ``done`` and ``refused``.
    """

    def __init__(self, case):
        super().__init__()
        self.case, self.env, self.company = case, case.env, case.company
        self.savepoint = case.env.cr.savepoint(flush=True)
        self.savepoint.__enter__()
        freezer = freeze_time(TODAY).freezer
        self.day, self.clock, self.stop = date.fromisoformat(TODAY), freezer.start(), freezer.stop
        self.seen = {}

    def teardown(self):
        """End the sequence, and undo all of it."""
        try:
            self.end()
        finally:
            self.stop()
            self.savepoint.rollback()
            self.savepoint.__exit__(None, None, None)
            self.env.invalidate_all()

    def end(self):
        """Do what ends every sequence."""

    def possible(self):
        """Return what can be done, and to which records: {method: records}."""
        raise NotImplementedError

    @rule(what=number, which=number, how=number)
    def step(self, what, which, how):
        """Let one of what can be done now happen, to one of the records it can happen to."""
        possible = [(act, found) for act, found in self.possible().items() if found]
        act, found = pick(possible, what)
        act(pick(found, which), how)

    def do(self, step, act):
        """Do it today; a refusal in words is an answer, and undone.

        :return: whether it was done
        """
        try:
            with self.env.cr.savepoint():
                act()
                self.env.flush_all()
        except UserError as refusal:
            self.env.invalidate_all()
            self.case.refused[step] += 1
            note(f"# {step}: {refusal}")
            return False
        self.case.done[step] += 1
        note(f"# {step}")
        return True

    def time_passes(self, days, _how=0):
        """Let it be so many days later."""
        self.day += timedelta(days=days)
        self.clock.move_to(self.day)

    def merge(self, partners, into):
        """Merge partners with core's wizard."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into)
        self.env.invalidate_all()

    # --- What holds after every step -----------------------------------------------------------

    def check_rows_stay(self):
        """No row or posted item was changed or deleted since the last step.

        :return: the days of what is new
        """
        self.env.cr.execute(ROWS, {"company": self.company.id, "free": FREE})
        rows = self.env.cr.fetchall()
        now = {(kind, key): digest for kind, key, digest, _day in rows}
        assert self.seen.items() <= now.items(), "no row is changed or deleted"
        fresh = [day for kind, key, _digest, day in rows if day and (kind, key) not in self.seen]
        self.seen = now
        return fresh

    def check_owed(self):
        """Ledger and account A say the same, per commercial partner: {partner: cents}."""
        account = self.company.aftersales_accrued_commission_account_id
        self.env.cr.execute(OWED, {"company": self.company.id, "account": account.id})
        owed = {"ledger": {}, "books": {}}
        for partner, cents, where in self.env.cr.fetchall():
            if cents:
                owed[where][partner] = int(cents)
        assert owed["ledger"] == owed["books"], owed
        return owed["books"]
