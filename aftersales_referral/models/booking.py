# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from .account_move import LEDGER_KINDS


class AccountMove(models.Model):
    """How what the ledger booked is taken back (design §6); called as superuser."""

    _inherit = "account.move"

    def _reverse_aftersales(self, reference):
        """Return core's reversal of an entry or bill of ours, of today and reconciled with it."""
        if not self:
            return self
        company = self.company_id
        today = company._aftersales_today()
        taxes = self.line_ids.tax_line_id
        return self.with_context(aftersales_payout_cancel=True)._reverse_moves(
            [
                {
                    "date": company._aftersales_open_day(self.journal_id, today, taxes),
                    "invoice_date": self.is_invoice() and today,
                    "ref": reference,
                    "aftersales_entry": self.aftersales_entry,
                }
            ],
            cancel=True,
        )


class ResCompany(models.Model):
    """The ledger's entries have a journal of their own."""

    _inherit = "res.company"

    def _aftersales_entry_journal(self, kind):
        """Return the journal of rewards for what the ledger books."""
        if kind in LEDGER_KINDS:
            return self.aftersales_commission_journal_id
        return super()._aftersales_entry_journal(kind)
