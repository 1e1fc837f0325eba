# SPDX-License-Identifier: LGPL-3.0-or-later
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
    """Entries of ours stay as they were posted: a correction is a new one (design §6)."""

    _inherit = "account.move"

    aftersales_entry = fields.Selection(
        [("revenue", "Plan Revenue")],
        string="After-Sales Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Set on entries that after-sales service books by itself.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let no client pass an entry of its own off as one of ours."""
        no_entry = {"aftersales_entry": False}  # core bills as superuser, with a user's defaults
        if self.env.su:
            return super().create([{**no_entry, **vals} for vals in vals_list])
        return super().create([{**vals, **no_entry} for vals in vals_list])

    def button_draft(self):
        """Refuse on our entries."""
        self._refuse_aftersales_entries()
        return super().button_draft()

    def button_cancel(self):
        """Refuse on our entries."""
        self._refuse_aftersales_entries()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Refuse on our entries."""
        self._refuse_aftersales_entries()
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def write(self, vals):
        """Refuse to move our posted entries to another state, number, journal, date or partner."""
        if not self.env.su and "aftersales_entry" in vals:
            raise UserError(self.env._("Entries of ours are made by after-sales alone."))
        if not FROZEN.isdisjoint(vals):
            self.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales(self):
        self._refuse_aftersales_entries()

    def _refuse_aftersales_entries(self):
        """Raise when one of these entries is ours.

        A sibling overrides it where it must take back its own, as superuser and never for a
        client's context alone.

        :raises UserError: names the entry and what to do instead
        """
        for move in self:
            if move.aftersales_entry:
                raise UserError(move._aftersales_entry_refusal())

    def _aftersales_entry_refusal(self):
        """Return why this entry stays as it is; a sibling answers for the kinds it adds."""
        self.ensure_one()
        return self.env._(
            "%(entry)s belongs to the plan revenue of contracts and stays as it is. Correct the "
            "invoice or the contract: the next month books the difference. Take Back, on the "
            "entry, books the opposite of all of it.",
            entry=self.display_name,
        )
