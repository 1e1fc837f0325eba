from odoo import api, models


class LoyaltyHistory(models.Model):
    """The history of store credit is written with the points, never by hand."""

    _inherit = "loyalty.history"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse entries of store credit by hand."""
        rows = super().create(vals_list)
        rows._refuse_wallet_by_hand()
        return rows

    def write(self, vals):
        """Refuse changes of store-credit history by hand."""
        self._refuse_wallet_by_hand()
        result = super().write(vals)
        self._refuse_wallet_by_hand()
        return result

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
