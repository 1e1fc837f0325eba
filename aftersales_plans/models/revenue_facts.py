# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL


class AftersalesRevenue(models.Model):
    """What stands on account D, and whose it is (requirement 83).

    An item of a posted invoice or credit note belongs to the contract of its order line. One
    without an order line (added by hand, or a tax without account of its own) belongs to the
    contract on the same document, or on the one that is credited: of the same product where there
    are several. Where an order line has had two contracts, because the order was cancelled and
    confirmed again, it is the one that counts.
    """

    _inherit = "aftersales.revenue"

    @api.model
    def _select_items(self, companies, contract_ids=None):
        """Return the items of contracts on D: contract, account, company, line, date, amount.

        :param contract_ids: only what concerns these; others on the same invoices are found, too
        """
        pairs = self._deferred_pairs(companies)
        return SQL(
            """
            WITH sold AS (
                 SELECT DISTINCT ON (item.id)
                        item.id, item.move_id, item.product_id, item.account_id, item.company_id,
                        item.date, item.balance, contract.id AS contract_id
                   FROM aftersales_contract contract
                   JOIN sale_order_line_invoice_rel rel
                     ON rel.order_line_id = contract.sale_line_id
                   JOIN account_move_line item ON item.id = rel.invoice_line_id
                  WHERE (item.company_id, item.account_id) IN %(pairs)s
                    AND item.parent_state = 'posted'
                    AND %(only)s
                  ORDER BY item.id, contract.state = 'cancelled', contract.id DESC
            )
            SELECT contract_id, account_id, company_id, id AS line_id, date, -balance AS amount
              FROM sold
         UNION ALL (
            SELECT DISTINCT ON (item.id)
                   sold.contract_id, item.account_id, item.company_id, item.id, item.date,
                   -item.balance
              FROM (SELECT sold.*, move_id AS document_id FROM sold
                 UNION ALL
                    SELECT sold.*, note.id FROM sold
                      JOIN account_move note ON note.reversed_entry_id = sold.move_id) AS sold
              JOIN account_move_line item ON item.move_id = sold.document_id
             WHERE (item.company_id, item.account_id) IN %(pairs)s
               AND item.parent_state = 'posted'
               AND NOT EXISTS (
                       SELECT 1
                         FROM sale_order_line_invoice_rel rel
                         JOIN aftersales_contract contract
                           ON contract.sale_line_id = rel.order_line_id
                        WHERE rel.invoice_line_id = item.id
                   )
             ORDER BY item.id, item.product_id IS DISTINCT FROM sold.product_id, sold.id)
            """,
            pairs=pairs,
            only=SQL("TRUE") if contract_ids is None else self._of_contracts(contract_ids),
        )

    @api.model
    def _of_contracts(self, contract_ids):
        return SQL(
            """
            item.move_id IN (
                SELECT line.move_id
                  FROM aftersales_contract mine
                  JOIN sale_order_line_invoice_rel link ON link.order_line_id = mine.sale_line_id
                  JOIN account_move_line line ON line.id = link.invoice_line_id
                 WHERE mine.id IN %s)
            """,
            tuple(contract_ids),
        )

    @api.model
    def _select_facts(self, company, day, contract_ids=None):
        """Return per contract and account D: what is invoiced by ``day``, what is recognised.

        ``discounted`` is what discounts on whole orders took off revenue by then; ``row_id`` is
        the last row that was not taken back since, and takes nothing back as a whole entry itself.
        """
        mine = SQL("TRUE")
        if contract_ids is not None:
            mine = SQL("contract_id IN %s", tuple(contract_ids))
        return SQL(
            """
            SELECT contract_id, account_id, COALESCE(invoiced, 0) AS invoiced,
                   COALESCE(discounted, 0) AS discounted,
                   COALESCE(recognised, 0) AS recognised, COALESCE(row_count, 0) AS row_count,
                   line_id, row_id
              FROM (SELECT contract_id, account_id, SUM(amount) AS invoiced,
                           MAX(line_id) AS line_id
                      FROM (%(items)s) AS item
                     WHERE date <= %(day)s AND %(mine)s
                     GROUP BY 1, 2) AS invoiced
              FULL JOIN (SELECT contract_id, deferred_account_id AS account_id,
                                SUM(amount) AS recognised, COUNT(*) AS row_count,
                                MAX(id) FILTER (
                                    WHERE (account_move_id IN (%(taken_back)s)) IS NOT TRUE
                                ) AS row_id
                           FROM aftersales_revenue
                          WHERE company_id = %(company)s AND %(mine)s
                          GROUP BY 1, 2) AS recognised
             USING (contract_id, account_id)
              LEFT JOIN (SELECT contract_id, account_id, SUM(amount) AS discounted
                           FROM (%(discounts)s) AS discount
                          WHERE date <= %(day)s
                          GROUP BY 1, 2) AS discounted
             USING (contract_id, account_id)
             ORDER BY 1, 2
            """,
            items=self._select_items(company, contract_ids),
            discounts=self.env["aftersales.contract"]._select_order_discounts(contract_ids, day),
            taken_back=self._select_taken_back(),
            day=day,
            mine=mine,
            company=company.id,
        )

    @api.model
    def _deferred_pairs(self, companies):
        """Return (company, account D) of these companies, for SQL."""
        return tuple(
            (company.id, account.id)
            for company in companies
            for account in company._aftersales_deferred_accounts()
        ) or ((0, 0),)


class AccountMoveLine(models.Model):
    """Where the revenue of an invoiced plan belongs."""

    _inherit = "account.move.line"

    def _prepare_aftersales_revenue(self):
        """Return the account and the analytic accounts this item's revenue is recognised on."""
        template = self.product_id.product_tmpl_id
        account = template and template._aftersales_revenue_account(self.move_id.fiscal_position_id)
        return {
            "account_id": account.id if account else False,
            "analytic_distribution": self.analytic_distribution or False,
        }
