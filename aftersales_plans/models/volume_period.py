# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

PERIODS_A_DEAL = 1024  # a row's id is the deal's id × this + the number of the period


class AftersalesVolumePeriod(models.Model):
    """One period of a volume deal: what was guaranteed, what was invoiced; read-only, live (41).

    Invoiced is net, posted invoices less credit notes by invoice date, of the commercial partner,
    in the deal's currency: an invoice in another one at the rate of its day.
    """

    _name = "aftersales.volume.period"
    _description = "Period of a Volume Deal"
    _auto = False
    _order = "deal_id, date_from"
    _rec_name = "date_from"
    _depends = {
        "aftersales.volume.deal": [
            "partner_id",
            "company_id",
            "currency_id",
            "user_id",
            "date_from",
            "date_to",
            "period",
            "amount",
            "active",
        ],
        "account.move": [
            "partner_id",
            "company_id",
            "currency_id",
            "state",
            "move_type",
            "invoice_date",
            "amount_untaxed_signed",
            "amount_untaxed_in_currency_signed",
        ],
        "res.partner": ["commercial_partner_id"],
        "res.currency": ["rounding"],
        "res.currency.rate": ["rate", "name", "company_id", "currency_id"],
    }

    deal_id = fields.Many2one("aftersales.volume.deal", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="Until", readonly=True)
    target = fields.Monetary(string="Guaranteed", readonly=True)
    invoiced = fields.Monetary(readonly=True)
    missing = fields.Monetary(readonly=True, help="Until the guaranteed amount is reached.")
    progress = fields.Float(
        string="Progress (%)", readonly=True, aggregator="avg", help="Of the guaranteed amount."
    )
    status = fields.Selection(
        [
            ("ahead", "Ahead"),
            ("running", "Running"),
            ("met", "Met"),
            ("short", "Short"),
        ],
        compute="_compute_status",
    )

    @api.depends("date_from", "date_to", "missing")
    def _compute_status(self):
        for row in self:
            today = row.company_id._aftersales_today()
            if row.date_from > today:
                row.status = "ahead"
            elif not row.missing:
                row.status = "met"
            else:
                row.status = "running" if row.date_to >= today else "short"

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT deal.id * %(periods)s + row.number AS id,
                   deal.id AS deal_id,
                   deal.partner_id, deal.company_id, deal.user_id, deal.currency_id,
                   row.date_from, row.date_to,
                   deal.amount AS target,
                   sold.net AS invoiced,
                   GREATEST(deal.amount - sold.net, 0) AS missing,
                   ROUND(100 * sold.net / deal.amount, 1) AS progress
              FROM aftersales_volume_deal deal
              JOIN res_partner owner ON owner.id = deal.partner_id
              JOIN res_currency currency ON currency.id = deal.currency_id
             CROSS JOIN LATERAL (
                       SELECT CASE deal.period WHEN 'month' THEN 1
                                               WHEN 'quarter' THEN 3 ELSE 12 END AS months
                   ) step
             CROSS JOIN LATERAL (
                       SELECT number,
                              (deal.date_from + make_interval(months => number * step.months)
                              )::date AS date_from,
                              (deal.date_from + make_interval(months => (number + 1) * step.months)
                              )::date - 1 AS date_to
                         FROM generate_series(0, %(last)s) number
                        WHERE deal.date_from + make_interval(months => number * step.months)
                              <= deal.date_to
                   ) row
             CROSS JOIN LATERAL (
                       SELECT ROUND(COALESCE(SUM(%(net)s), 0) / currency.rounding::numeric)
                              * currency.rounding::numeric AS net
                         FROM res_partner p
                         JOIN account_move move ON move.partner_id = p.id
                         JOIN res_company company ON company.id = move.company_id
                        WHERE p.commercial_partner_id = owner.commercial_partner_id
                          AND move.company_id = deal.company_id
                          AND move.state = 'posted'
                          AND move.move_type IN ('out_invoice', 'out_refund')
                          AND move.invoice_date BETWEEN row.date_from AND row.date_to
                   ) sold
            """,
            periods=PERIODS_A_DEAL,
            last=PERIODS_A_DEAL - 1,
            net=self._sql_net(),
        )

    @api.model
    def _sql_net(self):
        """Return what one ``move`` counts in the currency of ``deal``, signed, as SQL."""
        return SQL(
            """CASE WHEN move.currency_id = deal.currency_id
                    THEN move.amount_untaxed_in_currency_signed
                    ELSE move.amount_untaxed_signed * (%s) / (%s) END""",
            self._sql_rate(SQL("deal.currency_id")),
            self._sql_rate(SQL("company.currency_id")),
        )

    @api.model
    def _sql_rate(self, currency):
        """Return the rate of ``currency`` on the day of ``move`` as Odoo finds it, as SQL."""
        return SQL(
            """COALESCE(
                (SELECT r.rate FROM res_currency_rate r
                  WHERE r.currency_id = %(currency)s AND r.name <= move.invoice_date
                    AND (r.company_id IS NULL
                         OR r.company_id = split_part(company.parent_path, '/', 1)::int)
                  ORDER BY r.company_id, r.name DESC LIMIT 1),
                (SELECT r.rate FROM res_currency_rate r
                  WHERE r.currency_id = %(currency)s
                    AND (r.company_id IS NULL
                         OR r.company_id = split_part(company.parent_path, '/', 1)::int)
                  ORDER BY r.company_id, r.name LIMIT 1),
                1.0)::numeric""",
            currency=currency,
        )
