from odoo import api, fields, models
from odoo.exceptions import UserError

FROZEN = {
    "state",
    "name",
    "move_type",
    "journal_id",
    "company_id",
    "currency_id",
    "date",
    "partner_id",
    "ref",
    "invoice_date",
    "aftersales_entry",
}


class AccountMove(models.Model):
    """Hooks of documents, and the protection of entries the ledger was posted with."""

    _inherit = "account.move"

    aftersales_entry = fields.Selection(
        [("commission", "Commission"), ("payout", "Payout"), ("credit", "Store Credit")],
        string="After-Sales Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Set on entries that belong to the commission ledger.",
    )

    def _post(self, soft=True):
        """Settle commissions when an invoice, credit note or what pays it is posted."""
        posted = super()._post(soft=soft)
        (posted | posted._documents_settled())._settle_commissions()
        return posted

    def button_draft(self):
        """Settle commissions when an invoice, credit note or what pays it stops counting."""
        self._refuse_aftersales_entries()
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

    @api.model_create_multi
    def create(self, vals_list):
        """Let no client pass an entry of its own off as the ledger's."""
        no_entry = {"aftersales_entry": False}  # core bills as superuser, with a user's defaults
        if self.env.su:
            return super().create([{**no_entry, **vals} for vals in vals_list])
        return super().create([{**vals, **no_entry} for vals in vals_list])

    def button_cancel(self):
        """Refuse on our entries."""
        self._refuse_aftersales_entries()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Refuse on our entries, unless a payout is being cancelled."""
        self._refuse_aftersales_entries()
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def write(self, vals):
        """Refuse to move our posted entries to another state, number, journal, date or partner."""
        if not self.env.su and "aftersales_entry" in vals:
            raise UserError(self.env._("Entries of the ledger are made by the ledger alone."))
        if not FROZEN.isdisjoint(vals):
            self.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales(self):
        self._refuse_aftersales_entries()

    def _refuse_aftersales_entries(self):
        """Raise when one of these entries belongs to the ledger.

        :raises UserError: always, except inside a cancelled payout, which runs as superuser; the
            context alone, which a client can send, opens nothing
        """
        if self.env.su and self.env.context.get("aftersales_payout_cancel"):
            return
        for move in self:
            if move.aftersales_entry:
                raise UserError(
                    self.env._(
                        "%(entry)s belongs to the commission ledger and stays as it is. Cancel "
                        "the payout, take the adjustment back in the ledger, or let the ledger "
                        "correct itself with a new row.",
                        entry=move.display_name,
                    )
                )
