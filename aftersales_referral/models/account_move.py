# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

LEDGER_KINDS = ("commission", "payout", "credit")


def _let_go(moves):
    """Leave the books as they are when the ledger is uninstalled; superuser."""
    moves.with_context(aftersales_payout_cancel=True).aftersales_entry = False


class AccountMove(models.Model):
    """Hooks of documents, and the ledger's word on the entries it was posted with."""

    _inherit = "account.move"

    aftersales_entry = fields.Selection(
        selection_add=[
            ("commission", "Commission"),
            ("payout", "Payout"),
            ("credit", "Store Credit"),
        ],
        ondelete=dict.fromkeys(LEDGER_KINDS, _let_go),
    )

    def _post(self, soft=True):
        """Settle commissions when an invoice, credit note or what pays it is posted."""
        posted = super()._post(soft=soft)
        (posted | posted._documents_settled())._settle_commissions()
        return posted

    def button_draft(self):
        """Settle commissions when an invoice, credit note or what pays it stops counting."""
        result = super().button_draft()
        (self | self._documents_settled())._settle_commissions()
        return result

    def _documents_settled(self):
        """Return what these are reconciled with: core leaves that to drafts, which do not count."""
        lines = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        debits, credits = lines.matched_debit_ids, lines.matched_credit_ids
        return debits.debit_move_id.move_id | credits.credit_move_id.move_id

    def _settle_commissions(self):
        """Hand the orders of these documents over to the ledger."""
        # Billing people have no rights on the ledger; it follows from the documents alone.
        self.env["aftersales.commission"].sudo()._settle_moves(self.sudo())

    # --- Protection ----------------------------------------------------------------------------

    def _refuse_aftersales_entries(self):
        """Let a cancelled payout take back what it booked.

        That runs as superuser; the context alone, which a client can send, opens nothing.
        """
        if self.env.su and self.env.context.get("aftersales_payout_cancel"):
            return
        super()._refuse_aftersales_entries()

    def _aftersales_entry_refusal(self):
        if self.aftersales_entry not in LEDGER_KINDS:
            return super()._aftersales_entry_refusal()
        return self.env._(
            "%(entry)s belongs to the commission ledger and stays as it is. Cancel "
            "the payout, take the adjustment back in the ledger, or let the ledger "
            "correct itself with a new row.",
            entry=self.display_name,
        )
