# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesContract(models.Model):
    """Renewals whose price nobody knows, or somebody has to agree to, are offered by hand."""

    _inherit = "aftersales.contract"

    def _offer_by_mail(self, order, why=None):
        """Give somebody the renewal to offer, once its price is known and was agreed to."""
        if order._aftersales_unpriced():
            return self._give_by_hand(order, "no_price")
        if order._aftersales_is_held():
            order.sudo()._aftersales_ask(order.sudo().aftersales_approval_told)  # the daily run's
            return self._give_by_hand(order, "approval")
        return super()._offer_by_mail(order, why)

    def _sentences_by_hand(self):
        """Add that there is no price to offer yet."""
        env = self.env
        return {
            **super()._sentences_by_hand(),
            "approval": env._("Its price needs the approval of a plan manager."),
            "no_price": env._(
                "Not enough data for its price: enter one on the quotation, then send it."
            ),
        }
