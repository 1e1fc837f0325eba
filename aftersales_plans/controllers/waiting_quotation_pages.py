# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal, PaymentPortal

from .customer_pages import typed_token


class WaitingQuotationPages(CustomerPortal):
    """A customer who signs while we are not done with the prices is told so (28)."""

    @http.route()
    def portal_order_page(
        self,
        order_id,
        report_type=None,
        access_token=None,
        message=False,
        download=False,
        payment_amount=None,
        **kwargs,
    ):
        """Show no form to pay, also to who comes by an older payment link."""
        if payment_amount and _told_to_wait(self, order_id, access_token):
            payment_amount = None
        return super().portal_order_page(
            order_id,
            report_type=report_type,
            access_token=access_token,
            message=message,
            download=download,
            payment_amount=payment_amount,
            **kwargs,
        )

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Say that we are not done, instead of that the order is in no state to be signed."""
        told = _told_to_wait(self, order_id, access_token)
        if told:
            return {"error": told}
        return super().portal_quote_accept(order_id, access_token, name, signature)


class WaitingQuotationPayment(PaymentPortal):
    """Nobody pays for what could not be confirmed afterwards; core takes any payment."""

    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """Refuse while we are not done with the prices.

        :raises UserError: in the customer's words; the form to pay shows them
        """
        told = _told_to_wait(self, order_id, access_token)
        if told:
            raise UserError(told)
        return super().portal_order_transaction(order_id, access_token, **kwargs)


def _told_to_wait(pages, order_id, access_token):
    """Return what a customer reads who has to wait for us; else False, as where core refuses."""
    token = typed_token(access_token or request.httprequest.args.get("access_token"))
    try:
        order = pages._document_check_access("sale.order", order_id, token)
    except (AccessError, MissingError):
        return False
    return order._aftersales_is_with_us() and order._aftersales_wait_told()
