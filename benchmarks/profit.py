"""How long the profit report takes to open beside Odoo's own sales analysis: `make profit`.

Every contract has a plan line of its own that was invoiced, a visit, a claim with a part that was
shipped, a commission of its holder and, if asked for, a row of recognised revenue for each month.
"""

from __future__ import annotations

import statistics
import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .crowd import Crowd, _each

SIZE = 100_000  # contracts, and order lines
ROUNDS = 5
GOAL = 2.0  # ours ÷ Odoo's
OURS = ["revenue:sum", "cost:sum", "margin:sum", "margin_percent:avg", "missing:sum"]
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
        entries = env["aftersales.profit"].search_count([])
        lines = env["sale.report"].search_count([])
        print(f"{size:,} contracts, {entries:,} entries; {lines:,} order lines", flush=True)
        cases = {
            "by plan and year": ("aftersales.profit", ["plan_id", "date:year"], OURS),
            "by covered product": ("aftersales.profit", ["product_id"], OURS),
            "below cost": ("aftersales.contract", None, None),
        }
        plain = measure(env, "sale.report", ["product_id", "date:year"], THEIRS)
        missed = False
        for title, case in cases.items():
            ours = measure(env, *case)
            ratio = ours / plain
            missed |= ratio > GOAL
            print(f"{title:22} {plain * 1000:8.0f} ms {ours * 1000:8.0f} ms {ratio:6.2f}")
        cursor.rollback()
    sys.exit(missed)


def measure(env: api.Environment, model: str, groups, sums) -> float:
    """Return the median seconds of what a pivot asks when it opens: whole, by each, by both."""
    seconds = []
    for _round in range(ROUNDS + 1):
        env.invalidate_all()
        start = time.perf_counter()
        if groups is None:
            env[model].search([("is_below_cost", "=", True)], limit=80)
        else:
            sets = [groups[:number] for number in range(len(groups) + 1)]
            env[model].formatted_read_grouping_sets([], sets, sums)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])
