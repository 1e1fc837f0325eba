# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrderLine(models.Model):
    """What a customer pays for a plan line, discounts on the whole order included."""

    _inherit = "sale.order.line"

    def _aftersales_net_price(self):
        """Return the price of one line less its share of the discounts of the order, net.

        In the currency of the order, not rounded.
        """
        self.ensure_one()
        return self.price_subtotal + self._aftersales_discount_share()

    def _aftersales_price_by_hand(self):
        """Return the price of one line less what somebody took off it; see the net price.

        What the order has off by a rule, such as a coupon, nobody needs to answer for.
        """
        self.ensure_one()
        return self.price_subtotal + self._aftersales_discount_share(by_hand=True)

    def _aftersales_discount_share(self, *, by_hand=False):
        """Return the part of the order's discount lines that falls on this line; 0 or negative.

        :param by_hand: leave out what was granted by a rule
        """
        lines = self.order_id.order_line.filtered(lambda line: not line.display_type)
        discounts = lines.filtered(lambda line: line._aftersales_is_discount())
        reduced = (lines - discounts).filtered(
            lambda line: line.price_subtotal > 0 and not line.is_downpayment
        )
        total = sum(reduced.mapped("price_subtotal"))
        if not discounts or not total:
            return 0.0
        if by_hand:
            discounts = discounts.filtered(lambda line: not line._aftersales_is_granted())
        return sum(discounts.mapped("price_subtotal")) * self.price_subtotal / total

    def _aftersales_is_discount(self):
        """Tell whether this line takes something off the others; a sibling may say it is money."""
        return bool(self.product_id) and self._is_discount_line()

    def _aftersales_is_granted(self):
        """Tell whether a discount line follows a rule of ours; a sibling knows of promotions."""
        return False

    def _aftersales_invoiced_lines(self):
        """Return the invoice lines of this line that stand, posted or not."""
        return self.invoice_lines.filtered(lambda row: row.parent_state != "cancel")
