# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import fields, models
from odoo.tools import SQL

AMOUNTS = (
    "earned", "adjusted", "cash_net", "cash_tax", "cash_withheld", "cash_total",
    "credit_net", "credit_bonus", "credit_tax", "credit_withheld", "credit_total",
    "expired", "reported",
)  # fmt: skip


class AftersalesYearStatement(models.Model):
    """What one company paid one referrer in one calendar year, for tax returns (requirement 86).

    A row per referrer, company and year with ledger rows or expired credit; its number comes from
    the first of them. There is no table: nothing has to be kept up to date, and a payout that is
    cancelled in another year counts negative there. A payout counts on the day it was posted, with
    all of its taxes, whenever its bill is paid; what core withholds on payment counts once it is
    paid. It is printed and mailed as the ``aftersales.statement`` of the year.
    """

    _name = "aftersales.year.statement"
    _description = "Rewards by Year"
    _auto = False
    _order = "year desc, reported desc, id"
    _rec_name = "referrer_id"
    _depends = {
        "aftersales.commission": [
            "account_move_id", "amount", "company_id", "currency_id", "date", "kind", "payout_id",
            "referrer_id",
        ],
        "aftersales.payout": ["bonus_amount", "method", "move_id"],
        "aftersales.credit.movement": ["amount", "card_id", "company_id", "date", "kind"],
        "account.move.line": ["account_id", "balance", "move_id", "tax_line_id"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id"],
        "loyalty.card": ["partner_id"],
        "res.company": ["aftersales_year_threshold", "currency_id", "parent_path"],
    }  # fmt: skip

    year = fields.Char(readonly=True)
    referrer_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    earned = fields.Monetary(readonly=True, help="Earned in the year, less what was taken back.")
    adjusted = fields.Monetary(
        readonly=True, help="By an accountant: corrections and balances from before."
    )
    cash_net = fields.Monetary(string="Money: Net", readonly=True, help="Rewards paid in money.")
    cash_tax = fields.Monetary(string="Money: VAT", readonly=True, help="Added to the rewards.")
    cash_withheld = fields.Monetary(
        string="Money: Withheld", readonly=True, help="Kept back for the tax office."
    )
    cash_total = fields.Monetary(
        string="Money: Total", readonly=True, help="Net with VAT, less what is withheld."
    )
    credit_net = fields.Monetary(
        string="Credit: Net", readonly=True, help="Rewards taken as store credit."
    )
    credit_bonus = fields.Monetary(string="Credit: Bonus", readonly=True, help="Given on top.")
    credit_tax = fields.Monetary(string="Credit: VAT", readonly=True, help="Added to the rewards.")
    credit_withheld = fields.Monetary(
        string="Credit: Withheld", readonly=True, help="Kept back for the tax office."
    )
    credit_total = fields.Monetary(
        string="Credit: Total",
        readonly=True,
        help="Store credit granted: net with bonus and VAT, less what is withheld.",
    )
    expired = fields.Monetary(
        string="Credit: Expired", readonly=True, help="Store credit not spent in time."
    )
    reported = fields.Monetary(
        string="Paid in All",
        readonly=True,
        help="Money and store credit before taxes, with bonuses: what is held against the "
        "threshold of the settings.",
    )
    above_threshold = fields.Boolean(
        string="To Report",
        readonly=True,
        help="A company and its branches are one payer: what they paid counts together.",
    )
    tax_status = fields.Selection(related="referrer_id.referral_tax_status")
    tax_id = fields.Char(string="Tax ID", related="referrer_id.vat")
    agreement_date = fields.Date(related="referrer_id.referral_self_billing_date")

    # --- Printing and sending ------------------------------------------------------------------

    def _statements(self):
        """Return the statements of these years; made where there is none yet."""
        statements = self.env["aftersales.statement"]
        for (company, year), rows in self.grouped(lambda row: (row.company_id, row.year)).items():
            first, last = date(int(year), 1, 1), date(int(year), 12, 31)
            statements |= statements._of(rows.referrer_id, company, first, last)
        return statements

    def action_print(self):
        """Print the statements of these years."""
        return self._statements().action_print()

    def action_send(self):
        """Mail the statements of these years."""
        return self._statements().action_send()

    def action_open_statement(self):
        """Open the statement of this year."""
        self.ensure_one()
        return self._statements().get_formview_action()

    # --- The figures ---------------------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT summed.*, company.currency_id,
                   cash_net + cash_tax - cash_withheld AS cash_total,
                   credit_net + credit_bonus + credit_tax - credit_withheld AS credit_total,
                   cash_net + credit_net + credit_bonus AS reported,
                   COALESCE(company.aftersales_year_threshold, 0) > 0
                       AND SUM(cash_net + credit_net + credit_bonus) OVER (
                               PARTITION BY referrer_id, year,
                                            SPLIT_PART(company.parent_path, '/', 1)
                           ) >= company.aftersales_year_threshold AS above_threshold
              FROM (
                    SELECT MIN(key) AS id, referrer_id, company_id, year,
                           %(sums)s
                      FROM (%(ledger)s UNION ALL %(expired)s) event
                  GROUP BY referrer_id, company_id, year
                   ) summed
              JOIN res_company company ON company.id = summed.company_id
            """,
            sums=SQL(", ").join(
                SQL("SUM(%(name)s) AS %(name)s", name=SQL.identifier(name))
                for name in AMOUNTS
                if name not in ("cash_total", "credit_total", "reported")
            ),
            ledger=self._select_ledger(),
            expired=self._select_expired(),
        )

    def _select_ledger(self):
        """Return the ledger rows, each with what it adds to the columns."""
        return SQL(
            """
            SELECT c.id * 2::bigint AS key, c.referrer_id, c.company_id,
                   TO_CHAR(c.date, 'YYYY') AS year,
                   CASE WHEN c.kind IN ('earned', 'reversed') THEN c.amount ELSE 0 END AS earned,
                   CASE WHEN c.kind = 'adjusted' THEN c.amount ELSE 0 END AS adjusted,
                   CASE WHEN p.method = 'cash' THEN -c.amount ELSE 0 END AS cash_net,
                   CASE WHEN p.method = 'cash' THEN paid.tax ELSE 0 END AS cash_tax,
                   CASE WHEN p.method = 'cash' THEN paid.withheld ELSE 0 END AS cash_withheld,
                   CASE WHEN p.method = 'credit' THEN -c.amount ELSE 0 END AS credit_net,
                   CASE WHEN p.method = 'credit'
                        THEN SIGN(-c.amount) * COALESCE(p.bonus_amount, 0) ELSE 0
                    END AS credit_bonus,
                   CASE WHEN p.method = 'credit' THEN paid.tax ELSE 0 END AS credit_tax,
                   CASE WHEN p.method = 'credit' THEN paid.withheld ELSE 0 END AS credit_withheld,
                   0 AS expired
              FROM aftersales_commission c
         LEFT JOIN aftersales_payout p ON p.id = c.payout_id AND c.kind = 'paid'
         LEFT JOIN LATERAL (
                    SELECT COALESCE(billed.tax, 0) AS tax,
                           COALESCE(billed.withheld, 0) + COALESCE(on_payment.withheld, 0)
                               + COALESCE(on_credit.withheld, 0) AS withheld
                      FROM (%(billed)s) billed, (%(on_payment)s) on_payment,
                           (%(on_credit)s) on_credit
                   ) paid ON p.id IS NOT NULL
            """,
            billed=self._select_billed(),
            on_payment=self._select_withheld_on_payment(),
            on_credit=self._select_withheld_on_credit(),
        )

    def _select_billed(self):
        """Return VAT and what is withheld on the bill, or negative on its reversal.

        Per tax: one that is due and deducted at once (reverse charge) adds up to nothing.
        """
        return SQL(
            """
            SELECT SIGN(-c.amount) * SUM(GREATEST(amount, 0)) AS tax,
                   SIGN(-c.amount) * SUM(GREATEST(-amount, 0)) AS withheld
              FROM (SELECT SIGN(-c.amount) * SUM(item.balance) AS amount
                      FROM account_move_line item
                     WHERE item.move_id = c.account_move_id AND item.tax_line_id IS NOT NULL
                  GROUP BY item.tax_line_id) per_tax
            """
        )

    def _select_withheld_on_payment(self):
        """Return what the payments of the bill withhold, each bill's part of a payment."""
        return SQL(
            """
            SELECT SUM(ROUND(part.amount * whole.withheld / whole.payable,
                             (SELECT decimal_places FROM res_currency WHERE id = c.currency_id)
                   )) AS withheld
              FROM account_move_line due
              JOIN account_partial_reconcile part ON part.credit_move_id = due.id
              JOIN account_move_line settling ON settling.id = part.debit_move_id
              JOIN account_payment payment ON payment.move_id = settling.move_id
              JOIN LATERAL (
                    SELECT -SUM(item.balance) FILTER (WHERE item.tax_line_id IS NOT NULL)
                               AS withheld,
                           SUM(item.balance) FILTER (WHERE acc.account_type = 'liability_payable')
                               AS payable
                      FROM account_move_line item
                      JOIN account_account acc ON acc.id = item.account_id
                     WHERE item.move_id = settling.move_id
                   ) whole ON whole.payable > 0
             WHERE due.move_id = c.account_move_id AND p.method = 'cash'
            """
        )

    def _select_withheld_on_credit(self):
        """Return what the entry that settles the bill with store credit withholds."""
        return SQL(
            """
            SELECT SIGN(-c.amount) * -SUM(item.balance) AS withheld
              FROM account_move_line item
             WHERE item.move_id = p.move_id AND p.move_id != c.account_move_id
               AND p.method = 'credit' AND item.tax_line_id IS NOT NULL
            """
        )

    def _select_expired(self):
        """Return what expired of the referrer's store credit."""
        return SQL(
            """
            SELECT m.id * 2::bigint + 1, card.partner_id, m.company_id, TO_CHAR(m.date, 'YYYY'),
                   0, 0, 0, 0, 0, 0, 0, 0, 0, -m.amount
              FROM aftersales_credit_movement m
              JOIN loyalty_card card ON card.id = m.card_id
             WHERE m.kind = 'expired' AND card.partner_id IS NOT NULL
            """
        )
