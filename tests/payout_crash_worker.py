"""Posts a payout run in processes that are killed at random points; started by ``test_crash``.

What the last kill leaves is posted by two processes at once.

    python -m tests.payout_crash_worker DATABASE KILLS

A run waits to be posted; a child process goes on with it as the cron does, and dies without a
word. What the database holds is read after every kill and once more at the end. Then the same is
done with a mutant that commits in the middle.
"""

from __future__ import annotations

import json
import os
import sys

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.killing import MUTANT_KILLS, kill_again
from tools import databases

PAYOUTS_PER_KILL = 10
LONGEST_SECONDS = 0.8  # that a child may work
AMOUNT = 50.0


def prepare(env: api.Environment, count: int) -> int:
    """Enter ``count`` referrers who are owed something, and a run for them; return its id."""
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
    today = env.company._aftersales_today()
    referrers = env["res.partner"].create(
        [
            {
                "name": f"Crash {number}",
                "referral_payout_method": "cash" if number % 2 else "credit",
                "referral_tax_status": "individual",
                "referral_self_billing_date": today,
            }
            for number in range(count)
        ]
    )
    commissions = env["aftersales.commission"]
    commissions._adjust(
        [
            commissions._prepare_adjustment(
                referrer, env.company, AMOUNT, "crash", key=f"crash-{referrer.id}"
            )
            for referrer in referrers
        ]
    )
    run = env["aftersales.payout.run"].create({"referrer_ids": [(6, 0, referrers.ids)]})
    run.action_prepare()
    run._set_state("posting")
    return run.id


def go_on(database: str) -> None:
    """Do in a process of its own what the cron does."""
    with Registry(database).cursor() as cursor:
        api.Environment(cursor, SUPERUSER_ID, {})["aftersales.payout.run"]._cron_post()


def go_on_twice(database: str) -> int:
    """Let two processes go on at once; return how many of them failed."""
    children = []
    for _one in range(2):
        child = os.fork()
        if not child:
            go_on(database)
            os._exit(0)
        children.append(child)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def facts(database: str, run_id: int) -> dict:
    """Return how many payouts are like what: {[state, rows, Σ rows, documents, points]: number}.

    Beside that the state of the run, and the invariants that do not hold.
    """
    with Registry(database).cursor() as cursor:
        cursor.execute(
            """
            SELECT state, rows, amount, documents, points, count(*)
              FROM (SELECT payout.state,
                           (SELECT count(*) FROM aftersales_commission row
                             WHERE row.payout_id = payout.id) AS rows,
                           (SELECT coalesce(sum(amount), 0)::float FROM aftersales_commission row
                             WHERE row.payout_id = payout.id) AS amount,
                           (SELECT count(*) FROM account_move move
                             WHERE move.ref = payout.name AND move.state = 'posted') AS documents,
                           (SELECT coalesce(sum(points), 0)::float FROM loyalty_card card
                             WHERE card.partner_id = payout.referrer_id) AS points
                      FROM aftersales_payout payout
                     WHERE payout.run_id = %s
                   ) AS payout
             GROUP BY 1, 2, 3, 4, 5
             ORDER BY 1, 2, 3, 4, 5
            """,
            [run_id],
        )
        payouts = [list(row) for row in cursor.fetchall()]
        env = api.Environment(cursor, SUPERUSER_ID, {})
        return {
            "run": env["aftersales.payout.run"].browse(run_id).state,
            "payouts": payouts,
            "wrong": env["aftersales.commission"]._check_invariants(env.company),
        }


def commit_in_the_middle(database: str) -> None:
    """Keep a payout that is posted before its row is in the ledger."""
    registry = Registry(database)
    model = registry["aftersales.payout"]
    whole = model._append_row

    def halfway(payout, amount, entry):
        payout.env.flush_all()
        payout.env.cr.commit()
        return whole(payout, amount, entry)

    model._append_row = halfway
    # a commit ends the savepoint that makes one payout whole or nothing
    registry["aftersales.payout.run"]._post_payout = lambda run, payout: payout.action_post()


def main(database: str, kills: int) -> None:
    """Kill ``kills`` children at their work, let one finish, and print what was found as JSON."""
    config.parse_config(
        [*databases.odoo_options(database), "--no-http", "--log-level=error"], setup_logging=True
    )

    def kill(count):
        with Registry(database).cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            run_id = prepare(env, count * PAYOUTS_PER_KILL)
        work, look = (lambda: go_on(database)), (lambda: facts(database, run_id))
        return run_id, *kill_again(count, LONGEST_SECONDS, work, look)

    run_id, killed, seen = kill(kills)
    sql_db.close_all()  # two children need connections of their own
    failed = go_on_twice(database)
    end = {**facts(database, run_id), "failed": failed}
    commit_in_the_middle(database)
    _run_id, _killed, mutant = kill(MUTANT_KILLS)
    print(json.dumps({"killed": killed, "seen": seen, "end": end, "mutant": mutant}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
