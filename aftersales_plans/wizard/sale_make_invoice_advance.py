# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..models.product_revenue import AT_ONCE


class SaleAdvancePaymentInv(models.TransientModel):
    """A down payment is not the plan's price: it never stands on account D (requirement 83)."""

    _inherit = "sale.advance.payment.inv"

    def _get_down_payment_account(self, product):
        """Book it as if the plan's revenue were not spread; the final invoice takes it off."""
        return super()._get_down_payment_account(product.with_context(**{AT_ONCE: True}))
