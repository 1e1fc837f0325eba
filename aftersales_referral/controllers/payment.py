# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.exceptions import AccessError, MissingError

from odoo.addons.sale.controllers.portal import PaymentPortal


class QuotationPayment(PaymentPortal):
    """Nobody pays for a quotation online that could not be confirmed afterwards."""

    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """Refuse while the store credit claimed is not there any more."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            order = http.request.env["sale.order"]  # core refuses in its own words
        if order.state in ("draft", "sent"):
            order._check_credit_left()
        return super().portal_order_transaction(order_id, access_token, **kwargs)
