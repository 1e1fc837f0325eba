# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL

from .order_discount import IS_LATEST, is_profit_or_loss


class AftersalesProfit(models.Model):
    """Where revenue and costs are read from: invoices, shipments and work of claims."""

    _inherit = "aftersales.profit"
    _depends = {
        "account.account": ["account_type"],
        "account.move": ["reversed_entry_id"],
        "account.move.line": [
            "account_id", "balance", "date", "display_type", "move_id", "parent_state",
            "product_id", "sale_line_ids",
        ],
        "aftersales.claim": [
            "aftersales_labour_cost", "aftersales_labour_missing", "contract_id", "date_done",
        ],
        "aftersales.revenue": ["amount", "contract_id", "date"],
        "aftersales.claim.line": ["billing_type", "claim_id"],
        "sale.order.line": ["is_downpayment", "order_id", "price_subtotal", "product_id"],
        "stock.location": ["usage"],
        "stock.move": [
            "aftersales_claim_line_id", "aftersales_step", "date", "location_dest_id",
            "location_id", "origin_returned_move_id", "state", "value",
        ],
    }  # fmt: skip

    @api.model
    def _queries(self):
        """Append what was invoiced and what claims cost."""
        return [
            *super()._queries(),
            self._select_invoiced(),
            self._select_recognised(),
            self._select_credited(),
            self._select_discounted(),
            self._select_given(),
            self._select_work_of_claims(),
        ]

    @api.model
    def _select_invoiced(self):
        """Posted invoice and credit-note lines of plan lines, on accounts of profit and loss.

        What still lies on the deferral account is no revenue yet. Where an order was cancelled and
        confirmed again, its latest contract earns.
        """
        return self._select(
            0,
            "revenue",
            SQL("item.id"),
            SQL(
                """
                  FROM aftersales_contract owner
                  JOIN sale_order_line_invoice_rel sold ON sold.order_line_id = owner.sale_line_id
                  JOIN account_move_line item ON item.id = sold.invoice_line_id
                  JOIN account_account account ON account.id = item.account_id
                 WHERE item.parent_state = 'posted'
                   AND item.display_type = 'product'
                   AND %s
                   AND %s
                """,
                is_profit_or_loss(self.env),
                IS_LATEST,
            ),
            contract_id=SQL("owner.id"),
            day=SQL("item.date"),
            revenue=SQL("-item.balance"),
        )

    @api.model
    def _select_recognised(self):
        """What was taken from the deferral account to revenue, for each month of cover."""
        return self._select(
            1,
            "revenue",
            SQL("earned.id"),
            SQL("FROM aftersales_revenue earned"),
            contract_id=SQL("earned.contract_id"),
            day=SQL("earned.date"),
            revenue=SQL("earned.amount"),
        )

    @api.model
    def _select_credited(self):
        """Lines of credit notes without order line that credit the product of a contract's line.

        As on the deferral account, they are the contract's whose invoice is credited.
        """
        return self._select(
            3,
            "revenue",
            SQL("item.id"),
            SQL(
                """
                  FROM account_move note
                  JOIN account_move_line item ON item.move_id = note.id
                  JOIN account_account account ON account.id = item.account_id
                  JOIN LATERAL (
                           SELECT contract.id
                             FROM account_move_line line
                             JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                             JOIN aftersales_contract contract
                               ON contract.sale_line_id = rel.order_line_id
                            WHERE line.move_id = note.reversed_entry_id
                              AND line.product_id = item.product_id
                            ORDER BY line.id, contract.id DESC
                            LIMIT 1
                       ) AS owner ON TRUE
                 WHERE note.reversed_entry_id IS NOT NULL
                   AND item.parent_state = 'posted'
                   AND item.display_type = 'product'
                   AND %s
                   AND NOT EXISTS (
                           SELECT FROM sale_order_line_invoice_rel sold
                            WHERE sold.invoice_line_id = item.id
                       )
                """,
                is_profit_or_loss(self.env),
            ),
            contract_id=SQL("owner.id"),
            day=SQL("item.date"),
            revenue=SQL("-item.balance"),
        )

    @api.model
    def _select_discounted(self):
        """What discounts on the whole order took off the plan's revenue, with its invoice.

        Of a plan on the deferral account from when its revenue begins to be recognised, which gives
        the discount back: until then neither counts, so that no contract looks below cost.
        """
        return self._select(
            5,
            "revenue",
            SQL("taken.item_id"),
            SQL(
                """
                  FROM (%s) AS taken
                  JOIN account_account account ON account.id = taken.account_id
                 WHERE %s
                    OR EXISTS (
                           SELECT FROM aftersales_revenue earned
                            WHERE earned.contract_id = taken.contract_id
                              AND earned.date >= taken.date
                       )
                """,
                self.env["aftersales.contract"]._select_order_discounts(),
                is_profit_or_loss(self.env),
            ),
            contract_id=SQL("taken.contract_id"),
            day=SQL("taken.date"),
            revenue=SQL("-taken.amount"),
        )

    @api.model
    def _select_given(self):
        """Shipments that the contract or goodwill gave, less what was sent back."""
        value = SQL(
            "CASE WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1 END * ABS(move.value)"
        )
        return self._select(
            2,
            SQL("CASE line.billing_type WHEN 'contract' THEN 'parts' ELSE 'goodwill' END"),
            SQL("move.id"),
            SQL(
                """
                  FROM aftersales_claim claim
                  JOIN aftersales_claim_line line ON line.claim_id = claim.id
                  JOIN stock_move move ON move.aftersales_claim_line_id = line.id
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE claim.contract_id IS NOT NULL
                   AND line.billing_type IN ('contract', 'goodwill')
                   AND move.state = 'done'
                   AND move.aftersales_step IS NULL
                   AND (move.origin_returned_move_id IS NULL AND target.usage = 'customer'
                     OR move.origin_returned_move_id IS NOT NULL AND source.usage = 'customer')
                """
            ),
            contract_id=SQL("claim.contract_id"),
            moment=SQL("move.date"),
            lacks=without_value(SQL("move")),
            parts=SQL("CASE line.billing_type WHEN 'contract' THEN %s ELSE 0 END", value),
            goodwill=SQL("CASE line.billing_type WHEN 'goodwill' THEN %s ELSE 0 END", value),
        )

    @api.model
    def _select_work_of_claims(self):
        """Work that plan or goodwill gave, at what an hour of the company cost then."""
        return self._select(
            4,
            "labour",
            SQL("claim.id"),
            SQL(
                """
                  FROM aftersales_claim claim
                 WHERE claim.contract_id IS NOT NULL
                   AND (claim.aftersales_labour_cost > 0 OR claim.aftersales_labour_missing)
                """
            ),
            contract_id=SQL("claim.contract_id"),
            moment=SQL("claim.date_done"),
            lacks=SQL("CASE WHEN claim.aftersales_labour_missing THEN 'company_rate' END"),
            labour=SQL("COALESCE(claim.aftersales_labour_cost, 0)"),
        )


def without_value(move):
    """Return the SQL that says of a move to a customer that its goods had no cost."""
    return SQL(
        "CASE WHEN %(move)s.origin_returned_move_id IS NULL AND COALESCE(%(move)s.value, 0) = 0"
        " THEN 'part_cost' END",
        move=move,
    )
