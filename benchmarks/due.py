"""How long our crons look for what is due, among few and among very many: `make scale ARGS=due`.

Each case makes the same number of records due, lets the cron look for its work without doing it,
and undoes both. Among 1,000 contracts all are due, among 1,000,000 the same number is.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from contextlib import ExitStack
from typing import NamedTuple
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .crowd import DUE, Crowd

ROUNDS = 7
GOAL = 1.5  # the larger ÷ the smaller
LARGE = 50_000  # rows of a table that must not be read as a whole


class Case(NamedTuple):
    """One thing that falls due: the cron that looks for it, and how a number of it is made."""

    title: str
    cron: str  # the method, on its model
    model: str
    make: tuple[str, ...]  # statements; %(contracts)s, %(orders)s … are ids of DUE, %(today)s today


FOLLOW = ("_cron_follow_renewals", "aftersales.contract")
TURN = ("_cron_turn_to_customers", "aftersales.followup")
CUSTOMERS = ("_cron_follow_customers", "aftersales.customer")
CALENDAR = ("_cron_follow_calendar", "aftersales.contract")
RENEWED_ORDERS = (
    "UPDATE sale_order_line l SET aftersales_renews_id = x.c, state = 'sent' FROM ("
    "  SELECT unnest(%(contracts)s) AS c, unnest(%(orders)s) AS o) x WHERE l.order_id = x.o",
)
ACTIVE = (
    "UPDATE aftersales_contract SET state = 'active', date_start = %(today)s - 100, "
    "date_end = %(today)s + 264, entitled_until = %(today)s + 264 "
    "WHERE id = ANY(%(contracts)s)",
    "UPDATE aftersales_entitlement SET date_start = %(today)s - 100, "
    "date_end = %(today)s + 264 WHERE contract_id = ANY(%(contracts)s)",
)
CASES = (
    Case(
        "Renewals to offer", *FOLLOW,
        ("UPDATE aftersales_contract SET state = 'active', renewal_stage = 'running', "
         "renewal_policy = 'offer', date_end = %(today)s + 30, date_renewal = %(today)s - 1 "
         "WHERE id = ANY(%(contracts)s)",),
    ),
    Case(
        "Discounts past their deadline", *FOLLOW,
        (*RENEWED_ORDERS,
         "UPDATE sale_order SET state = 'sent', aftersales_renewal_deadline = %(today)s - 1 "
         "WHERE id = ANY(%(orders)s)"),
    ),
    Case(
        "Contracts that go on by themselves", *FOLLOW,
        (*RENEWED_ORDERS,
         "UPDATE sale_order SET state = 'sent', aftersales_goes_on = TRUE "
         "WHERE id = ANY(%(orders)s)",
         "UPDATE aftersales_contract SET state = 'active', renewal_stage = 'offered', "
         "renewal_policy = 'auto', date_end = %(today)s, date_renewal = %(today)s - 60 "
         "WHERE id = ANY(%(contracts)s)"),
    ),
    Case(
        "Contracts that lapsed", *FOLLOW,
        ("UPDATE aftersales_contract SET state = 'expired', renewal_stage = 'lapsed', "
         "renewal_policy = 'offer', date_end = %(today)s - 1, date_closed = %(today)s - 1 "
         "WHERE id = ANY(%(contracts)s)",),
    ),
    Case(
        "Cover that was not used", *TURN,
        ("UPDATE aftersales_contract SET state = 'active', date_start = %(today)s - 250, "
         "date_end = %(today)s + 114, use_checked = NULL WHERE id = ANY(%(contracts)s)",
         "UPDATE aftersales_entitlement SET date_start = %(today)s - 250, "
         "date_end = %(today)s + 114 WHERE contract_id = ANY(%(contracts)s)"),
    ),
    Case(
        "Calls after deliveries", *TURN,
        ("UPDATE aftersales_asset SET date_delivered = %(today)s - 5 WHERE id = ANY(%(assets)s)",
         "DELETE FROM aftersales_followup_order_rel WHERE order_id = ANY(%(orders)s)"),
    ),
    Case(
        "Important dates", *TURN,
        ("UPDATE aftersales_important_date SET date = %(today)s, month_day = "
         "EXTRACT(MONTH FROM %(today)s) * 100 + EXTRACT(DAY FROM %(today)s) "
         "WHERE id = ANY(%(dates)s)",),
    ),
    Case(
        "Greetings to be mailed", *TURN,
        ("UPDATE aftersales_followup SET state = 'open', by_mail = TRUE, date_due = %(today)s "
         "WHERE id = ANY(%(followups)s)",),
    ),
    Case(
        "Stages of customers", *CUSTOMERS,
        ("UPDATE aftersales_customer SET stage = 'active', date_lost = NULL, "
         "last_contact = %(today)s - 100 WHERE id = ANY(%(cards)s)",),
    ),
    Case(
        "Customers nearly lost", *CUSTOMERS,
        ("UPDATE aftersales_customer SET stage = 'nearly_lost', checked_on = NULL, "
         "date_lost = NULL, last_contact = %(today)s - 250 WHERE id = ANY(%(cards)s)",),
    ),
    Case(
        "Contacts to note on cards", *CUSTOMERS,
        ("UPDATE sale_order SET date_order = LOCALTIMESTAMP - interval '1 hour' "
         "WHERE id = ANY(%(orders)s)",
         "UPDATE aftersales_customer SET last_contact = %(today)s - 1000, stage = 'lost', "
         "last_order = NULL WHERE id = ANY(%(cards)s)"),
    ),
    Case(
        "Offers of campaigns", *CUSTOMERS,
        ("UPDATE res_partner SET email = 'customer@example.com' WHERE id IN ("
         "SELECT partner_id FROM aftersales_customer WHERE id = ANY(%(cards)s))",
         "UPDATE aftersales_campaign_line SET state = 'to_contact', left_out = NULL "
         "WHERE id IN (SELECT id FROM aftersales_campaign_line ORDER BY id LIMIT %(due)s)",),
    ),
    Case(
        "Volume deals that ended short", *CUSTOMERS,
        ("UPDATE aftersales_volume_deal SET told_until = date_from - 1 WHERE id = ANY(%(deals)s)",),
    ),
    Case(
        "Requests for feedback", "_cron_ask", "aftersales.feedback",
        ("UPDATE aftersales_claim SET state = 'done', "
         "date_done = LOCALTIMESTAMP - interval '2 days' WHERE id = ANY(%(claims)s)",
         "DELETE FROM aftersales_feedback WHERE res_model = 'aftersales.claim' "
         "AND res_id = ANY(%(claims)s)"),
    ),
    Case(
        "Contracts that expire", *CALENDAR,
        ("UPDATE aftersales_contract SET state = 'active', date_end = %(today)s - 1 "
         "WHERE id = ANY(%(contracts)s)",),
    ),
    Case(
        "Renewals that start", *CALENDAR,
        ("UPDATE aftersales_contract SET state = 'draft', date_start = %(today)s, "
         "date_end = %(today)s + 364 WHERE id = ANY(%(contracts)s)",),
    ),
    Case(
        "Years that begin", *CALENDAR,
        ("UPDATE aftersales_contract SET state = 'active', date_start = %(today)s - 365, "
         "date_end = %(today)s + 364, entitled_until = %(today)s - 1 "
         "WHERE id = ANY(%(contracts)s)",
         "UPDATE aftersales_entitlement SET date_start = %(today)s - 365, "
         "date_end = %(today)s - 1 WHERE contract_id = ANY(%(contracts)s)"),
    ),
    Case(
        "Suspensions that begin", *CALENDAR,
        (*ACTIVE,
         "INSERT INTO aftersales_suspension (contract_id, company_id, date_start, date_end) "
         "SELECT id, company_id, %(today)s, %(today)s + 30 FROM aftersales_contract "
         "WHERE id = ANY(%(contracts)s)"),
    ),
    Case(
        "Suspensions that end", *CALENDAR,
        (*ACTIVE,
         "UPDATE aftersales_contract SET state = 'suspended' WHERE id = ANY(%(contracts)s)"),
    ),
)  # fmt: skip


class Measured(NamedTuple):
    """What looking took, how much was found and which large tables were read as a whole."""

    seconds: float
    found: int
    scans: tuple[str, ...]


def main(*databases: str) -> bool:
    """Print a line per case; return whether a goal is missed."""
    results: dict[Case, list[Measured]] = {}
    for database in databases:
        with Registry(database).cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            crowd = Crowd(env)
            for case in CASES:
                results.setdefault(case, []).append(measure(env, crowd, case))
            cursor.rollback()
    text, missed = table(results)
    print(text)
    return bool(missed)


def measure(env: api.Environment, crowd: Crowd, case: Case) -> Measured:
    """Make the case due, look for it some rounds, and undo it."""
    savepoint = env.cr.savepoint()
    values = {
        **{name: ids[: DUE - 1] for name, ids in crowd.first.items()},
        "today": env.company._aftersales_today(),
        "due": DUE - 1,
    }
    for statement in case.make:
        env.cr.execute(statement, values)
        env.cr.execute(
            SQL(
                "ANALYZE %s", SQL.identifier(re.search(r"(?:UPDATE|INTO|FROM) (\w+)", statement)[1])
            )
        )
    seconds = []
    for number in range(ROUNDS + 1):
        env.invalidate_all()
        work, queries, taken = look(env, case)
        if number:
            seconds.append(taken)
    scans = tuple(sorted({table for query in queries for table in large_scans(env, query)}))
    env.invalidate_all()
    savepoint.close(rollback=True)
    return Measured(statistics.median(seconds), len(work), scans)


def look(env: api.Environment, case: Case):
    """Let the cron look for its work, but do none of it.

    :return: (the work, the queries, the seconds)
    """
    work, queries = [], []
    cursor, execute = env.cr, env.cr.execute

    def remember(query, *arguments, **options):
        result = execute(query, *arguments, **options)
        queries.append(cursor._obj.query.decode())
        return result

    def collect(_env, found, *_arguments, **_options):
        work.extend(found)
        return True  # all done in time

    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("odoo.addons.aftersales_") and hasattr(module, "work_off"):
                if callable(module.work_off):
                    stack.enter_context(patch.object(module, "work_off", collect))
        stack.enter_context(patch.object(cursor, "execute", remember))
        stack.enter_context(patch.object(cursor, "commit", cursor.flush))
        inside = cursor.savepoint()
        start = time.perf_counter()
        getattr(env[case.model], case.cron)()
        taken = time.perf_counter() - start
        inside.close(rollback=True)
    return work, queries, taken


def large_scans(env: api.Environment, query: str) -> set[str]:
    """Return the large tables that the query reads as a whole."""
    if re.match(r"\s*SET LOCAL\b", query):  # what the cron allows the planner for what follows
        env.cr.execute(query)
    if not re.match(r"\s*(SELECT|WITH|UPDATE|INSERT|DELETE)\b", query, re.IGNORECASE):
        return set()
    env.cr.execute("EXPLAIN (FORMAT JSON) " + query.replace("%", "%%"), [])
    plan = env.cr.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    found = set()

    def visit(node):
        if node["Node Type"] == "Seq Scan":
            found.add(node["Relation Name"])
        for child in node.get("Plans", ()):
            visit(child)

    visit(plan[0]["Plan"])
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples > %s",
        [list(found), LARGE],
    )
    return {name for (name,) in env.cr.fetchall()}


def table(results: dict[Case, list[Measured]]) -> tuple[str, int]:
    """Return the lines of all cases, and whether a goal is missed."""
    form = "{:38} {:>10} {:>10} {:>7} {:>7}  {}"
    lines, missed = [form.format("", "few ms", "many ms", "ratio", "found", "read as a whole")], 0
    for case, (few, *more) in results.items():
        many = more[-1] if more else few
        ratio = many.seconds / few.seconds
        bad = ratio > GOAL or many.scans
        missed |= bool(bad)
        lines.append(
            form.format(
                case.title,
                f"{few.seconds * 1000:.1f}",
                f"{many.seconds * 1000:.1f}",
                f"{ratio:.2f}",
                many.found,
                ", ".join(many.scans) + " !" * bool(bad),
            )
        )
    return "\n".join(lines), missed
