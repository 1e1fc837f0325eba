"""What registering a payment costs on the invoice of a referred order, beside a plain one."""

from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import Command, api

from .harness import Comparison, Prepare, one_by_one

PAYMENTS = 5  # in a run, one after the other
LINES = 10  # on the larger invoice


def register_payment(invoice) -> None:
    """Pay an invoice in full, by core's wizard."""
    invoice.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({}).action_create_payments()


class Office:
    """A referrer with a contract, goods, and the person who registers payments."""

    def __init__(self, env: api.Environment):
        self.user = env.ref("base.user_admin")
        self.referrer = env["res.partner"].create({"name": "Bench referrer"})
        plan = env["aftersales.plan"].create(
            {"name": "Bench", "code": "BENCH-P", "referral_percent": 15.0}
        )
        today = env.company._aftersales_today()
        env["aftersales.contract"].create(
            {
                **plan._prepare_terms(),
                "plan_id": plan.id,
                "partner_id": self.referrer.id,
                "site_id": self.referrer.id,
                "date_start": today,
                "date_end": today + relativedelta(months=12),
                "state": "active",
            }
        )
        self.product = env["product.product"].create(
            {"name": "Bench work", "type": "service", "invoice_policy": "order"}
        )
        env.flush_all()  # each run is rolled back, what was still to compute with it

    def invoice(self, env, lines, referred):
        """Return a posted invoice of a new customer's order."""
        customer = env["res.partner"].create({"name": "Bench customer"})
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "referrer_id": referred and self.referrer.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 100.0 + number})
                    for number in range(lines)
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def paying(self, lines: int, referred: bool) -> Prepare:
        """Return the payment of such invoices, one by one, by core's wizard, as a step."""

        def prepare(env):
            invoices = env["account.move"].union(
                *(self.invoice(env, lines, referred) for _number in range(PAYMENTS))
            )
            invoices = invoices.with_user(self.user)

            def pay():
                one_by_one(invoices, register_payment)
                orders = invoices.line_ids.sale_line_ids.order_id
                rows = env["aftersales.commission"].search([("order_id", "in", orders.ids)])
                assert len(rows) == (PAYMENTS if referred else 0)

            return pay

        return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare invoices of a referred order with others, and two of the others: the noise."""
    office = Office(env)
    found = [
        Comparison(
            f"Register a payment on a referred invoice, {count} lines",
            office.paying(count, referred=False),
            office.paying(count, referred=True),
            1.7,
        )
        for count in (1, LINES)
    ]
    same = office.paying(1, referred=False)
    return [*found, Comparison("The same payment twice: the noise", same, same, None)]
