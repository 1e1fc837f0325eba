# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..calc.period import Period
from ..calc.revenue import earned_share, month_end, month_ends, recognised_by
from .contract import LIVE_STATES
from .turn import take_turn
from .work_off import FAILED, give_once

_logger = logging.getLogger(__name__)

BATCH_CONTRACTS = 1000
CLOSED_STATES = ("expired", "cancelled")


class AftersalesRevenue(models.Model):
    """Revenue of one contract recognised for one day, append-only (requirement 83; design §6).

    What should be recognised by a day is the share of the cover given by then of what was invoiced
    less credited on account D; all of it once the contract is over. Discounts on the whole order
    are less revenue with the invoice already; that much is recognised at once. A row is that less
    all rows before it, so that running twice adds nothing, and a credit note or a longer term takes
    revenue back. Written by :meth:`_recognise` alone, the journal entry once it is posted.
    """

    _name = "aftersales.revenue"
    _description = "Plan Revenue"
    _inherit = "aftersales.append.only"
    _order = "date desc, id desc"
    _rec_name = "contract_id"
    _check_company_auto = True
    _fill_once = ("account_move_id", "account_id")

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one(related="contract_id.plan_id")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    number = fields.Integer(
        required=True, readonly=True, help="Counts the rows of a contract and its account D."
    )
    date = fields.Date(required=True, readonly=True, help="Recognised by the end of this day.")
    amount = fields.Monetary(
        required=True, readonly=True, help="Negative: revenue that is taken back."
    )
    deferred_account_id = fields.Many2one(
        "account.account",
        string="Deferred on",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Revenue Account",
        readonly=True,
        ondelete="restrict",
        help="Empty while the product of the plan has no income account.",
    )
    analytic_distribution = fields.Json(readonly=True, help="That of the invoice line.")
    account_move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # Two runs at once write the same number: one of them fails and is repeated.
    _number_unique = models.Constraint(
        "UNIQUE(contract_id, deferred_account_id, number)",
        "This revenue was recognised already.",
    )
    _by_day = models.Index("(company_id, date)")
    _waiting = models.Index("(company_id) WHERE account_move_id IS NULL")

    # --- When ----------------------------------------------------------------------------------

    @api.model
    def _cron_recognise(self):
        """Book every month end that is over and not booked yet, in order; resumable.

        What could not be booked before is tried again. The rows of a batch are committed with it;
        the entry of a month follows its last batch.
        """
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("aftersales_revenue_until", "!=", False)]):
            today = company._aftersales_today()
            for day in month_ends(company.aftersales_revenue_until, today):
                if not self._recognise(company, day, cron._commit_progress):
                    return
            self._post_waiting(company)
            if not cron._commit_progress():
                return

    @api.model
    def _recognise_until(self, company, day):
        """Book the month ends up to ``day`` that are missing, then ``day`` itself.

        :raises UserError: ``day`` lies ahead, or later days are booked
        """
        problem = self._recognise_problem(company, day)
        if problem:
            raise UserError(problem)
        for end in self._days_until(company, day):
            self._recognise(company, end)

    @api.model
    def _days_until(self, company, day):
        """Return the days that are booked where revenue is recognised up to ``day``."""
        ends = month_ends(company.aftersales_revenue_until or day, day)
        return [*ends, day]

    @api.model
    def _recognise_problem(self, company, day):
        """Return in words why nothing can be recognised up to ``day``; empty where it can."""
        if day > company._aftersales_today():
            return self.env._("Revenue is recognised until today at the latest.")
        last = self.search([("company_id", "=", company.id)], order="date desc", limit=1).date
        booked = max(filter(None, (company.aftersales_revenue_until, last)), default=day)
        if day < booked:
            return self.env._(
                "%(company)s: revenue is booked until %(day)s. Choose that day or a later one; "
                "what changed since is booked as the difference.",
                company=company.name,
                day=format_date(self.env, booked),
            )
        return ""

    # --- What ----------------------------------------------------------------------------------

    @api.model
    def _recognise(self, company, day, go_on=None):
        """Append what is due in ``company`` by the end of ``day`` and book it.

        :param go_on: called after each batch with its size; returns whether there is time for more
        :return: whether all of it is done
        """
        self.env.flush_all()  # what is due is read by the database
        due = self._due(company, day)
        if go_on and not go_on(remaining=len(due) + 1):
            return False
        for start in range(0, len(due), BATCH_CONTRACTS):
            take_turn(company)  # before reading what is recognised so far
            batch = due[start : start + BATCH_CONTRACTS]
            self._append_rows(company, day, batch)
            if go_on and not go_on(len(batch)):
                return False
        take_turn(company)
        self._post_rows(company, day)
        if day == month_end(day):
            company.aftersales_revenue_until = max(company.aftersales_revenue_until or day, day)
        return not go_on or bool(go_on(1))

    @api.model
    def _append_rows(self, company, day, contract_ids):
        """Append the rows these contracts lack by the end of ``day``.

        A contract that cannot be reckoned does not stop the others: it is found by halves, somebody
        has it to do, and what it lacks follows with a later day.
        """
        try:
            with self.env.cr.savepoint():
                self.create(self._prepare_rows(company, day, contract_ids))
        except psycopg2.OperationalError:
            raise  # two at once: the later one is repeated
        except Exception as error:
            self.env.invalidate_all()
            if len(contract_ids) > 1:
                half = len(contract_ids) // 2
                self._append_rows(company, day, contract_ids[:half])
                self._append_rows(company, day, contract_ids[half:])
                return
            contract = self.env["aftersales.contract"].browse(contract_ids)
            _logger.exception("Revenue of %s by %s was not recognised", contract, day)
            give_once(contract, FAILED, lambda _local, told=str(error): told)

    @api.model
    def _preview(self, company, day):
        """Return {(account D, revenue account or empty): (contracts, amount)} due by ``day``.

        What the missing month ends and ``day`` would book together; nothing is written.
        """
        self.env.flush_all()
        due, sums = self._due(company, day), {}
        for start in range(0, len(due), BATCH_CONTRACTS):
            for row in self._prepare_rows(company, day, due[start : start + BATCH_CONTRACTS]):
                where = row["deferred_account_id"], row["account_id"]
                count, amount = sums.get(where, (0, 0.0))
                sums[where] = count + 1, amount + row["amount"]
        Account = self.env["account.account"].with_company(company)  # whose codes are told
        return {
            (Account.browse(deferred), Account.browse(account or ())): found
            for (deferred, account), found in sums.items()
        }

    @api.model
    def _due(self, company, day):
        """Return the ids of contracts that run, or have something left, on an account D."""
        query = SQL(
            """
            SELECT DISTINCT fact.contract_id
              FROM (%(facts)s) AS fact
              JOIN aftersales_contract contract ON contract.id = fact.contract_id
             WHERE contract.state IN %(live)s OR fact.invoiced != fact.recognised
             ORDER BY 1
            """,
            facts=self._select_facts(company, day),
            live=LIVE_STATES,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _prepare_rows(self, company, day, contract_ids):
        """Return the rows these contracts lack by the end of ``day``."""
        contracts = self.env["aftersales.contract"].browse(contract_ids)
        shares = contracts._earned_shares(day)
        rows = self.env.execute_query_dict(self._select_facts(company, day, contract_ids))
        for row in rows:
            invoiced, discount = float(row["invoiced"]), float(row["discounted"])
            target = recognised_by(invoiced, discount, shares[row["contract_id"]])
            # rounded by itself: a difference of floats no longer knows that it was half a cent
            target = company.currency_id.round(target)
            row["amount"] = company.currency_id.round(target - float(row["recognised"]))
        rows = [row for row in rows if not company.currency_id.is_zero(row["amount"])]
        where = self._prepare_accounts(company, rows)
        return [
            {
                "contract_id": row["contract_id"],
                "company_id": company.id,
                "number": row["row_count"] + 1,
                "date": day,
                "amount": row["amount"],
                "deferred_account_id": row["account_id"],
                **vals,
            }
            for row, vals in zip(rows, where, strict=True)
        ]

    @api.model
    def _prepare_accounts(self, company, rows):
        """Return for each row the revenue account and the analytic accounts.

        Those the product of the latest invoice line has now. What is taken back is taken from
        where the last row that still counts recognised it.
        """
        lines = self.env["account.move.line"].with_company(company)
        lines = lines.browse([row["line_id"] for row in rows if row["line_id"]])
        before = self.browse([row["row_id"] for row in rows if row["row_id"]])
        lines.fetch(["product_id", "move_id", "analytic_distribution"])  # of all at once
        before.fetch(["account_id", "analytic_distribution"])
        line_of, row_of = ({one.id: one for one in many} for many in (lines, before))
        return [
            row_of[row["row_id"]]._prepare_account_again()
            if row["row_id"] and (row["amount"] < 0 or not row["line_id"])
            else line_of[row["line_id"]]._prepare_aftersales_revenue()
            for row in rows
        ]

    def _prepare_account_again(self):
        return {
            "account_id": self.account_id.id,
            "analytic_distribution": self.analytic_distribution or False,
        }


class AftersalesContract(models.Model):
    """Which share of a contract's price is earned, and what is recognised."""

    _inherit = "aftersales.contract"

    def _earned_shares(self, day):
        """Return {id: share of the cover these contracts gave by the end of ``day``}, 0 to 1."""
        self.fetch(["state", "date_start", "date_end", "date_closed"])
        return {contract.id: contract._earned_share(day) for contract in self}

    def _earned_share(self, day):
        """Return the share of one contract; all of it once the contract is over."""
        closed = self.state in CLOSED_STATES and (self.date_closed or self.date_end)
        if self.state in CLOSED_STATES and (not closed or closed <= day):
            return 1.0
        term = self.date_start and self.date_end and Period(self.date_start, self.date_end)
        return earned_share(term, day, self._suspensions())

    def _recognised(self):
        """Return {contract: revenue recognised so far}, company currency."""
        # sudo: whoever may read the contract may know what it earned; rows are the accountant's
        sums = (
            self.env["aftersales.revenue"]
            .sudo()
            ._read_group([("contract_id", "in", self.ids)], ["contract_id"], ["amount:sum"])
        )
        found = {contract.id: amount for contract, amount in sums}
        return {contract: found.get(contract.id, 0.0) for contract in self}
