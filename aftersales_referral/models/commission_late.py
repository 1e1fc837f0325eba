# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models

from .commission import EARNED_KINDS
from .commission_entry import ACCRUED_KINDS
from .ledger_difference import LATE, Difference

ROTATION_DAYS = 7  # every order is compared at least once in so many nights
# Rewards on their way are no news: what waits a day longer is.
PATIENCE = timedelta(days=1)
# A transaction may have begun before a check and ended after it had read.
OVERLAP = timedelta(days=1)


class AftersalesCommission(models.Model):
    """What the ledger should have done by now: rows without entry, orders it did not follow."""

    _inherit = "aftersales.commission"

    _waiting_idx = models.Index("(company_id, date) WHERE account_move_id IS NULL")

    @api.model
    def _compare_waiting(self, company):
        """Return the rows that have waited for their journal entry for more than a day."""
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("account_move_id", "=", False),
                ("kind", "in", ACCRUED_KINDS),
                ("date", "<", company._aftersales_today() - PATIENCE),
            ],
            order="id",
        )
        return [
            Difference(
                LATE,
                f"waiting-{row.id}",
                self.env._(
                    "%(row)s of %(partner)s (%(amount)s) waits for its journal entry since "
                    "%(date)s.",
                    row=row.display_name,
                    partner=row.referrer_id.display_name,
                    amount=company.currency_id.format(row.amount),
                    date=fields.Date.to_string(row.date),
                ),
                row.amount,
                0.0,
                (
                    ("commission_id", row.id),
                    ("order_id", row.order_id.id),
                    ("partner_id", row.referrer_id.id),
                ),
            )
            for row in rows
        ]

    @api.model
    def _compare_expired(self, company):
        """Return the lots of store credit that ran out days ago and are still on their card."""
        before = company._aftersales_today() - PATIENCE
        lots = self.env["aftersales.credit.lot"]._search_run_out(
            ("company_id", "=", company.id), ("date_expiry", "<", before)
        )
        return [
            Difference(
                LATE,
                f"expired-{lot.id}",
                self.env._(
                    "%(lot)s of %(partner)s expired on %(date)s, and %(amount)s of it waits to be "
                    "booked as expired.",
                    lot=lot.display_name,
                    partner=lot.partner_id.display_name or self.env._("no partner"),
                    date=fields.Date.to_string(lot.date_expiry),
                    amount=company.currency_id.format(lot.remaining),
                ),
                lot.remaining,
                0.0,
                (("card_id", lot.card_id.id), ("partner_id", lot.partner_id.id)),
            )
            for lot in lots
        ]

    @api.model
    def _compare_orders(self, orders):
        """Return the orders whose documents say something else than their ledger rows.

        An event was missed. The number of queries does not depend on the number of orders.
        """
        # orders that share a limit are looked at together, but each in its own turn
        together = orders | self._settled_together(orders)
        found = self._prepare_differences(together)
        wanted = set(orders.ids)
        return [self._late_order(vals) for vals in found if vals["order_id"] in wanted]

    @api.model
    def _late_order(self, vals):
        order = self.env["sale.order"].browse(vals["order_id"])
        currency = order.company_id.currency_id
        due = vals["target_amount"]
        held = currency.round(due - vals["amount"])
        return Difference(
            LATE,
            f"order-{order.id}-{vals['referral_id']}",
            self.env._(
                "%(order)s: by its documents %(due)s is earned, the ledger has %(held)s.",
                order=order.name,
                due=currency.format(due),
                held=currency.format(held),
            ),
            held,
            due,
            (("order_id", order.id), ("partner_id", vals["referrer_id"])),
        )

    # --- Which orders --------------------------------------------------------------------------

    @api.model
    def _orders_to_compare(self, company, since=None, day=None, again=()):
        """Return the ids of the orders to compare, ascending.

        Without ``since`` every order the ledger follows; else those whose documents, payments,
        rows or referral changed since, those in ``again``, and of all others those whose turn it
        is: after ``ROTATION_DAYS`` nights each was compared, so that a change which left no trace
        is found too.

        :param since: start of the last check in which all was well
        :param day: decides whose turn it is
        """
        followed = self._orders_followed(company)
        if not since:
            return sorted(followed)
        wanted = {*again, *self._orders_changed(company, since - OVERLAP)}
        turn = day.toordinal() % ROTATION_DAYS
        return sorted(
            order for order in followed if order in wanted or order % ROTATION_DAYS == turn
        )

    @api.model
    def _orders_followed(self, company):
        """Return the ids of orders with a referral and a document, or with rows."""
        referred = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("referral_id", "!=", False),
                ("order_line.invoice_lines", "!=", False),
            ],
            order="id",
        )
        rows = self._read_group(
            [("company_id", "=", company.id), ("kind", "in", EARNED_KINDS)], ["order_id"]
        )
        return {*referred.ids, *(order.id for (order,) in rows)}

    @api.model
    def _orders_changed(self, company, since):
        """Return the ids of orders something changed about since a moment."""
        in_company = ("company_id", "=", company.id)
        changed = ("write_date", ">=", since)
        sale_types = self.env["account.move"].get_sale_types(include_receipts=True)
        moves = self.env["account.move"].search(
            [in_company, changed, ("move_type", "in", sale_types)]
        )
        partials = self.env["account.partial.reconcile"].search([changed])
        orders = self._orders_of(moves | partials._moves_of_both_sides())
        orders |= self.env["sale.order"].search(
            [
                in_company,
                ("referral_id", "!=", False),
                "|",
                changed,
                ("referral_id.write_date", ">=", since),
            ]
        )
        orders |= self.search([in_company, ("date", ">=", since.date())]).order_id
        return orders.ids
