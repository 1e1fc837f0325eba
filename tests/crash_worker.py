"""Plans visits in processes that are killed at random points; started by ``test_crash``.

    python -m tests.crash_worker DATABASE KILLS

Contracts wait for their first day; a child process starts them as the daily job does, and dies
without a word. What the database holds is read after every kill and once more at the end. Then
the same is done with a mutant that commits in the middle.
"""

from __future__ import annotations

import json
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.killing import MUTANT_KILLS, kill_again
from tools import databases

CONTRACTS_PER_KILL = 15
LONGEST_SECONDS = 0.4  # that a child may work


def prepare(env: api.Environment, count: int, code: str = "T-CRASH") -> list[int]:
    """Enter ``count`` contracts that wait for a first day that has come; return their ids."""
    env["fsm.person"].create([{"name": f"Crash {number}"} for number in range(4)])
    plan = env["aftersales.plan"].create(
        {"name": "Crash", "code": code, "visit_interval_months": 3}
    )
    sites = env["res.partner"].create(
        [{"name": f"Crash site {number}", "city": "Springfield"} for number in range(count)]
    )
    contracts = env["aftersales.contract"].create(
        [
            {
                "plan_id": plan.id,
                "partner_id": site.id,
                "site_id": site.id,
                "visit_interval_months": 3,
                "start_policy": "installed",
            }
            for site in sites
        ]
    )
    today = env.company._aftersales_today()
    for contract in contracts:
        contract._fix_term(today)
    return contracts.ids


def follow_calendar(database: str) -> None:
    """Do in a process of its own what the daily job does."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["aftersales.contract"]._cron_follow_calendar()


def facts(database: str, contract_ids: list[int]) -> dict:
    """Return {(state, visits, years): number of contracts} and how many slots overlap."""
    with Registry(database).cursor() as cursor:
        cursor.execute(
            """
            WITH visit AS (
                SELECT aftersales_contract_id AS id, count(*) AS visits,
                       count(DISTINCT aftersales_visit_number) AS numbers
                  FROM fsm_order WHERE aftersales_contract_id = ANY(%(ids)s) GROUP BY 1
            ), entitlement AS (
                SELECT contract_id AS id, count(*) AS entitlements
                  FROM aftersales_entitlement WHERE contract_id = ANY(%(ids)s) GROUP BY 1
            )
            SELECT state, coalesce(visits, 0), coalesce(numbers, 0), coalesce(entitlements, 0),
                   count(*)
              FROM aftersales_contract
              LEFT JOIN visit USING (id)
              LEFT JOIN entitlement USING (id)
             WHERE id = ANY(%(ids)s)
             GROUP BY 1, 2, 3, 4
            """,
            {"ids": contract_ids},
        )
        rows = cursor.fetchall()
        cursor.execute(
            """
            SELECT count(*)
              FROM fsm_order one
              JOIN fsm_order other
                ON other.person_id = one.person_id AND other.id > one.id
               AND other.scheduled_date_start < one.scheduled_date_end
               AND one.scheduled_date_start < other.scheduled_date_end
             WHERE one.aftersales_contract_id = ANY(%(ids)s)
               AND other.aftersales_contract_id = ANY(%(ids)s)
            """,
            {"ids": contract_ids},
        )
        (overlaps,) = cursor.fetchone()
    return {"contracts": [list(row) for row in rows], "overlaps": overlaps}


def commit_in_the_middle(database: str) -> None:
    """Keep a contract that has started before it has its year and its visits."""
    model = Registry(database)["aftersales.contract"]
    whole = model._open_periods

    def halfway(contracts):
        contracts.env.cr.commit()
        return whole(contracts)

    model._open_periods = halfway


def main(database: str, kills: int) -> None:
    """Kill ``kills`` children at their work, let one finish, and print what was found as JSON."""
    config.parse_config(
        [*databases.odoo_options(database), "--no-http", "--log-level=error"], setup_logging=True
    )
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        contract_ids = prepare(env, kills * CONTRACTS_PER_KILL)

    def kill(count, ids):
        work, look = (lambda: follow_calendar(database)), (lambda: facts(database, ids))
        return kill_again(count, LONGEST_SECONDS, work, look)

    killed, seen = kill(kills, contract_ids)
    follow_calendar(database)
    end = facts(database, contract_ids)
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        others = prepare(env, MUTANT_KILLS * CONTRACTS_PER_KILL, "T-CRASH-MUTANT")
    commit_in_the_middle(database)
    _killed, mutant = kill(MUTANT_KILLS, others)
    print(json.dumps({"killed": killed, "seen": seen, "end": end, "mutant": mutant}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
