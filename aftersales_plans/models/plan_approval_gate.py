# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError

from .plan_approval import MANAGER


class SaleOrder(models.Model):
    """Where a price nobody agreed to, or nobody knows, is stopped: sending, signing, paying.

    And confirming. Customers never meet it: what they got was agreed to, and what they are not to
    sign yet says so.
    """

    _inherit = "sale.order"

    def action_quotation_send(self):
        """Send nothing that needs an approval or has no price."""
        self._aftersales_check_offered()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        """Mark nothing as sent that needs an approval or has no price."""
        self._aftersales_check_offered()
        return super().action_quotation_sent()

    def _aftersales_check_offered(self):
        """Raise for a quotation with a price that needs an approval, or that is not known.

        :raises UserError: with the figures, or with what is missing
        """
        if self.env.su:
            return  # a daily job at the plan's own terms, or the customer's click
        for order in self:
            unpriced = order._aftersales_unpriced()[:1]
            error = unpriced._aftersales_price_error() if unpriced else False
            error = error or order._aftersales_approval_error()
            if error:
                raise UserError(error)

    def _has_to_be_signed(self):
        """Ask the customer to sign only what was agreed to."""
        return super()._has_to_be_signed() and not self._aftersales_is_with_us()

    def _has_to_be_paid(self):
        """Ask the customer to pay only what was agreed to."""
        return super()._has_to_be_paid() and not self._aftersales_is_with_us()

    def _aftersales_is_with_us(self):
        """Tell whether the customer has to wait for us, whatever page or link leads here."""
        return self._aftersales_is_held() or bool(self._aftersales_unpriced())

    def _aftersales_is_held(self):
        """Tell whether this quotation waits for a plan manager."""
        return bool(self.sudo()._aftersales_unapproved())  # only whether it does

    def _aftersales_unpriced(self):
        """Return the plan lines of open quotations whose price nobody knows for lack of data."""
        lines = self._aftersales_priced_lines()
        return lines.filtered(lambda line: line._aftersales_price_error())

    def _aftersales_wait_told(self):
        """Return what a customer reads who signs or pays while we are not done."""
        return self.env._(
            "We are still working on this quotation. You can accept it as soon as we are done; we "
            "will let you know."
        )

    def _aftersales_tell_paid(self):
        """Ask who decides about these quotations, or tell who completes them, that they are paid.

        Runs as superuser: the figures are the managers' to read.
        """
        for order in self.filtered(lambda order: order._aftersales_is_with_us()):
            if order._aftersales_is_held():
                told = order.aftersales_approval_told
                order._aftersales_ask(self.env._("The customer has paid. %s", told))
                continue
            told = self.env._(
                "The customer has paid, but not all prices of this quotation are known: complete "
                "it, then confirm it."
            )
            order.message_post(body=told, partner_ids=order.user_id.partner_id.ids)

    # --- Confirming ----------------------------------------------------------------------------

    def _confirmation_error_message(self):
        """Refuse what needs an approval, unless it was let through before (see above).

        A plan manager has just decided about it (see below): it is not worked out again.
        """
        error = super()._confirmation_error_message()
        decided = self.env.su or self.env.user.has_group(MANAGER)
        return error or (not decided and self._aftersales_approval_error())

    def action_confirm(self):
        """Take a plan manager's confirmation for the decision."""
        if not self.env.su and self.env.user.has_group(MANAGER):
            held = self.filtered(lambda order: order._aftersales_unapproved())
            held._aftersales_decide("approved", self.env._("By confirming the order."))
        return super().action_confirm()

    def action_approve_aftersales_prices(self, note=False):
        """Confirm at once what the customer has paid while it waited."""
        result = super().action_approve_aftersales_prices(note)
        paid = self.sudo().transaction_ids  # who decides was checked; the rest follows
        paid.filtered(
            lambda tx: tx.state in ("authorized", "done")
        )._check_amount_and_confirm_order()
        return result


class PaymentTransaction(models.Model):
    """Payments of quotations that wait for a plan manager."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Leave a quotation open that we are not done with, and tell who has to: it is paid by now.

        Confirming follows from the approval (see ``_aftersales_decide``). Refusing here would keep
        the payment out of the books.
        """
        waiting = self.filtered(
            lambda tx: any(order._aftersales_is_with_us() for order in tx.sale_order_ids)
        )
        waiting.sale_order_ids.sudo()._aftersales_tell_paid()  # follows from the payment
        return super(PaymentTransaction, self - waiting)._check_amount_and_confirm_order()
