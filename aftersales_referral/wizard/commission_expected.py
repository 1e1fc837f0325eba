# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict
from fractions import Fraction

from odoo import api, fields, models

from ..calc import expected, target
from ..calc.target import INVOICE
from ..models.commission import EARNED_KINDS
from ..models.documents import DocumentReader

BATCH_ORDERS = 200
SETTLED = ("paid", "reversed")


class AftersalesCommissionExpected(models.TransientModel):
    """One open invoice of a referred order: what it will earn, and what the ledger had on a day.

    For the accrual at a period's end, which an accountant posts by hand: the ledger books rewards
    as money arrives, so this is what its books do not show yet. Documents and payments dated up to
    the day count, with the rules and referrals of today. An order with several open invoices is
    split by what is open on each; one that was paid by then and is booked later stands with its
    last invoice, so that the total is complete. Filled by the wizard for the user who asked.
    """

    _name = "aftersales.commission.expected"
    _description = "Commission Expected"
    _order = "company_id, referrer_id, date_due, id"
    _rec_name = "order_id"

    wizard_id = fields.Many2one("aftersales.commission.expected.wizard", ondelete="cascade")
    date = fields.Date(string="As of", required=True)
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    order_id = fields.Many2one("sale.order")
    invoice_id = fields.Many2one("account.move")
    date_due = fields.Date(string="Due on")
    partner_id = fields.Many2one("res.partner", string="Customer")
    referral_id = fields.Many2one("aftersales.referral")
    referrer_id = fields.Many2one("res.partner")
    user_id = fields.Many2one("res.users", string="Salesperson")
    open_amount = fields.Monetary(help="Taxes included, on the day.")
    base_amount = fields.Monetary(
        string="Eligible Net", help="Net of what earns a reward on the order's invoices."
    )
    rate = fields.Float(string="Rate (%)", digits=(5, 2), aggregator=None)
    expected_amount = fields.Monetary(
        string="Expected", help="What is earned once everything is paid."
    )
    ledger_amount = fields.Monetary(
        string="In the Ledger", help="What ledger rows dated up to the day say."
    )
    to_come_amount = fields.Monetary(
        string="Still to Come", help="Expected less what is in the ledger: the accrual."
    )

    @api.model
    def _fill(self, companies, day):
        """Make the rows for ``companies`` as of the end of ``day``; return them."""
        rows = self.browse()
        for company in companies:
            orders = self._candidates(company, day)
            for start in range(0, len(orders), BATCH_ORDERS):
                batch = orders[start : start + BATCH_ORDERS]
                rows |= self.create(self._prepare_rows(batch, day))
        return rows

    @api.model
    def _candidates(self, company, day):
        """Return the orders that may have something to come: all others are paid and booked.

        Those with a document that is open today or was settled after the day, or with a ledger row
        of a later day.
        """
        ledger = self.env["aftersales.commission"]
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", self.env["account.move"].get_sale_types(True)),
                ("date", "<=", day),
                ("payment_state", "not in", SETTLED),
            ]
        )
        later = self.env["account.partial.reconcile"].search([("max_date", ">", day)])
        orders = ledger._orders_of(moves | later._moves_of_both_sides())
        orders |= ledger.search(
            [("company_id", "=", company.id), ("kind", "in", EARNED_KINDS), ("date", ">", day)]
        ).order_id
        # orders of one referral come together: they may share a limit
        return orders.filtered(lambda order: order.company_id == company).sorted(
            lambda order: (order.referral_id.id, order.id)
        )

    @api.model
    def _prepare_rows(self, orders, day):
        """Return the rows of these orders; the number of queries does not depend on theirs."""
        ledger = self.env["aftersales.commission"]
        together = orders | ledger._settled_together(orders)
        documents = DocumentReader(together, until=day).documents()
        found = target.facts_by_order(documents)
        facts = {order: found.get(order.id, target.NOTHING) for order in together}
        in_full = ledger._targets({order: expected.paid_in_full(of) for order, of in facts.items()})
        held = ledger._earned_by_order(orders, until=day)
        of_order = defaultdict(list)
        for document in documents:
            for order_id in document.orders:
                of_order[order_id].append(document)
        moves = self.env["account.move"].browse(document.key for document in documents)
        moves.fetch(["invoice_date_due"])
        return [
            vals
            for order in orders
            for vals in self._prepare_order_rows(
                order,
                day,
                of_order[order.id],
                facts[order],
                {
                    "expected_amount": in_full.get((order, order.referral_id), 0.0),
                    "ledger_amount": held.get(order, 0.0),
                },
            )
        ]

    @api.model
    def _prepare_order_rows(self, order, day, documents, facts, amounts):
        """Return a row per open invoice of one order; none where nothing is to come or open."""
        currency = order.company_id.currency_id
        invoices = [document for document in documents if document.sign == INVOICE]
        opened = {doc: expected.unpaid(doc, order.id) * doc.fx for doc in invoices}
        opened = {doc: amount for doc, amount in opened.items() if not currency.is_zero(amount)}
        to_come = currency.round(amounts["expected_amount"] - amounts["ledger_amount"])
        if currency.is_zero(to_come) and not (opened and amounts["expected_amount"]):
            return []
        amounts = {
            **amounts,
            "base_amount": float(max(Fraction(0), facts.net) * facts.fx),
            "open_amount": float(sum(opened.values())),
            "to_come_amount": to_come,
        }
        weights = opened or {(invoices or documents or [None])[-1]: Fraction(1)}
        parts = {
            name: expected.split(amount, weights, currency.rounding)
            for name, amount in amounts.items()
        }
        return [
            {
                **self._prepare_row(order, day, document),
                **{name: float(part[document]) for name, part in parts.items()},
            }
            for document in weights
        ]

    @api.model
    def _prepare_row(self, order, day, document):
        invoice = self.env["account.move"].browse(document.key if document else [])
        return {
            "date": day,
            "company_id": order.company_id.id,
            "currency_id": order.company_id.currency_id.id,
            "order_id": order.id,
            "invoice_id": invoice.id,
            "date_due": invoice.invoice_date_due,
            "partner_id": order.partner_id.id,
            "referral_id": order.referral_id.id,
            "referrer_id": order.referral_id.referrer_id.commercial_partner_id.id,
            "user_id": order.user_id.id,
            "rate": order.referral_id.rate,
        }

    def action_open_invoice(self):
        """Open the invoice of this row."""
        self.ensure_one()
        return self.invoice_id.get_formview_action() if self.invoice_id else None
