# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL


class AftersalesPayoutDebt(models.Model):
    """A referrer who was paid more than his orders earned in the end (requirement 74).

    Later rewards are set off against it by themselves: it is carried forward. After
    ``aftersales_claim_months`` below zero and without earning it is to be claimed or written off.
    A row per commercial partner and company whose ledger is below zero, numbered by its first
    ledger row; there is no table.
    """

    _name = "aftersales.payout.debt"
    _description = "Owed by a Referrer"
    _auto = False
    _order = "claim_from, id"
    _rec_name = "referrer_id"
    _depends = {
        "aftersales.commission": ["amount", "company_id", "date", "kind", "referrer_id"],
        "res.company": ["aftersales_claim_months", "currency_id", "partner_id"],
        "res.partner": ["tz"],
    }

    referrer_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Owed to Us", readonly=True)
    since = fields.Date(readonly=True, help="Day the balance fell below zero and stayed there.")
    last_earned = fields.Date(readonly=True)
    claim_from = fields.Date(
        string="To Claim from",
        readonly=True,
        help="Once the referrer has owed us for so long without earning as the settings say.",
    )
    to_claim = fields.Boolean(readonly=True)

    @property
    def _table_query(self):
        """Return the rows, with today where each company is."""
        return SQL(
            """
            SELECT debt.id, debt.referrer_id, debt.company_id, company.currency_id,
                   debt.amount, below.since, debt.last_earned, due.claim_from,
                   due.claim_from <= (%(now)s AT TIME ZONE 'UTC'
                                      AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS to_claim
              FROM (SELECT MIN(id) AS id, referrer_id, company_id, -SUM(amount) AS amount,
                           MAX(date) FILTER (WHERE kind = 'earned') AS last_earned
                      FROM aftersales_commission
                     GROUP BY referrer_id, company_id
                    HAVING SUM(amount) < 0
                   ) AS debt
              JOIN res_company company ON company.id = debt.company_id
              JOIN res_partner place ON place.id = company.partner_id
             CROSS JOIN LATERAL (%(below)s) AS below
             CROSS JOIN LATERAL (
                       SELECT (GREATEST(below.since, debt.last_earned)
                               + make_interval(months => company.aftersales_claim_months))::date
                              AS claim_from
                   ) AS due
            """,
            now=fields.Datetime.now(),
            below=self.env["aftersales.commission"]._select_below_zero_since("debt"),
        )

    def action_open_rows(self):
        """Open the ledger of this referrer in this company."""
        self.ensure_one()
        ledger = self.env["aftersales.commission"]
        return ledger._open_ledger_of(self.referrer_id, self.company_id)
