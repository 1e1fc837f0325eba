"""How long our reports take to open beside Odoo's own sales analysis: `make scale ARGS=reports`.

Every contract has a plan line of its own that was invoiced, a visit, a claim with a part that was
shipped, a commission of its holder and a row of recognised revenue.
"""

from __future__ import annotations

import statistics
import time
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

ROUNDS = 5
GOAL = 2.0  # ours ÷ Odoo's
OURS = ["revenue:sum", "cost:sum", "margin:sum", "margin_percent:avg", "missing:sum"]
RATES = ["failures:sum", "unit_months:sum", "rate:avg"]
LEFT_FIELDS = ["invoiced", "recognised", "left_amount"]
LEFT = [f"{name}:sum" for name in LEFT_FIELDS]
THEIRS = ["product_uom_qty:sum", "price_subtotal:sum", "price_total:sum"]


def main(database: str) -> bool:
    """Print a line per report; return whether a goal is missed."""
    missed = False
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
        env["aftersales.parts.forecast"]._forecast_all(env.company)
        entries = env["aftersales.profit"].search_count([])
        lines = env["sale.report"].search_count([])
        print(f"Reports: {entries:,} entries; {lines:,} order lines", flush=True)
        plain = measure(lambda: pivot(env, "sale.report", ["product_id", "date:year"], THEIRS), env)
        for title, opening in openings(env).items():
            ours = measure(opening, env)
            ratio = ours / plain
            missed |= ratio > GOAL
            print(f"{title:26} {plain * 1000:8.0f} ms {ours * 1000:8.0f} ms {ratio:6.2f}")
        cursor.rollback()
    return missed


def openings(env: api.Environment) -> dict:
    """Return {title: what a report or list asks when it opens}."""
    pivots = {
        "profit by plan and year": ("aftersales.profit", ["plan_id", "date:year"], OURS),
        "profit by covered product": ("aftersales.profit", ["product_id"], OURS),
        "failures by product": ("aftersales.failure.report", ["categ_id", "product_id"], RATES),
        "failures by age": ("aftersales.failure.report", ["age_band"], RATES),
        "deferred revenue by plan": ("aftersales.deferred.revenue", ["plan_id"], LEFT),
    }
    lists = {
        "contracts below cost": ("aftersales.contract", [("is_below_cost", "=", True)], ["name"]),
        "deferred revenue": ("aftersales.deferred.revenue", [], ["contract_id", *LEFT_FIELDS]),
        "parts forecast": ("aftersales.parts.outlook", [], ["expected", "on_hand", "shortage"]),
        "price list of plans": (
            "product.template",
            [("aftersales_plan_id", "!=", False)],
            ["list_price", "aftersales_suggested_price", "aftersales_price_reason"],
        ),
    }
    return {
        **{title: partial(pivot, env, *asked) for title, asked in pivots.items()},
        **{title: partial(first_page, env, *asked) for title, asked in lists.items()},
    }


def pivot(env: api.Environment, model: str, groups: list[str], sums: list[str]) -> None:
    """Ask what a pivot asks: the whole, by each group, and by all."""
    sets = [groups[:number] for number in range(len(groups) + 1)]
    env[model].formatted_read_grouping_sets([], sets, sums)


def first_page(env: api.Environment, model: str, domain: list, names: list[str]) -> None:
    """Ask what a list asks for its first page."""
    env[model].web_search_read(domain, {name: {} for name in names}, limit=80)


def measure(opening, env: api.Environment) -> float:
    """Return the median seconds of ``opening`` a report."""
    seconds = []
    for _round in range(ROUNDS + 1):
        env.invalidate_all()
        start = time.perf_counter()
        opening()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])
