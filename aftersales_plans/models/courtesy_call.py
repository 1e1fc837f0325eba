# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .turn import take_turn

LATEST_DAYS = 7  # after the last delivery: a call is due by then, working day or not (51)
TOO_LATE_DAYS = 31  # after the silence nobody is called any more; the daily job may be off as long


class ResCompany(models.Model):
    """Whether a company calls its customers after deliveries."""

    _inherit = "res.company"

    aftersales_courtesy_calls = fields.Boolean(
        string="Call Customers after Deliveries",
        default=True,
        help="Somebody asks, a few days after goods were delivered, whether all is well.",
    )
    aftersales_care_since = fields.Date(
        string="Customer Care since",
        default=lambda self: fields.Date.context_today(self),
        help="Nobody is called about what was delivered, or fell due, before this day.",
    )


class SaleOrder(models.Model):
    """An order is called about once, whatever is delivered of it later (51, 54)."""

    _inherit = "sale.order"

    def _open_courtesy_call(self):
        """Let one owner call about this order; orders of one customer are one call."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        take_turn(customer)  # of two runs at once the later one finds the call of the first
        Followup = self.env["aftersales.followup"]
        if Followup.search_count([("order_ids", "in", self.ids)], limit=1):
            return
        running = Followup.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", "courtesy"),
                ("state", "=", "open"),
                ("partner_id.commercial_partner_id", "=", customer.id),
            ],
            limit=1,
        )
        if running:
            running._join(self)
        else:
            Followup._open([self._prepare_courtesy_call(customer)])

    def _prepare_courtesy_call(self, customer):
        """Return the values of a call about this order."""
        company = self.company_id
        last = customer._aftersales_last_deliveries(company)[customer.id]
        first = last + timedelta(days=company.aftersales_silent_days)
        latest = max(first, last + timedelta(days=LATEST_DAYS))
        local = self.with_context(lang=self.user_id.lang or customer.user_id.lang)
        return {
            "name": local.env._("Is %s satisfied with the delivery?", customer.display_name),
            "kind": "courtesy",
            "key": f"courtesy/order/{self.id}",
            "partner_id": customer.id,
            "contact_id": self.partner_id.id,
            "company_id": company.id,
            "user_id": self.user_id.id,
            "date_due": company._aftersales_working_day(first, latest),
            "order_ids": self.ids,
        }


class AftersalesFollowup(models.Model):
    """Courtesy calls: is the customer satisfied with what was delivered? (requirement 51)."""

    _inherit = "aftersales.followup"
    _guarded = frozenset({"order_ids"})

    order_ids = fields.Many2many(
        "sale.order",
        "aftersales_followup_order_rel",
        "followup_id",
        "order_id",
        string="Orders Delivered",
        readonly=True,
        copy=False,
        check_company=True,
    )

    def init(self):
        """Let the database see to it that an order is called about once."""
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS aftersales_followup_order_once"
            " ON aftersales_followup_order_rel (order_id)"
        )
        return super().init()

    @api.model
    def _daily_work(self):
        return [*super()._daily_work(), type(self)._find_courtesy_calls]

    @api.model
    def _find_courtesy_calls(self, company):
        """Return the orders whose customers had their silence since the last delivery."""
        if not company.aftersales_courtesy_calls:
            return []
        today = company._aftersales_today()
        silent = timedelta(days=company.aftersales_silent_days)
        since = today - silent - timedelta(days=TOO_LATE_DAYS)
        orders = self._search_delivered(company, max(since, company.aftersales_care_since or since))
        last = orders.partner_id._aftersales_last_deliveries(company)
        return [
            (order, "_open_courtesy_call")
            for order in orders
            for customer in order.partner_id.commercial_partner_id
            if customer.active
            and not customer.aftersales_no_contact
            and customer.id in last
            and last[customer.id] + silent <= today
        ]

    @api.model
    def _search_delivered(self, company, since):
        """Return the orders nobody was called about with goods delivered from ``since`` on.

        What a claim shipped, lent goods and returns do not count. Goods a vendor delivered for us
        do: for the customer they came from us.
        """
        self.env["aftersales.asset"].flush_model(["company_id", "date_delivered", "move_id"])
        self.env["stock.move"].flush_model(["aftersales_claim_line_id", "sale_line_id"])
        self.env["sale.order"].flush_model(["state"])
        self.flush_model(["order_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT o.id
                  FROM aftersales_asset a
                  JOIN stock_move m ON m.id = a.move_id AND m.aftersales_claim_line_id IS NULL
                  JOIN sale_order_line l ON l.id = m.sale_line_id
                  JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                 WHERE a.company_id = %(company)s
                   AND a.date_delivered >= %(since)s
                   AND NOT EXISTS (
                           SELECT 1 FROM aftersales_followup_order_rel r WHERE r.order_id = o.id
                       )
              ORDER BY o.id
                """,
                company=company.id,
                since=since,
            )
        )
        return self.env["sale.order"].browse(order_id for (order_id,) in rows)

    def _join(self, order):
        """Let the same call be about another order too."""
        self.ensure_one()
        self.order_ids |= order
        self._message_log(body=self.env._("Delivered meanwhile: %s.", order.name))
