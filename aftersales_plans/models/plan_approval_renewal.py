from odoo import models


class AftersalesContract(models.Model):
    """Renewals whose price a plan manager has to agree to are offered by hand."""

    _inherit = "aftersales.contract"

    def _offer_by_mail(self, order, why=None):
        """Give somebody the renewal to offer, once its price was agreed to."""
        if order._aftersales_is_held():
            order.sudo()._aftersales_ask(order.sudo().aftersales_approval_told)  # the daily run's
            return self._give_by_hand(order, "approval")
        return super()._offer_by_mail(order, why)

    def _sentences_by_hand(self):
        """Add that the price waits for a plan manager."""
        told = self.env._("Its price needs the approval of a plan manager.")
        return {**super()._sentences_by_hand(), "approval": told}
