from odoo import models

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
}


class AccountMoveLine(models.Model):
    """Amounts of entries that belong to the ledger stay as they were posted."""

    _inherit = "account.move.line"

    def write(self, vals):
        """Refuse to change what an entry of ours says once it is posted."""
        if not FROZEN.isdisjoint(vals):
            self.move_id.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().write(vals)
