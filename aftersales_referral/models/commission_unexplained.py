# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL

from .ledger_difference import UNEXPLAINED, Difference


class AftersalesCommission(models.Model):
    """What nothing of ours explains: manual postings on A and L, rows that were changed."""

    _inherit = "aftersales.commission"

    @api.model
    def _compare_items(self, company):
        """Return posted journal items on A and L that no row, payout or credit line explains.

        Items that cancel each other out are left out, because the sums are right with them: those
        of an entry and its reversals, and all of them together; on A per commercial partner, on L
        for the company as a whole.
        """
        rows = self.env.execute_query(self._unexplained_items(company))
        items = self.env["account.move.line"].browse(row[0] for row in rows)
        return [
            Difference(
                UNEXPLAINED,
                f"item-{item.id}",
                self.env._(
                    "Entry %(entry)s books %(amount)s on %(account)s (%(partner)s), which neither "
                    "a reward nor a payout nor store credit explains.",
                    entry=item.move_id.display_name,
                    amount=company.currency_id.format(-item.balance),
                    account=item.account_id.display_name,
                    partner=item.partner_id.display_name or self.env._("no partner"),
                ),
                0.0,
                -item.balance,
                (
                    ("partner_id", item.partner_id.id),
                    ("move_line_id", item.id),
                    ("move_id", item.move_id.id),
                ),
            )
            for item in items
        ]

    @api.model
    def _unexplained_items(self, company):
        """Return the query of these items' ids.

        On A only ledger rows explain an item; on L an entry of ours or an order's credit line.
        """
        self.env.flush_all()
        return SQL(
            """
            SELECT id FROM (
                SELECT found.id,
                       SUM(balance) OVER (PARTITION BY accrued, partner) AS together,
                       SUM(balance) OVER (PARTITION BY accrued, partner, entry) AS of_entry
                  FROM (%(accrued)s UNION ALL %(credit)s) found
            ) summed
             WHERE ABS(together) >= %(half_unit)s AND ABS(of_entry) >= %(half_unit)s
          ORDER BY id
            """,
            accrued=self._unexplained_on_accrued(company),
            credit=self._unexplained_on_credit(company),
            half_unit=company.currency_id.rounding / 2,
        )

    @api.model
    def _unexplained_on_accrued(self, company):
        return SQL(
            """
            SELECT aml.id, aml.balance, COALESCE(am.reversed_entry_id, am.id) AS entry,
                   TRUE AS accrued, p.commercial_partner_id AS partner
              FROM account_move_line aml
              JOIN account_move am ON am.id = aml.move_id
         LEFT JOIN res_partner p ON p.id = aml.partner_id
             WHERE aml.account_id IN %(accounts)s
               AND aml.company_id = %(company)s
               AND aml.parent_state = 'posted'
               AND NOT EXISTS (SELECT 1 FROM aftersales_commission c
                                WHERE c.account_move_id = aml.move_id)
            """,
            accounts=(0, *self._accrued_accounts(company).ids),
            company=company.id,
        )

    @api.model
    def _unexplained_on_credit(self, company):
        return SQL(
            """
            SELECT aml.id, aml.balance, COALESCE(am.reversed_entry_id, am.id) AS entry,
                   FALSE AS accrued, NULL::int AS partner
              FROM account_move_line aml
              JOIN account_move am ON am.id = aml.move_id
             WHERE aml.account_id IN %(accounts)s
               AND aml.company_id = %(company)s
               AND aml.parent_state = 'posted'
               AND am.aftersales_entry IS NULL
               AND aml.aftersales_card_id IS NULL
            """,
            accounts=(0, *self._store_credit_accounts(company).ids),
            company=company.id,
        )

    @api.model
    def _compare_changed_rows(self, company):
        """Σ of an order's rows = the target its last row noted, unless rows were changed.

        A row remembers what its order had earned in all. An amount that was changed, or a row that
        was removed, past all guards does not fit that any more.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT last, earned, target_amount
                  FROM (SELECT MAX(id) AS last, SUM(amount) AS earned
                          FROM aftersales_commission
                         WHERE company_id = %(company)s AND kind IN ('earned', 'reversed')
                      GROUP BY order_id, referral_id) sums
                  JOIN aftersales_commission c ON c.id = sums.last
                 WHERE ABS(earned - target_amount) >= %(half_unit)s
              ORDER BY last
                """,
                company=company.id,
                half_unit=company.currency_id.rounding / 2,
            )
        )
        return [self._changed_row(company, *row) for row in rows]

    @api.model
    def _changed_row(self, company, row_id, earned, noted):
        row = self.browse(row_id)
        return Difference(
            UNEXPLAINED,
            f"row-{row.order_id.id}-{row.referral_id.id}",
            self.env._(
                "%(order)s: its ledger rows add up to %(earned)s, the last one noted %(noted)s. A "
                "row was changed or removed outside the ledger.",
                order=row.order_id.name,
                earned=company.currency_id.format(earned),
                noted=company.currency_id.format(noted),
            ),
            float(earned),
            float(noted),
            (
                ("order_id", row.order_id.id),
                ("commission_id", row.id),
                ("partner_id", row.referrer_id.id),
            ),
        )
