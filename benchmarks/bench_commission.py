"""What settling the rewards of 10,000 paid invoice lines costs, beside commission_oca."""

from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import Command, api

from .harness import Comparison, Prepare

BESIDE_OTHERS = True  # needs their add-ons
ORDERS = 1_000
FEW = 100  # for the growth of queries
LINES = 10  # on each order, and so on its invoice
REFERRERS = 100  # who brought ten customers each
BATCH = 200  # orders settled at a time
GROWTH = 18  # queries per table: 2,000 items of entries instead of 200, 100 in each of Odoo's


class Books:
    """Paid invoices of orders; each customer was brought by somebody, in both add-ons' terms."""

    def __init__(self, env: api.Environment):
        self.company = env.company
        self.today = env.company._aftersales_today()
        self.referrers = self.new_referrers(env)
        self.customers = self.new_customers(env)
        self.orders = self.sell(env)
        invoices = self.invoice(env)
        env.cr.execute("ANALYZE")  # nothing is committed, so nobody else tells the planner
        self.pay(env, invoices)
        self.refer(env)
        env.cr.execute("ANALYZE")

    def new_referrers(self, env):
        """Return agents who have a contract that rewards them."""
        commission = env["commission"].create({"name": "Bench", "fix_qty": 15.0})
        partners = env["res.partner"].create(
            [
                {"name": f"Bench referrer {number}", "agent": True, "commission_id": commission.id}
                for number in range(REFERRERS)
            ]
        )
        plan = env["aftersales.plan"].create(
            {"name": "Bench", "code": "BENCH-C", "referral_percent": 15.0}
        )
        env["aftersales.contract"].create(
            [
                {
                    **plan._prepare_terms(),
                    "plan_id": plan.id,
                    "partner_id": partner.id,
                    "site_id": partner.id,
                    "date_start": self.today - relativedelta(months=3),
                    "date_end": self.today + relativedelta(months=9),
                    "state": "active",
                }
                for partner in partners
            ]
        )
        return partners

    def new_customers(self, env):
        """Return as many customers as orders, each with its agent."""
        return env["res.partner"].create(
            [
                {
                    "name": f"Bench customer {number}",
                    "commission_agent_ids": [Command.set(self.referrers[number % REFERRERS].ids)],
                }
                for number in range(ORDERS)
            ]
        )

    def sell(self, env):
        """Return confirmed orders, nobody's referral yet."""
        product = env["product.product"].create(
            {"name": "Bench tiles", "type": "service", "invoice_policy": "order", "list_price": 50}
        )
        product.taxes_id = False
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": 50.0 + number})
                        for number in range(LINES)
                    ],
                }
                for customer in self.customers
            ]
        )
        orders.action_confirm()
        return orders

    def invoice(self, env):
        """Return the posted invoices, dated in the period before this one."""
        invoices = self.orders._create_invoices()
        invoices.invoice_date = self.today - relativedelta(months=2)
        invoices.action_post()
        return invoices

    def pay(self, env, invoices):
        """Pay them all from one collective entry."""
        receivables = invoices.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        bank = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        lines = [
            Command.create(
                {
                    "account_id": line.account_id.id,
                    "partner_id": line.partner_id.id,
                    "balance": -line.balance,
                }
            )
            for line in receivables
        ]
        total = sum(receivables.mapped("balance"))
        lines.append(Command.create({"account_id": bank.default_account_id.id, "balance": total}))
        entry = env["account.move"].create({"move_type": "entry", "line_ids": lines})
        entry.action_post()
        for line, paid in zip(receivables, entry.line_ids, strict=False):
            (line | paid).reconcile()

    def refer(self, env):
        """Qualify a referral for each order, too late for its payment to be settled."""
        referrals = env["aftersales.referral"].create(
            [
                {
                    "referrer_id": self.referrers[number % REFERRERS].id,
                    "referred_id": customer.id,
                }
                for number, customer in enumerate(self.customers)
            ]
        )
        env.flush_all()
        env.cr.execute(
            "UPDATE aftersales_referral SET state = 'qualified' WHERE id = ANY(%s)",
            [referrals.ids],
        )
        env.cr.execute(
            "UPDATE sale_order SET referral_id = pair.referral_id "
            "FROM unnest(%s, %s) AS pair (order_id, referral_id) WHERE id = pair.order_id",
            [self.orders.ids, referrals.ids],
        )
        env.invalidate_all()

    def settling(self, count: int, batch: int = BATCH, *, booked: bool = True) -> Prepare:
        """Settle the first ``count`` orders: rows and evidence, and their journal entries."""

        def prepare(env):
            orders = self.orders[:count]
            ledger = env["aftersales.commission"]

            def settle():
                for start in range(0, count, batch):
                    some = env["sale.order"].browse(orders[start : start + batch].ids)
                    rows = ledger._settle(some) if booked else ledger._append(some)
                    assert len(rows) == len(some)
                    assert all(bool(row.account_move_id) == booked for row in rows)

            return settle

        return prepare

    def settling_theirs(self, *, booked: bool) -> Prepare:
        """Let commission_oca settle the same lines, and bill the settlements to book them."""

        def prepare(env):
            product = env["product.product"].create({"name": "Commission", "type": "service"})
            product.supplier_taxes_id = False
            journal = env["account.journal"].search(
                [("type", "=", "purchase"), ("company_id", "=", self.company.id)], limit=1
            )
            wizard = env["commission.make.settle"].create(
                {
                    "date_to": self.today,
                    "settlement_type": "sale_invoice",
                    "agent_ids": [Command.set(self.referrers.ids)],
                }
            )

            def settle():
                wizard.action_settle()
                count = env["commission.settlement.line"].search_count(
                    [("agent_id", "in", self.referrers.ids)]
                )
                assert count == ORDERS * LINES, count
                if booked:
                    settlements = env["commission.settlement"].search(
                        [("agent_id", "in", self.referrers.ids)]
                    )
                    bills = settlements.make_invoices(journal, product, date=self.today)
                    bills.action_post()

            return settle

        return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare the same lines with commission_oca, and a batch with one ten times as large."""
    books = Books(env)
    return [
        Comparison(
            f"Settle {ORDERS * LINES:,} invoice lines beside commission_oca",
            books.settling_theirs(booked=False),
            books.settling(ORDERS, booked=False),
            1 / 3,
        ),
        Comparison(
            f"Settle and book {ORDERS * LINES:,} lines beside commission_oca's bills",
            books.settling_theirs(booked=True),
            books.settling(ORDERS),
            1 / 3,
        ),
        Comparison(
            f"Settle {FEW} orders at once, {ORDERS:,} orders at once",
            books.settling(FEW, FEW),
            books.settling(ORDERS, ORDERS),
            None,
            more_queries=GROWTH,
        ),
    ]
