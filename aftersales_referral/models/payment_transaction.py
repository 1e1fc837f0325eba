# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    """A payment is kept even where its quotation claims store credit that is gone meanwhile."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Confirm what was paid; where that is refused, book the payment and tell a salesperson."""
        confirmed = self.env["sale.order"]
        for transaction in self:
            try:
                with self.env.cr.savepoint():
                    confirmed |= super(
                        PaymentTransaction, transaction
                    )._check_amount_and_confirm_order()
            except UserError:
                orders = transaction.sale_order_ids
                if not orders.order_line._of_wallet():
                    raise
                orders._tell_paid_unconfirmed()
        return confirmed
