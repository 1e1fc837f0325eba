# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """How a quotation finds its referral, whoever named the referrer and whenever."""

    _inherit = "sale.order"

    def _take_referrer(self, referrer, source):
        """Name who brought the customer, as told by a code, a link or the portal.

        :param source: a value of ``aftersales.referral.source``
        :raises UserError: the rules refuse it; the order is as it was
        """
        self.ensure_one()
        # A customer in the shop may not write orders; the rules are checked by registering.
        order = self.sudo()
        with self.env.cr.savepoint():
            order._set_referral(order.referral_id, referrer)
            order._register_referral(source)

    def _set_referral(self, referral, referrer=None):
        """Point to a referral that was found by the rules, and to nobody else.

        :param referrer: without, who was typed stays, else who the referral names
        """
        for order in self:
            named = order.referrer_id or referral.referrer_id if referrer is None else referrer
            order.write({"referral_id": referral.id, "referrer_id": named.id})

    def _register_referral(self, source="salesperson"):
        # The order was written with the user's own rights; the referral follows from it.
        for order in self.sudo():
            self.env["aftersales.referral"].sudo()._register_order(order, source)

    def _follow_customer(self):
        """Register the referral of quotations whose customer changed.

        In a shop a guest becomes a customer: there a refusal takes the referrer off, with a note,
        because buying must not fail.
        """
        in_office = self.env.user._is_internal() and not self.env.su
        # the order was written with the user's own rights, as above
        quotations = self.sudo().filtered(lambda order: order.state in ("draft", "sent"))
        for order in quotations.filtered("referrer_id"):
            try:
                with self.env.cr.savepoint():
                    order._register_referral(
                        "salesperson" if in_office else order.referral_id.source
                    )
            except UserError as refusal:
                if in_office:
                    raise
                order.referral_id._drop_from(order)
                order._set_referral(order.referral_id, order.referrer_id.browse())
                order.message_post(body=str(refusal))
        self.env["aftersales.referral"].sudo()._carry(
            quotations.filtered(lambda order: not order.referral_confirmed_once)
        )

    def _referral_customer(self):
        """Return the customer; a guest in a shop is nobody yet."""
        self.ensure_one()
        return self.partner_id.filtered(lambda partner: not partner.is_public)

    def _judge_referral(self):
        """Judge what the confirmation left open."""
        self.ensure_one()
        self.referral_id._judge(self)
        self.env["aftersales.commission"]._settle(self)
