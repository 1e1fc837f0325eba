# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    """A down payment is asked on what remains to pay; the credit itself waits for the goods."""

    _inherit = "sale.advance.payment.inv"

    def _get_down_payment_account(self, product):
        """Book the part the credit takes off a down payment as the rest of it."""
        wallets = self.env["loyalty.program"].sudo()._wallet_products()  # whether it is one of ours
        if product in wallets:
            sold = self.sale_order_ids.order_line.filtered("product_id").product_id - wallets
            product = sold[:1] or product
        return super()._get_down_payment_account(product)
