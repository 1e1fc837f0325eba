from odoo import api, models


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
        moves = self._moves_of_both_sides()
        result = super().unlink()
        moves.exists()._settle_commissions()
        return result

    def _moves_of_both_sides(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id
