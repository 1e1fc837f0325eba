# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.never_fail import never_fail
from odoo.addons.aftersales_plans.models.turn import take_turn

from ..calc import target
from .documents import DocumentReader

EARNED_KINDS = ("earned", "reversed")
BATCH_ORDERS = 500


class AftersalesCommission(models.Model):
    """One movement of what is owed to a referrer; append-only (requirements 73, 75, 76).

    ``earned`` and ``reversed`` rows follow the documents of an order: their sum is the order's
    target (``calc.target``). ``adjusted`` rows are an accountant's, ``paid`` rows come from
    payouts. Invariant: the sum of all rows of a referrer = what account A owes (design §6).
    Created by :meth:`_settle` and ``aftersales.payout`` alone.
    """

    _name = "aftersales.commission"
    _description = "Commission Ledger"
    _inherit = "aftersales.append.only"
    _order = "id desc"
    _fill_once = ("account_move_id", "available_date")

    kind = fields.Selection(
        [
            ("earned", "Earned"),
            ("reversed", "Reversed"),
            ("adjusted", "Adjusted"),
            ("paid", "Paid"),
        ],
        required=True,
        index=True,
        help="Earned as the customer pays, reversed as credit notes are posted, adjusted by an "
        "accountant, or paid out.",
    )
    referral_id = fields.Many2one(
        "aftersales.referral", index="btree_not_null", ondelete="restrict"
    )
    referrer_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="restrict",
        help="The commercial partner of who referred the customer.",
    )
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="restrict")
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True, precompute=True)
    date = fields.Date(required=True, index=True)
    available_date = fields.Date(
        string="Available from",
        help="First day it can be paid out; empty while goods of the order are to be delivered.",
    )
    base_amount = fields.Monetary(
        string="Eligible Net",
        aggregator=None,
        help="Net of what earns a reward on this order's invoices less credit notes.",
    )
    paid_percent = fields.Float(
        string="Paid (%)", digits=(5, 2), aggregator=None, help="Part of the invoices paid so far."
    )
    rate = fields.Float(string="Rate (%)", digits=(5, 2), aggregator=None)
    target_amount = fields.Monetary(
        string="Target",
        aggregator=None,
        help="What the order had earned in all once this row was written.",
    )
    amount = fields.Monetary(required=True, help="Positive: owed to the referrer.")
    note = fields.Char()
    payout_id = fields.Many2one("aftersales.payout", index="btree_not_null", ondelete="restrict")
    account_move_id = fields.Many2one(
        "account.move", string="Journal Entry", index="btree_not_null", ondelete="restrict"
    )
    key = fields.Char(required=True, help="Makes every row unique, whoever writes it twice.")
    evidence_ids = fields.One2many("aftersales.commission.evidence", "commission_id")

    _key_unique = models.Constraint("UNIQUE(key)", "This commission was recorded already.")

    @api.depends("kind", "order_id.name", "note")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            # the number of the order it is about: a plan manager reads rows, but no orders
            origin = row.sudo().order_id.name or row.note or row.key or ""
            row.display_name = f"{origin} {kinds.get(row.kind, '')}".strip()

    # --- Following the documents ---------------------------------------------------------------

    @api.model
    def _settle_moves(self, moves):
        """Settle the orders whose invoices or credit notes are among ``moves``.

        Never raises: neither invoices nor payments depend on it.
        """
        orders = self._orders_of(
            moves.filtered(lambda move: move.is_sale_document(include_receipts=True))
        )
        if orders:
            self._settle_safely(orders)

    @api.model
    def _settle_safely(self, orders):
        """Settle in the transaction of somebody's click, which goes on whatever happens here."""
        with never_fail(self.env, f"Settlement of {orders}"):
            self._settle(orders)

    @api.model
    def _orders_of(self, moves):
        """Return the orders these invoices and credit notes are about, as far as they earn rewards.

        Those with a referral, or with ledger rows, by their lines and what they reverse.
        """
        if not moves:
            return self.env["sale.order"]
        self.env["sale.order"].flush_model(["referral_id"])
        self.env["account.move.line"].flush_model(["move_id", "sale_line_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT so.id
                  FROM account_move_line aml
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                  JOIN sale_order_line sol ON sol.id = rel.order_line_id
                  JOIN sale_order so ON so.id = sol.order_id
                 WHERE aml.move_id IN %(moves)s
                   AND (so.referral_id IS NOT NULL
                        OR EXISTS (SELECT 1 FROM aftersales_commission c WHERE c.order_id = so.id))
                """,
                moves=(*moves.ids, *moves.reversed_entry_id.ids),
            )
        )
        return self.env["sale.order"].browse(row[0] for row in rows)

    @api.model
    def _settle(self, orders):
        """Append to each order's ledger what it lacks: target − Σ(earned + reversed).

        Runs whenever money arrives or leaves and documents are posted or withdrawn; twice has no
        effect. The number of queries per batch does not depend on the number of orders.

        :return: the new rows
        """
        held = self._search_settled(orders)
        orders = orders.filtered("referral_id") | held.order_id
        # of former referrals too: their rows are taken back
        take_turn(orders.referral_id | held.referral_id)
        appended = self.browse()
        for start in range(0, len(orders), BATCH_ORDERS):
            batch = orders[start : start + BATCH_ORDERS]
            rows = self._append(batch)
            rows._post_entries()
            appended |= rows
        return appended

    @api.model
    def _append(self, orders):
        """Write the rows these orders lack, each with its evidence; not booked yet."""
        vals_list = self._prepare_differences(orders)
        evidence = [vals.pop("evidence") for vals in vals_list]
        rows = self.create(vals_list)
        self.env["aftersales.commission.evidence"]._record(rows, evidence)
        return rows

    @api.model
    def _prepare_differences(self, orders):
        """Return the rows these orders, and those settled with them, lack today; write none.

        Beside the values of a row stands its ``evidence``: values of its evidence lines.
        """
        orders = self._settled_together(orders)
        reader = DocumentReader(orders)
        found = target.facts_by_order(reader.documents())
        facts = {order: found.get(order.id, target.NOTHING) for order in orders}
        totals = self._settled_totals(orders)
        targets = self._targets(facts)
        # one query for all of them: the unions below have no common prefetch
        referrals = orders.referral_id.union(*(r for held in totals.values() for r in held))
        referrals.fetch(["state", "rate", "referrer_id"])
        referrals.referrer_id.fetch(["commercial_partner_id"])
        vals_list = []
        for order in orders:
            for referral in order.referral_id.union(*totals[order]):
                due = targets.get((order, referral), 0.0)
                vals = self._prepare_difference(order, referral, due, facts[order], totals[order])
                if vals:
                    vals_list.append(vals)
        evidence = reader.evidence({vals["order_id"] for vals in vals_list})
        return [{**vals, "evidence": evidence[vals["order_id"]]} for vals in vals_list]

    @api.model
    def _search_settled(self, orders):
        """Return what the ledger holds for these orders, whoever they are referred by now."""
        return self.search([("order_id", "in", orders.ids), ("kind", "in", EARNED_KINDS)])

    @api.model
    def _settled_totals(self, orders):
        """Return what the ledger holds: {order: {referral: (amount, rows, last hold date)}}.

        The date is False while a row waits for the delivery.
        """
        totals = {order: {} for order in orders}
        for order, referral, amount, count, dated, hold in self._read_group(
            [("order_id", "in", orders.ids), ("kind", "in", EARNED_KINDS)],
            ["order_id", "referral_id"],
            ["amount:sum", "__count", "available_date:count", "available_date:max"],
        ):
            totals[order][referral] = (amount, count, dated == count and hold)
        return totals

    @api.model
    def _prepare_difference(self, order, referral, due, facts, totals):
        """Return the row that brings one order and referral to what is due; None if there."""
        company = order.company_id
        currency = company.currency_id
        held, count, hold = totals.get(referral, (0.0, 0, False))
        amount = currency.round(due - held)
        if currency.is_zero(amount):
            return None
        today = company._aftersales_today()
        earned = amount > 0
        return {
            "kind": "earned" if earned else "reversed",
            "referral_id": referral.id,
            "referrer_id": referral.referrer_id.commercial_partner_id.id,
            "order_id": order.id,
            "company_id": company.id,
            "date": today,
            # a reversal waits as long as what it reverses
            "available_date": self._first_payable_day(order, today) if earned else hold,
            "base_amount": float(facts.net * facts.fx),
            "paid_percent": float(facts.paid_share * 100),
            "rate": referral.rate,
            "target_amount": due,
            "amount": amount,
            "key": f"order-{order.id}-{referral.id}-{count + 1}",
        }

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_entry(self):
        """Open the journal entry this row was posted with."""
        self.ensure_one()
        return self.account_move_id.get_formview_action()
