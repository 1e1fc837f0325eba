"""How long our reports take to open beside Odoo's own sales analysis: `make profit`.

Every contract has a plan line of its own that was invoiced, a visit, a claim with a part that was
shipped, a commission of its holder and, if asked for, a row of recognised revenue for each month.
"""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .crowd import Crowd, _each

SIZE = 100_000  # contracts, and order lines
ROUNDS = 5
GOAL = 2.0  # ours ÷ Odoo's
OURS = ["revenue:sum", "cost:sum", "margin:sum", "margin_percent:avg", "missing:sum"]
RATES = ["failures:sum", "unit_months:sum", "rate:avg"]
LEFT_FIELDS = ["invoiced", "recognised", "left_amount"]
LEFT = [f"{name}:sum" for name in LEFT_FIELDS]
THEIRS = ["product_uom_qty:sum", "price_subtotal:sum", "price_total:sum"]


class ProfitCrowd(Crowd):
    """A crowd whose contracts earned and cost something."""

    contracts_each = 1

    def grow_entries(self, months: int) -> None:
        """Give each copied contract its order, invoice item, part, work and months of revenue."""
        contract, execute = self.contract, self.env.cr.execute
        execute("SELECT id FROM aftersales_contract WHERE name LIKE 'Copy %%' ORDER BY id", [])
        contracts = [row[0] for row in self.env.cr.fetchall()]
        contracts, count = range(contracts[0], contracts[-1] + 1), len(contracts)
        spread = SQL("mould.date - (n %% 1000)::int")
        when = SQL("mould.date_order - (n %% 1000) * interval '1 day'")
        orders = self._copy(
            contract.sale_order_id, count, name=SQL("'Copy ' || n"), date_order=when
        )
        lines = self._copy(contract.sale_line_id, count, order_id=_each(orders))
        item = contract.sale_line_id.invoice_lines[:1]
        items = self._copy(item, count, date=spread)
        execute(
            "UPDATE aftersales_contract SET sale_line_id = %s + id - %s WHERE id BETWEEN %s AND %s",
            [lines[0], contracts[0], contracts[0], contracts[-1]],
        )
        execute(
            "INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id) "
            "SELECT %s + n, %s + n FROM generate_series(0, %s) AS n",
            [lines[0], items[0], count - 1],
        )
        self._ship(count)
        execute(
            "UPDATE fsm_order SET aftersales_labour_cost = 60, date_end = now() "
            "WHERE aftersales_contract_id BETWEEN %s AND %s",
            [contracts[0], contracts[-1]],
        )
        if months:
            # What was invoiced counts as deferred, too: the report of what is left has to add up.
            contract.company_id.aftersales_deferred_account_ids |= item.account_id
            execute(
                "INSERT INTO aftersales_revenue "
                "(contract_id, company_id, deferred_account_id, number, date, amount) "
                "SELECT c, %s, %s, n, CURRENT_DATE - n * 30, 100 "
                "FROM generate_series(%s, %s) AS c, generate_series(1, %s) AS n",
                [contract.company_id.id, item.account_id.id, contracts[0], contracts[-1], months],
            )
        execute("ANALYZE")
        self.env.invalidate_all()

    def _ship(self, count: int) -> None:
        """Give each copied claim line a part that was shipped."""
        line = self.contract.claim_ids.line_ids.filtered("move_ids")[:1]
        self.env.cr.execute("SELECT max(id) FROM aftersales_claim_line", [])
        last = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            "UPDATE aftersales_claim_line SET billing_type = 'contract' WHERE id > %s",
            [last - count],
        )
        move = line.move_ids.filtered(lambda m: m.state == "done" and not m.aftersales_step)[:1]
        self._copy(
            move,
            count,
            aftersales_claim_line_id=_each(range(last - count + 1, last + 1)),
            date=SQL("mould.date - (n %% 1000) * interval '1 day'"),
        )


def main(database: str, *sizes: str) -> None:
    """Print a line per report; status 1 if a goal is missed. ``sizes``: contracts, months."""
    size, months = (*map(int, sizes), *(SIZE, 0)[len(sizes) :])
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
        crowd = ProfitCrowd(env)
        crowd.grow(size)
        crowd.grow_entries(months)
        env["aftersales.parts.forecast"]._forecast_all(env.company)
        entries = env["aftersales.profit"].search_count([])
        lines = env["sale.report"].search_count([])
        print(f"{size:,} contracts, {entries:,} entries; {lines:,} order lines", flush=True)
        plain = measure(lambda: pivot(env, "sale.report", ["product_id", "date:year"], THEIRS), env)
        missed = False
        for title, opening in openings(env).items():
            ours = measure(opening, env)
            ratio = ours / plain
            missed |= ratio > GOAL
            print(f"{title:26} {plain * 1000:8.0f} ms {ours * 1000:8.0f} ms {ratio:6.2f}")
        cursor.rollback()
    sys.exit(missed)


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
