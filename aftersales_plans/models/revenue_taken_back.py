# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .linked_records import open_records
from .revenue_accounts import JOURNAL
from .turn import take_turn

ENTRIES = "account.action_move_journal_line"


class AftersalesRevenue(models.Model):
    """Plan revenue that was booked by mistake is taken back by rows of its own (requirement 83)."""

    _inherit = "aftersales.revenue"

    @api.model
    def _take_back(self, entry):
        """Append the opposite of every row of ``entry`` and book these; return their entry.

        Booked on the day of the entry, or on the first open day after it. The contracts have earned
        it nevertheless, so it is due again at the next month end, or when somebody recognises: with
        the accounts, terms and invoices that count by then.

        :raises UserError: there is no journal, or an account is archived
        """
        take_turn(entry.company_id)
        rows = self.search([("account_move_id", "=", entry.id)], order="id")
        rows._check_can_be_booked()
        opposite = self.create(rows._prepare_opposite())
        reference = self.env._("Taken back: %s", entry.ref)
        ready = SQL("id IN %s", tuple(opposite.ids))
        # not before the entry: it may stand on an open day after that of its rows
        self._book_rows(entry.company_id, entry.date, reference, ready, reversed_entry_id=entry.id)
        return opposite.account_move_id

    @api.model
    def _select_taken_back(self):
        """Return the ids of entries that were taken back, and of those that take them back."""
        return SQL(
            """
            SELECT unnest(ARRAY[back.id, back.reversed_entry_id]) FROM account_move back
             WHERE back.aftersales_entry = 'revenue' AND back.reversed_entry_id IS NOT NULL
            """
        )

    def _check_can_be_booked(self):
        """Refuse what :meth:`_posting_problem` would let wait: half of it is worse than nothing."""
        problem = self.company_id._aftersales_settings_problem((JOURNAL,))
        archived = (self.account_id | self.deferred_account_id).filtered(lambda one: not one.active)
        if archived:
            problem = self.env._(
                "The account %s is archived: unarchive it.", archived[:1].display_name
            )
        if problem:
            raise UserError(problem)

    def _prepare_opposite(self):
        """Return the values of the rows that take these back; each contract counts on."""
        found = self._read_group(
            [("contract_id", "in", self.contract_id.ids)],
            ["contract_id", "deferred_account_id"],
            ["number:max"],
        )
        numbers = {(contract.id, account.id): number for contract, account, number in found}
        values = []
        for row in self:
            where = row.contract_id.id, row.deferred_account_id.id
            numbers[where] += 1
            values.append(
                {
                    "contract_id": row.contract_id.id,
                    "company_id": row.company_id.id,
                    "number": numbers[where],
                    "date": row.date,
                    "amount": -row.amount,
                    "deferred_account_id": row.deferred_account_id.id,
                    "account_id": row.account_id.id,
                    "analytic_distribution": row.analytic_distribution or False,
                }
            )
        return values


class AccountMove(models.Model):
    """The button on an entry of plan revenue."""

    _inherit = "account.move"

    aftersales_can_take_back = fields.Boolean(compute="_compute_aftersales_can_take_back")

    @api.depends("aftersales_entry", "state", "reversed_entry_id", "reversal_move_ids")
    def _compute_aftersales_can_take_back(self):
        for move in self:
            move.aftersales_can_take_back = (
                move.aftersales_entry == "revenue"
                and move.state == "posted"
                and not move.reversed_entry_id
                and not move.reversal_move_ids
            )

    def action_take_back_aftersales(self):
        """Take this entry of plan revenue back, and show what was booked for it."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Accountants take plan revenue back."))
        take_turn(self.company_id)  # of two clicks at once the later one finds the other's entry
        self.invalidate_recordset()
        if not self.aftersales_can_take_back:
            raise UserError(
                self.env._(
                    "%s is not an entry of plan revenue that can be taken back, or was already.",
                    self.display_name,
                )
            )
        # sudo: rows are nobody's to write; the entry is the accountant's to read
        entry = self.env["aftersales.revenue"].sudo()._take_back(self.sudo())
        return open_records(entry, ENTRIES)
