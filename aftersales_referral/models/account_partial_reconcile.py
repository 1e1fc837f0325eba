# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

OWED = ("asset_receivable", "liability_payable")


class AccountPartialReconcile(models.Model):
    """Hooks of reconciliation: money arrived or left."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Settle the commissions of the orders whose documents were settled."""
        partials = super().create(vals_list)
        partials._moves_of_both_sides()._settle_commissions()
        return partials

    def unlink(self):
        """Settle the commissions of the orders whose documents are open again."""
        self._refuse_open_again()
        moves = self._moves_of_both_sides()
        result = super().unlink()
        moves.exists()._settle_commissions()
        return result

    def _refuse_open_again(self):
        """Refuse to open what one entry of ours settles with another: it would be paid twice.

        :raises UserError: the bill of store credit, say, or a bill that was taken back
        """
        for partial in self.filtered(lambda one: one.debit_move_id.account_id.account_type in OWED):
            moves = partial._moves_of_both_sides()
            if all(moves.mapped("aftersales_entry")):
                moves._refuse_aftersales_entries()

    def _moves_of_both_sides(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id
