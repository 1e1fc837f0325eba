from odoo import api, models
from odoo.exceptions import UserError


class AftersalesReferral(models.Model):
    """A quotation names who brought its customer: the referral is made, shared or dropped."""

    _inherit = "aftersales.referral"

    @api.model
    def _register_order(self, order, source="salesperson"):
        """Make, update or drop the referral of a quotation after its "Referred by" changed.

        Called by ``sale.order`` after the user's right to write the order was checked.

        :raises UserError: the order is confirmed, or was once and the user is no plan manager, or
            the customer was referred by another before
        :raises ValidationError: the people may not refer one another, the referrer has no plan
            that rewards it, or the customer is not new
        """
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is confirmed: who referred the customer must be named before.", order.name
                )
            )
        self._check_not_late(order)
        if not order.referrer_id:
            order.referral_id._drop_from(order)
            return
        self._check_new_customer(order)
        referral = self._reuse(order)
        if referral:
            referral.write(self._prepare_from_order(order))
            referral.write(self._prepare_frozen_terms(order.referrer_id, order.company_id))
        else:
            order.referral_id._drop_from(order)
            referral = self.create({**self._prepare_from_order(order), "source": source})
        order.referral_id = referral

    @api.model
    def _prepare_from_order(self, order):
        return {
            "referrer_id": order.referrer_id.id,
            "referred_id": order.partner_id.id,
            "user_id": order.user_id.id,
            "company_id": order.company_id.id,
        }

    @api.model
    def _reuse(self, order):
        """Return the open referral this order belongs to; the earliest registration wins.

        :raises UserError: another referrer was earlier
        """
        earlier = self.search(
            [
                ("state", "=", "registered"),
                ("company_id", "=", order.company_id.id),
                (
                    "referred_id.commercial_partner_id",
                    "=",
                    order.partner_id.commercial_partner_id.id,
                ),
            ],
            order="date, id",
            limit=1,
        )
        same = earlier.referrer_id.commercial_partner_id == order.referrer_id.commercial_partner_id
        if earlier and not same and earlier.order_ids != order:
            raise UserError(
                self.env._(
                    "%(customer)s was already referred by %(referrer)s on %(date)s (%(name)s).",
                    customer=order.partner_id.display_name,
                    referrer=earlier.referrer_id.display_name,
                    date=earlier.date,
                    name=earlier.name,
                )
            )
        if earlier:
            return earlier
        own = order.referral_id
        return own if own.state == "registered" and own.order_ids == order else self.browse()

    def _drop_from(self, order):
        """Take the referral off a quotation; without any order left it is rejected."""
        for referral in self:
            order.referral_id = False
            if referral.state == "registered" and not referral.order_ids:
                referral.reject_reason = self.env._("Taken off %s.", order.name)
                referral._set_state("rejected")

    @api.model
    def _follow_confirmation(self, orders):
        """Qualify the referrals of confirmed orders; only the first order of each counts.

        What is paid by then is settled at once. Never raises: an order confirms whatever its
        referral looks like by then.
        """
        for order in orders.filtered("referral_id"):
            referral = order.referral_id
            if referral.order_ids.filtered(lambda o, order=order: o.state == "sale") - order:
                order.message_post(
                    body=self.env._("%s rewards the first order only, not this one.", referral.name)
                )
                order.referral_id = False
            elif referral.state == "registered":
                referral._set_state("qualified")
        self.env["aftersales.commission"]._settle(orders)
