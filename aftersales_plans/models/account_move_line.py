# SPDX-License-Identifier: LGPL-3.0-or-later
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
    "display_type",
    "name",
    "tax_ids",
    "tax_line_id",
}


class AccountMoveLine(models.Model):
    """Amounts of entries of ours stay as they were posted."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to add lines to an entry of ours once it is posted."""
        moves = self.move_id.browse({vals["move_id"] for vals in vals_list if vals.get("move_id")})
        moves.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what an entry of ours says once it is posted."""
        if not FROZEN.isdisjoint(vals) and not self._follows_partner(vals):
            self._refuse_posted_aftersales()
        return super().write(vals)

    def _follows_partner(self, vals):
        """Tell whether items only follow people who joined a company, as core moves them."""
        joined = self.partner_id.commercial_partner_id
        return vals.keys() == {"partner_id"} and joined.ids == [vals["partner_id"]]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales(self):
        # a client's context can tell core to delete lines of posted entries
        self._refuse_posted_aftersales()

    def _refuse_posted_aftersales(self):
        self.move_id.filtered(lambda move: move.state == "posted")._refuse_aftersales_entries()
