# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesReferral(models.Model):
    """A quotation names who brought its customer: the referral is made, shared or dropped."""

    _inherit = "aftersales.referral"

    @api.model
    def _register_order(self, order, source="salesperson"):
        """Make, share or drop the referral of a quotation after its "Referred by" changed.

        Called by ``sale.order`` after the user's right to write the order was checked.

        :raises UserError: too late, the referrer cannot be rewarded, has no plan that rewards it,
            the customer is not new or was referred by another before
        """
        self._check_in_time(order)
        if not order.referrer_id:
            order.referral_id._drop_from(order)
            return
        self._check_referrer(order.referrer_id, order.company_id, order)
        claim = self._claim_for(order)
        if claim.state != "qualified":  # else every order of its period counts
            self._check_new_customer(order)
        (order.referral_id - claim)._drop_from(order)
        if not claim:
            claim = self.create({**self._prepare_from_order(order), "source": source})
        claim._take_order(order)

    @api.model
    def _prepare_from_order(self, order):
        return {
            "referrer_id": order.referrer_id.id,
            "referred_id": order._referral_customer().id,
            "user_id": order.user_id.id,
            "company_id": order.company_id.id,
            "origin_order_id": order.id,
        }

    def _take_order(self, order):
        """Reward this referral for a quotation; who typed the people first may correct them."""
        self.ensure_one()
        customer = order._referral_customer()
        if self._only_of(order):
            people = {"referrer_id": order.referrer_id.id, "referred_id": customer.id}
            self.write({**people, "user_id": order.user_id.id})
        else:
            self._check_different_people()  # they may have changed since the registration
            self._check_no_circle()
            if not self.referred_id:
                self.referred_id = customer
            if not self.order_ids and order.user_id:
                self.user_id = order.user_id
        order._set_referral(self)
        self._note_warnings()

    def _drop_from(self, order):
        """Take the referral off a quotation; what only this quotation registered is rejected."""
        for referral in self:
            order.referral_id = False
            if referral.origin_order_id == order and referral.state == "registered":
                if not referral.order_ids:
                    referral._reject(self.env._("Taken off %s.", order.name))

    # --- By itself -----------------------------------------------------------------------------

    @api.model
    def _carry(self, orders, states=("registered", "qualified")):
        """Name the referrer on orders whose customer somebody has registered, and nobody typed.

        :param states: which claims are carried
        """
        orders = orders.filtered(lambda order: not order.referrer_id)
        for company, of_company in orders.grouped("company_id").items():
            customers = {order: order._referral_customer() for order in of_company}
            known = self.env["res.partner"].union(*customers.values()).commercial_partner_id
            claims = self._claims(known, company)
            for order, customer in customers.items():
                claim = claims.get(customer.commercial_partner_id, self)[:1]
                if claim.state in states:
                    claim._carry_to(order)

    def _carry_to(self, order):
        """Name the referrer on ``order``, unless the rules speak against it; say so there."""
        try:
            with self.env.cr.savepoint():
                self._check_payer(self.referrer_id, order)
                if self.state == "registered":
                    self._check_new_customer(order)
                self._take_order(order)
        except UserError as refusal:
            # nobody asked for it: told only where it was promised for every order
            if self.state == "qualified":
                self._tell_no_reward(order, str(refusal))
            return
        order.message_post(
            body=self.env._(
                "%(referrer)s referred this customer on %(date)s: named by %(name)s.",
                referrer=self.referrer_id.display_name,
                date=format_date(self.env, self.date),
                name=self.name,
            )
        )
