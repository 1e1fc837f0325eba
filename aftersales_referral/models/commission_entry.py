# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ..calc.analytic import blend
from .client_actions import notify
from .reward_accounts import EARNED_SETTINGS, OPENING_SETTINGS

_logger = logging.getLogger(__name__)

ACCRUED_KINDS = ("earned", "reversed", "adjusted")
BATCH_ROWS = 200


class AftersalesCommission(models.Model):
    """The journal entries of the ledger: E to A as rewards are earned, back as they are reversed.

    Rows of one run and company share one entry, a line per row and side. What cannot be posted
    (no account, a closed journal) waits for the cron; a payment never fails because of it.
    """

    _inherit = "aftersales.commission"

    def _post_entries(self):
        """Post the rows that have no entry yet, one entry per company and day."""
        waiting = self._waiting_for_entry()
        for (company, _day), rows in waiting.grouped(
            lambda row: (row.company_id, row.date)
        ).items():
            rows._try_to_post(company)

    def _try_to_post(self, company):
        """Post one entry for these rows, or leave them waiting and say why in the log."""
        problem, unexpected = self._posting_problem(company), False
        if not problem:
            self.env.flush_all()  # what the user himself did may fail, and says so
            try:
                with self.env.cr.savepoint():
                    self._post_entry(company)
                return
            except psycopg2.OperationalError:
                raise  # two at once: Odoo repeats the whole request
            except Exception as error:  # whatever stops an entry: the row is written
                problem, unexpected = error, not isinstance(error, UserError)
        _logger.warning(
            "Commissions %s of %s wait for their journal entry: %s",
            self.ids,
            company.name,
            problem,
            exc_info=unexpected,
        )

    def _posting_problem(self, company):
        """Return what is wrong with the settings these rows are booked with, in words."""
        booked_on_e = not all(row.counterpart_account_id for row in self)
        return company._aftersales_settings_problem(
            EARNED_SETTINGS if booked_on_e else OPENING_SETTINGS
        )

    def _post_entry(self, company):
        """Post one entry for these rows of ``company`` and one day.

        :raises UserError: core refuses the entry
        """
        self.account_move_id = self.env["account.move"]._book_aftersales(
            company, self._prepare_entry(company)
        )

    def _prepare_entry(self, company):
        """Return the entry: per row a line on E, or its own counterpart, and one on A."""
        items = [vals for row in self for vals in row._prepare_entry_lines(company)]
        return self.env["account.move"]._prepare_aftersales_entry(
            "commission", company, self[:1].date, self.env._("Referral commissions"), items
        )

    def _prepare_entry_lines(self, company):
        self.ensure_one()
        Move = self.env["account.move"]
        whose = self.order_id.name or self.note or self.key, self.referrer_id.commercial_partner_id
        other = self.counterpart_account_id
        expense = Move._prepare_aftersales_item(
            *whose,
            other or company.aftersales_commission_expense_account_id,
            self.amount,
            analytic_distribution={} if other else self._analytic_distribution(),
        )
        accrued = company.aftersales_accrued_commission_account_id
        return [expense, Move._prepare_aftersales_item(*whose, accrued, -self.amount)]

    def _analytic_distribution(self):
        """Return the analytic distribution of the order's lines, weighed by amount."""
        lines = self.order_id.order_line.filtered(lambda line: not line.display_type)
        return blend([(line.price_subtotal, line.analytic_distribution) for line in lines])

    @api.model
    def _cron_post_entries(self):
        """Release and post rows that had to wait, batch by batch; resumable, twice without effect.

        Where a batch cannot be posted, its rows are tried one by one: a bad one stays, with its
        reason in the log, and does not stop the others.
        """
        if not self._release_delivered():
            return
        cron = self.env["ir.cron"]
        waiting = self.search(
            [("account_move_id", "=", False), ("kind", "in", ACCRUED_KINDS)], order="id"
        )
        cron._commit_progress(remaining=len(waiting))
        for start in range(0, len(waiting), BATCH_ROWS):
            batch = waiting[start : start + BATCH_ROWS]
            batch._post_entries()
            if len(batch) > 1:
                for row in batch.filtered(lambda row: not row.account_move_id):
                    row._post_entries()
            if not cron._commit_progress(len(batch)):
                return

    # --- Telling the accountant ----------------------------------------------------------------

    def _waiting_for_entry(self):
        """Return the rows that should have a journal entry and have none yet."""
        return self.filtered(lambda row: not row.account_move_id and row.kind in ACCRUED_KINDS)

    def _tell_waiting(self):
        """Return the client action after rows were written by hand: say so when they wait."""
        waiting = self._waiting_for_entry()
        if not waiting:
            return {"type": "ir.actions.act_window_close"}
        problem = " ".join(
            filter(None, (waiting._posting_problem(company) for company in waiting.company_id))
        )
        return notify(
            problem or self.env._("The entry was refused; it is tried again daily."),
            "warning",
            sticky=True,
            title=self.env._("Recorded, but not booked yet"),
        )
