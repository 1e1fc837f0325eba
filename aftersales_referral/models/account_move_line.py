from odoo import api, models

FROZEN = {
    "account_id",
    "partner_id",
    "debit",
    "credit",
    "balance",
    "amount_currency",
    "currency_id",
    "move_id",
    "quantity",
    "price_unit",
    "tax_ids",
    "tax_line_id",
    "name",
}


class AccountMoveLine(models.Model):
    """Amounts of entries that belong to the ledger stay as they were posted."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to add lines to an entry of ours once it is posted."""
        moves = self.move_id.browse({vals["move_id"] for vals in vals_list if vals.get("move_id")})
        moves.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what an entry of ours says once it is posted."""
        if not FROZEN.isdisjoint(vals):
            self.move_id.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales(self):
        """Keep them whatever a client's context says: core lets some through."""
        self.move_id.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
