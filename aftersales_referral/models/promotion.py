# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrderLine(models.Model):
    """Money and promotions among the discounts of an order with plans."""

    _inherit = "sale.order.line"

    def _aftersales_is_discount(self):
        """Take store credit and gift cards for the money they are: plans keep their price."""
        return (
            super()._aftersales_is_discount() and not self._aftersales_program().is_payment_program
        )

    def _aftersales_is_granted(self):
        """Take what a promotion gives for granted: no salesperson answers for it."""
        return super()._aftersales_is_granted() or bool(self.reward_id)

    def _aftersales_program(self):
        return self.sudo().reward_id.program_id  # only what kind it is, whoever sees the line
