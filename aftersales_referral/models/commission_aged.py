# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL


class AftersalesCommissionAged(models.Model):
    """What one company owes one referrer today, by age (requirements 75, 79).

    *On hold* is what cannot be paid out yet: the hold runs, or the goods are not all delivered. The
    rest is available and stands in the column of its age, counted from the day it became available;
    payments and reversals use up the oldest first. *To claim back* is what was paid beyond that.
    In every row the columns of age add up to *available*, and ``on hold + available + to claim back
    = balance``; *available + to claim back* is what ``aftersales.commission._balances`` says can be
    paid today.

    A row per referrer and company that has ever had ledger rows, number: the first of them. There
    is no table, so nothing has to be kept up to date.
    """

    _name = "aftersales.commission.aged"
    _description = "Aged Commissions"
    _auto = False
    _order = "balance desc, id"
    _rec_name = "referrer_id"
    _depends = {
        "aftersales.commission": [
            "amount", "available_date", "company_id", "date", "kind", "order_id", "referrer_id",
        ],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["tz"],
    }  # fmt: skip

    referrer_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    on_hold = fields.Monetary(
        readonly=True,
        help="Earned, but the hold still runs or the goods are not all delivered.",
    )
    available = fields.Monetary(readonly=True, help="Can be paid out today.")
    age_30 = fields.Monetary(string="0-30 Days", readonly=True, help="Available since then.")
    age_60 = fields.Monetary(string="31-60 Days", readonly=True, help="Available since then.")
    age_90 = fields.Monetary(string="61-90 Days", readonly=True, help="Available since then.")
    age_older = fields.Monetary(string="Older", readonly=True, help="Available for over 90 days.")
    claim_back = fields.Monetary(
        string="To Claim Back",
        readonly=True,
        help="Paid out and reversed afterwards; later rewards are set off against it.",
    )
    balance = fields.Monetary(readonly=True, help="Owed in all; negative: owed to us.")
    oldest_date = fields.Date(
        string="Oldest since", readonly=True, help="Since when the oldest part can be paid out."
    )
    negative_since = fields.Date(
        readonly=True, help="Day the balance fell below zero and stayed there."
    )

    @property
    def _table_query(self):
        """Return the rows, with today where each company is."""
        return SQL(
            """
            WITH per_order AS (%(per_order)s),
                 owed AS (
                     SELECT referrer_id, company_id, MIN(id) AS id, today,
                            SUM(total) AS balance,
                            SUM(LEAST(free, total)) AS available
                       FROM per_order
                      GROUP BY referrer_id, company_id, today
                 ),
                 layer AS (%(layer)s),
                 aged AS (
                     SELECT layer.referrer_id, layer.company_id,
                            SUM(left_over) FILTER (WHERE age <= 30) AS age_30,
                            SUM(left_over) FILTER (WHERE age BETWEEN 31 AND 60) AS age_60,
                            SUM(left_over) FILTER (WHERE age BETWEEN 61 AND 90) AS age_90,
                            SUM(left_over) FILTER (WHERE age > 90) AS age_older,
                            MIN(available_date) FILTER (WHERE left_over > 0) AS oldest_date
                       FROM layer
                      GROUP BY layer.referrer_id, layer.company_id
                 )
            SELECT owed.id, owed.referrer_id, owed.company_id, company.currency_id,
                   owed.balance - owed.available AS on_hold,
                   GREATEST(owed.available, 0) AS available,
                   COALESCE(aged.age_30, 0) AS age_30,
                   COALESCE(aged.age_60, 0) AS age_60,
                   COALESCE(aged.age_90, 0) AS age_90,
                   COALESCE(aged.age_older, 0) AS age_older,
                   LEAST(owed.available, 0) AS claim_back,
                   owed.balance,
                   aged.oldest_date,
                   below.since AS negative_since
              FROM owed
              JOIN res_company company ON company.id = owed.company_id
              LEFT JOIN aged
                ON aged.referrer_id = owed.referrer_id AND aged.company_id = owed.company_id
              LEFT JOIN LATERAL (%(below)s) AS below ON owed.balance < 0
            """,
            per_order=self._select_per_order(),
            layer=self._select_layers(),
            below=self.env["aftersales.commission"]._select_below_zero_since("owed"),
        )

    def _select_per_order(self):
        """Return per order what its rows come to, and those of them that can be paid today.

        Rows without an order (payouts) are one such group.
        """
        return SQL(
            """
            SELECT row.referrer_id, row.company_id, row.order_id, MIN(row.id) AS id, day.today,
                   SUM(row.amount) AS total,
                   COALESCE(SUM(row.amount) FILTER (WHERE row.available_date <= day.today), 0)
                       AS free
              FROM aftersales_commission row
              JOIN res_company company ON company.id = row.company_id
              JOIN res_partner place ON place.id = company.partner_id
             CROSS JOIN LATERAL (
                       SELECT (%(now)s AT TIME ZONE 'UTC'
                                   AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS today
                   ) AS day
             GROUP BY row.referrer_id, row.company_id, row.order_id, day.today
            """,
            now=fields.Datetime.now(),
        )

    def _select_layers(self):
        """Return what rewards that can be paid have left over, the oldest used up first.

        ``available`` is what is left of them all; what is missing to their sum was used.
        """
        return SQL(
            """
            SELECT referrer_id, company_id, available_date, today - available_date AS age,
                   LEAST(amount, GREATEST(0, up_to_here - (whole - GREATEST(available, 0))))
                       AS left_over
              FROM (SELECT owed.referrer_id, owed.company_id, owed.available, owed.today,
                           row.available_date, row.amount,
                           SUM(row.amount) OVER oldest_first AS up_to_here,
                           SUM(row.amount) OVER everything AS whole
                      FROM owed
                      JOIN aftersales_commission row
                        ON row.referrer_id = owed.referrer_id AND row.company_id = owed.company_id
                     WHERE row.kind != 'paid'
                       AND row.amount > 0
                       AND row.available_date <= owed.today
                    WINDOW everything AS (PARTITION BY owed.referrer_id, owed.company_id),
                           oldest_first AS (everything ORDER BY row.available_date, row.id)
                   ) AS reward
            """
        )

    def action_open_rows(self):
        """Open the ledger of this referrer in this company."""
        self.ensure_one()
        ledger = self.env["aftersales.commission"]
        return ledger._open_ledger_of(self.referrer_id, self.company_id)
