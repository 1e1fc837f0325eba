# SPDX-License-Identifier: LGPL-3.0-or-later
import json
import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .linked_records import open_action
from .never_fail import never_fail
from .revenue_accounts import JOURNAL

_logger = logging.getLogger(__name__)

REVENUE = "aftersales_plans.aftersales_revenue_action"


class AftersalesRevenue(models.Model):
    """The journal entries of plan revenue: D to revenue (design §6).

    Rows of one company and day share one entry, an item per account and analytic accounts: the
    contracts behind it are its rows. What cannot be booked (no account, a closed journal) waits
    for the daily run.
    """

    _inherit = "aftersales.revenue"

    booking_problem = fields.Char(
        compute="_compute_booking_problem", help="Why it has no journal entry yet."
    )

    @api.depends("account_move_id", "account_id")
    def _compute_booking_problem(self):
        for row in self:
            row.booking_problem = not row.account_move_id and row._posting_problem()

    def _posting_problem(self):
        """Return in words what keeps this row from being booked."""
        self.ensure_one()
        problem = self.company_id._aftersales_settings_problem((JOURNAL,))
        product = self.contract_id.sudo().sale_line_id.product_id  # its name and account alone
        if problem:
            return problem
        if not self.account_id:
            return self.env._(
                "%s has no income account: set one on the product or its category.",
                product.display_name or self.contract_id.name,
            )
        if not self.account_id.active or not self.deferred_account_id.active:
            archived = self.account_id if self.deferred_account_id.active else None
            return self.env._(
                "The account %s is archived: unarchive it.",
                (archived or self.deferred_account_id).display_name,
            )
        return self.env._("The entry was refused; it is tried again daily.")

    @api.model
    def _post_waiting(self, company):
        """Book what had to wait, one entry for each day."""
        waiting = self.search([("company_id", "=", company.id), ("account_move_id", "=", False)])
        for day in sorted(set(waiting.mapped("date"))):
            self._post_rows(company, day)

    @api.model
    def _post_rows(self, company, day):
        """Post one entry for the rows of ``company`` and ``day`` that have none, if possible."""
        mine = [("company_id", "=", company.id), ("account_move_id", "=", False)]
        mine.append(("date", "=", day))
        self.search([*mine, ("account_id", "=", False)])._find_accounts()
        problem = company._aftersales_settings_problem((JOURNAL,))
        if not problem:
            with never_fail(self.env, f"Booking plan revenue of {company.name} by {day}"):
                self._post_entry(company, day)
        left = self.search_count(mine)
        if left:
            _logger.warning(
                "%s: %s rows of plan revenue of %s wait for their journal entry. %s",
                company.name,
                left,
                day,
                problem or self.search(mine, limit=1)._posting_problem(),
            )

    def _find_accounts(self):
        """Fill in the revenue accounts that were missing when the rows were written."""
        for row in self:
            template = row.contract_id.sale_line_id.product_id.product_tmpl_id
            position = row.contract_id.sale_order_id.fiscal_position_id
            here = template.with_company(row.company_id)
            account = template and here._aftersales_revenue_account(position)
            if account:
                row.account_id = account

    @api.model
    def _post_entry(self, company, day):
        """Post one entry for the rows of ``day`` whose accounts are there and in use.

        By the database: a month has as many rows as there are contracts.

        :raises UserError: core refuses the entry
        """
        reference = self.env._("Plan revenue until %s", format_date(self.env, day))
        self._book_rows(company, day, reference, self._where_ready(company, day))

    @api.model
    def _book_rows(self, company, day, reference, ready, **values):
        """Post one entry for the rows the SQL ``ready`` names, and note it on them.

        :param values: of the entry, beside those of every entry of ours
        """
        self.env.flush_all()
        sums = self.env.execute_query(
            SQL(
                """
                SELECT amount < 0, deferred_account_id, account_id,
                       COALESCE(analytic_distribution, '{}'), SUM(amount)
                  FROM aftersales_revenue WHERE %s
                 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
                """,
                ready,
            )
        )
        if not sums:
            return
        Move = self.env["account.move"]
        items = self._prepare_items(company, reference, sums)
        vals = Move._prepare_aftersales_entry("revenue", company, day, reference, items)
        entry = Move._book_aftersales(company, {**vals, **values})
        self.env.flush_all()
        filled = SQL("UPDATE aftersales_revenue SET account_move_id = %s WHERE %s", entry.id, ready)
        self.env.cr.execute(filled)
        self.invalidate_model(["account_move_id"])

    @api.model
    def _where_ready(self, company, day):
        """Return which rows can be booked; those that are booked never count again."""
        used = SQL("(SELECT id FROM account_account WHERE active)")
        return SQL(
            "company_id = %s AND date = %s AND account_move_id IS NULL"
            " AND account_id IN %s AND deferred_account_id IN %s",
            company.id,
            day,
            used,
            used,
        )

    @api.model
    def _prepare_items(self, company, reference, sums):
        """Return an item per account and analytic accounts; what is taken back stands by itself.

        :param sums: (whether taken back, id of account D, id of the revenue account, analytic
            distribution, sum of the amounts)
        """
        balances = defaultdict(float)
        for taken_back, deferred_id, account_id, shares, amount in sums:
            balances[taken_back, deferred_id, "{}"] += float(amount)
            balances[taken_back, account_id, json.dumps(shares, sort_keys=True)] -= float(amount)
        Move, nobody = self.env["account.move"], self.env["res.partner"]
        return [
            Move._prepare_aftersales_item(
                reference,
                nobody,
                self.env["account.account"].browse(account_id),
                company.currency_id.round(balance),
                analytic_distribution=json.loads(shares),
            )
            for (_taken_back, account_id, shares), balance in balances.items()
        ]

    # --- From one to the other -----------------------------------------------------------------

    def action_open_entry(self):
        """Open the journal entry of this row."""
        self.ensure_one()
        return self.account_move_id.get_formview_action()


class AccountMove(models.Model):
    """From an entry of plan revenue to the contracts behind it."""

    _inherit = "account.move"

    def action_open_aftersales_revenue(self):
        """Open what this entry recognised, per contract."""
        self.check_access("read")
        return open_action(self.env, REVENUE, [("account_move_id", "in", self.ids)])
