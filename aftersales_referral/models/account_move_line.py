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
    "discount",
    "tax_ids",
    "display_type",
}


class AccountMoveLine(models.Model):
    """Amounts of entries that belong to the ledger stay as they were posted."""

    _inherit = "account.move.line"

    def write(self, vals):
        """Refuse to change what an entry of ours says once it is posted."""
        if not FROZEN.isdisjoint(vals):
            self._refuse_posted_aftersales()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse further lines on a posted entry of ours."""
        lines = super().create(vals_list)
        lines._refuse_posted_aftersales()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales(self):
        # a client's context can tell core to delete lines of posted entries
        self._refuse_posted_aftersales()

    def _refuse_posted_aftersales(self):
        self.move_id.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
