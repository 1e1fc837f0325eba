# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.aftersales_plans.models.linked_records import open_dialog


class SaleOrder(models.Model):
    """A plan manager names who referred a customer after the sale (requirement 78)."""

    _inherit = "sale.order"

    def action_name_referrer(self):
        """Ask who referred the customer, and why it is said so late."""
        self.ensure_one()
        title = self.env._("Name Referrer of %s", self.name)
        return open_dialog(title, "aftersales.referral.late", default_order_id=self.id)

    def _name_referrer_late(self, referrer, note):
        """Register the referral of an order that was confirmed; what is paid counts at once.

        :param note: why it is said so late; logged on order and referral
        :raises AccessError: the user is no plan manager
        :raises UserError: a rule speaks against it, or the order has a referral already
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("aftersales_plans.group_manager"):
            raise AccessError(
                self.env._("Only a plan manager names a referrer after the confirmation.")
            )
        if not (note or "").strip():
            raise UserError(
                self.env._("Write down why the referrer of %s is named so late.", self.name)
            )
        # Referral and ledger are nobody's to write; the manager's right was checked above.
        order = self.sudo()
        referral = self.env["aftersales.referral"].sudo()._register_late(order, referrer)
        said = self.env._(
            "%(user)s named %(referrer)s as referrer of %(order)s after the sale: %(note)s",
            user=self.env.user.name,
            referrer=referrer.display_name,
            order=order.name,
            note=note,
        )
        order.message_post(body=said)
        referral.message_post(body=said)
        self.env["aftersales.commission"].sudo()._settle(order)


class AftersalesReferral(models.Model):
    """The same rules hold for a late referral; only the time limit does not."""

    _inherit = "aftersales.referral"

    def _register_late(self, order, referrer):
        """Return the referral of ``order``, made or found, and judged if the order is confirmed.

        :raises UserError: the order has a referral, or a rule speaks against it
        """
        order.referral_id._check_none_left(order)
        order._set_referral(self.browse(), referrer)
        self._check_referrer(referrer, order.company_id, order)
        referral = self._claim_for(order)
        if referral.state != "qualified":
            self._check_new_customer(order)
        if not referral:
            referral = self.create(self._prepare_late(order))
        referral._take_order(order)
        refusal = order.state == "sale" and referral._judge(order)
        if refusal:
            raise UserError(refusal)
        return referral

    def _check_none_left(self, order):
        """Refuse a second referral of one order.

        :raises UserError: naming the first
        """
        for referral in self.filtered(lambda one: one.state in ("registered", "qualified")):
            raise UserError(
                self.env._(
                    "%(order)s has %(referral)s. Open that referral to re-assign or reject it.",
                    order=order.name,
                    referral=referral.display_name,
                )
            )

    def _prepare_late(self, order):
        """Return a registration of today at the best rate of today and the day of the order."""
        company = order.company_id
        days = {company._aftersales_today()}
        if order.state == "sale":
            days.add(company._aftersales_day_of(order.date_order))
        contract = self._best_contract(order.referrer_id, company, days)
        if not contract:
            raise UserError(self._no_contract_message(order.referrer_id))
        return {**self._prepare_from_order(order), **self._prepare_terms(contract, company)}
