# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


class SaleOrderLine(models.Model):
    """Store credit pays for goods: it lowers no margin.

    Its cost was booked when the reward was earned or the goodwill given (design §6); taking it off
    the margin of the order that spends it would count it twice.
    """

    _inherit = "sale.order.line"

    @api.depends("coupon_id")
    def _compute_margin(self):
        result = super()._compute_margin()
        self._of_wallet().update({"margin": 0.0, "margin_percent": 0.0})
        return result


class SaleOrder(models.Model):
    """An order's margin is a share of what it sells, however it is paid."""

    _inherit = "sale.order"

    def _compute_margin(self):
        result = super()._compute_margin()
        for order in self:
            sold = order._amount_sold()
            order.margin_percent = sold and order.margin / sold
        return result

    def _amount_sold(self):
        """Return the untaxed amount before store credit, in the order's currency."""
        return self.amount_untaxed - sum(self.order_line._of_wallet().mapped("price_subtotal"))
