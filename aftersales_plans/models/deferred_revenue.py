# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL

from .linked_records import open_action
from .revenue_entry import REVENUE

ITEMS = "account.action_account_moves_all"


class AftersalesDeferredRevenue(models.Model):
    """What account D owes, contract by contract, and what nobody can explain (requirement 83).

    A row per contract and account D with *invoiced* (less credited), *recognised* and what is
    *left* of it; and a row per journal item on D that is neither a contract's nor ours. Added up,
    ``balance`` (left, and what is recognised but not booked yet) is the balance of D. There is no
    table.
    """

    _name = "aftersales.deferred.revenue"
    _description = "Deferred Plan Revenue"
    _auto = False
    _order = "is_unexplained desc, date_end, id"
    _rec_name = "contract_id"
    _depends = {
        "account.move": ["aftersales_entry", "reversed_entry_id"],
        "account.move.line": [
            "account_id", "balance", "company_id", "date", "move_id", "parent_state", "product_id",
        ],
        "aftersales.contract": [
            "date_end", "date_start", "partner_id", "plan_id", "sale_line_id", "state",
        ],
        "aftersales.revenue": [
            "account_move_id", "amount", "company_id", "contract_id", "deferred_account_id",
        ],
        "res.company": ["aftersales_deferred_account_ids", "currency_id"],
        "sale.order.line": ["invoice_lines"],
    }  # fmt: skip

    contract_id = fields.Many2one("aftersales.contract", readonly=True)
    plan_id = fields.Many2one("aftersales.plan", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    item_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    is_unexplained = fields.Boolean(string="Not of a Contract", readonly=True)
    date_start = fields.Date(string="Start", readonly=True)
    date_end = fields.Date(string="End", readonly=True)
    invoiced = fields.Monetary(readonly=True, help="Less what was credited, net of taxes.")
    recognised = fields.Monetary(readonly=True, help="As revenue, so far.")
    left_amount = fields.Monetary(string="Left", readonly=True, help="To be recognised yet.")
    waiting = fields.Monetary(
        string="Not Booked", readonly=True, help="Recognised, and without a journal entry yet."
    )
    balance = fields.Monetary(string="On the Account", readonly=True, help="Left and not booked.")

    @property
    def _table_query(self):
        """Return the contracts with anything on D, and the items that belong to none."""
        Revenue = self.env["aftersales.revenue"]
        # whose books there are; the rules decide who reads what of them
        companies = self.env["res.company"].sudo()
        companies = companies.search([("aftersales_deferred_account_ids", "!=", False)])
        return SQL(
            """
            WITH item AS (%(items)s),
                 fact AS (
                     SELECT contract_id, account_id, company_id,
                            SUM(invoiced) AS invoiced, SUM(recognised) AS recognised,
                            SUM(waiting) AS waiting
                       FROM (SELECT contract_id, account_id, company_id, amount AS invoiced,
                                    0 AS recognised, 0 AS waiting
                               FROM item
                          UNION ALL
                             SELECT contract_id, deferred_account_id, company_id, 0, amount,
                                    CASE WHEN account_move_id IS NULL THEN amount ELSE 0 END
                               FROM aftersales_revenue) AS part
                      GROUP BY 1, 2, 3
                 )
            SELECT contract.id::bigint * 1000000 + fact.account_id AS id,
                   contract.id AS contract_id, contract.plan_id, contract.partner_id,
                   fact.company_id, company.currency_id, fact.account_id, NULL::int AS item_id,
                   FALSE AS is_unexplained, contract.date_start, contract.date_end,
                   invoiced, recognised, invoiced - recognised AS left_amount, waiting,
                   invoiced - recognised + waiting AS balance
              FROM fact
              JOIN aftersales_contract contract ON contract.id = fact.contract_id
              JOIN res_company company ON company.id = fact.company_id
         UNION ALL
            SELECT -line.id, NULL, NULL, line.partner_id, line.company_id, company.currency_id,
                   line.account_id, line.id, TRUE, NULL, NULL, 0, 0, 0, 0, -line.balance
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_company company ON company.id = line.company_id
             WHERE (line.company_id, line.account_id) IN %(pairs)s
               AND line.parent_state = 'posted'
               AND move.aftersales_entry IS DISTINCT FROM 'revenue'
               AND NOT EXISTS (SELECT 1 FROM item WHERE item.line_id = line.id)
            """,
            items=Revenue._select_items(companies),
            pairs=Revenue._deferred_pairs(companies),
        )

    def action_open_rows(self):
        """Open what was recognised of this contract, or the item nobody explains."""
        self.ensure_one()
        if self.is_unexplained:
            return self.item_id.move_id.get_formview_action()
        return open_action(self.env, REVENUE, [("contract_id", "=", self.contract_id.id)])

    def action_open_items(self):
        """Open what was invoiced and credited of this contract on account D."""
        self.ensure_one()
        Revenue = self.env["aftersales.revenue"].sudo()  # which items; the reader sees his own
        found = SQL(
            "SELECT line_id FROM (%s) AS item WHERE contract_id = %s",
            Revenue._select_items(self.company_id, self.contract_id.ids),
            self.contract_id.id,
        )
        ids = [row[0] for row in self.env.execute_query(found)] if self.contract_id else []
        return open_action(self.env, ITEMS, [("id", "in", ids + self.item_id.ids)])


class AftersalesContract(models.Model):
    """From a contract to its revenue."""

    _inherit = "aftersales.contract"

    recognised_amount = fields.Monetary(
        string="Recognised",
        compute="_compute_recognised_amount",
        compute_sudo=True,
        groups="aftersales_plans.group_accountant",
    )

    def _compute_recognised_amount(self):
        for contract, amount in self._recognised().items():
            contract.recognised_amount = amount

    def action_open_revenue(self):
        """Open what was recognised of this contract."""
        self.ensure_one()
        return open_action(self.env, REVENUE, [("contract_id", "=", self.id)])
