import logging

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command

from ..calc.analytic import blend

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
        """Post the rows that have no entry yet, one entry per company."""
        waiting = self.filtered(lambda row: not row.account_move_id and row.kind in ACCRUED_KINDS)
        for company, rows in waiting.grouped("company_id").items():
            rows._try_to_post(company)

    def _try_to_post(self, company):
        """Post one entry for these rows, or leave them waiting and say why in the log."""
        try:
            with self.env.cr.savepoint():
                self._post_entry(company)
        except (UserError, RedirectWarning) as error:
            _logger.warning(
                "Commissions %s of %s wait for their journal entry: %s",
                self.ids,
                company.name,
                error,
            )

    def _post_entry(self, company):
        """Post one entry for these rows of ``company``.

        :raises UserError: accounts or journal are missing, or core refuses the entry
        """
        company._aftersales_check_referral_accounts()
        entry = (
            self.env["account.move"]
            .with_company(company)
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(self._prepare_entry(company))
        )
        entry._post(soft=False)
        self.write({"account_move_id": entry.id})

    def _prepare_entry(self, company):
        """Return the entry: per row a line on E and one on A.

        Dated today; core moves it to the first open day when today is locked.
        """
        return {
            "move_type": "entry",
            "journal_id": company.aftersales_commission_journal_id.id,
            "date": company._aftersales_today(),
            "ref": self.env._("Referral commissions"),
            "aftersales_entry": "commission",
            "line_ids": [
                Command.create(vals) for row in self for vals in row._prepare_entry_lines(company)
            ],
        }

    def _prepare_entry_lines(self, company):
        self.ensure_one()
        common = {
            "name": self.order_id.name or self.note or self.key,
            "partner_id": self.referrer_id.commercial_partner_id.id,
        }
        expense = {
            **common,
            "account_id": company.aftersales_commission_expense_account_id.id,
            "balance": self.amount,
            "analytic_distribution": self._analytic_distribution(),
        }
        accrued = {
            **common,
            "account_id": company.aftersales_accrued_commission_account_id.id,
            "balance": -self.amount,
        }
        return [expense, accrued]

    def _analytic_distribution(self):
        """Return the analytic distribution of the order's lines, weighed by amount."""
        lines = self.order_id.order_line.filtered(lambda line: not line.display_type)
        return blend([(line.price_subtotal, line.analytic_distribution) for line in lines])

    @api.model
    def _cron_post_entries(self):
        """Post rows that had to wait, batch by batch; resumable, twice without effect.

        Where a batch cannot be posted, its rows are tried one by one: a bad one stays, with its
        reason in the log, and does not stop the others.
        """
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
