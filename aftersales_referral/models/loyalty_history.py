# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

from .loyalty_card import CORE_COUNTS, COUNTING


class LoyaltyHistory(models.Model):
    """The history of store credit is written with the points, never by hand."""

    _inherit = "loyalty.history"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse entries of store credit by hand; leave core's out, ours say the same."""
        if self.env.context.get(COUNTING) is CORE_COUNTS:
            # only whether it is one of ours
            cards = self.env["loyalty.card"].sudo().browse(vals["card_id"] for vals in vals_list)
            vals_list = [
                vals
                for vals, card in zip(vals_list, cards, strict=True)
                if not card.aftersales_wallet  # only whether it is one of ours
            ]
        rows = super().create(vals_list)
        rows._refuse_wallet_by_hand()
        return rows

    def write(self, vals):
        """Refuse changes of store-credit history by hand."""
        self._refuse_wallet_by_hand()
        result = super().write(vals)
        self._refuse_wallet_by_hand()
        return result

    def unlink(self):
        """Keep what happened to store credit: core deletes the history of a cancelled order."""
        if not self.env.su:
            return super().unlink()
        return super(LoyaltyHistory, self - self._of_wallets()).unlink()

    def _of_wallets(self):
        # only whether their card is one of ours
        return self.filtered(lambda row: row.sudo().card_id.aftersales_wallet)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        self._refuse_wallet_by_hand()

    def _refuse_wallet_by_hand(self):
        # whether the card is one of ours, whoever writes its history
        programs = self.sudo().card_id.program_id
        programs.sudo(self.env.su)._refuse_wallet_by_hand()

    def _get_order_description(self):
        """Name a payout in the customer's list; customers have no right to read one."""
        if self.order_model == "aftersales.payout":
            # the number alone, to whoever may read the history
            return self.env["aftersales.payout"].sudo().browse(self.order_id).name
        if self.order_model == "aftersales.credit.lot":
            # what it is called, to whoever may read the history
            return self.env["aftersales.credit.lot"].sudo().browse(self.order_id).display_name
        return super()._get_order_description()
