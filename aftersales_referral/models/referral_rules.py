# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class AftersalesReferral(models.Model):
    """Who may refer whom, and when; each refusal in words (requirements 77, 78)."""

    _inherit = "aftersales.referral"

    @api.model
    def _check_in_time(self, order):
        """Who referred the customer is named before the order is confirmed.

        :raises UserError: it is confirmed or cancelled, was confirmed once, or has a posted invoice
        """
        if order.state == "cancel":
            raise UserError(
                self.env._(
                    "%s is cancelled: set it back to a quotation before you change who referred "
                    "the customer.",
                    order.name,
                )
            )
        if order.state == "sale":
            raise UserError(
                self.env._(
                    "%s is confirmed: who referred the customer must be named before. Ask a plan "
                    "manager to use the button Name Referrer.",
                    order.name,
                )
            )
        invoiced = "posted" in order.invoice_ids.mapped("state")
        if order.referral_confirmed_once or invoiced:
            raise UserError(
                self.env._(
                    "%s was confirmed or invoiced before: who referred the customer had to be "
                    "named by then. Ask a plan manager to use the button Name Referrer.",
                    order.name,
                )
            )

    @api.model
    def _check_referrer(self, referrer, company, orders=()):
        """Refuse who cannot be rewarded by this company, or for these orders.

        :raises UserError: archived, of another company, or the one who pays
        """
        if not referrer.active:
            raise UserError(
                self.env._(
                    "%s is archived and cannot be named as referrer. Restore the contact first, or "
                    "choose another.",
                    referrer.display_name,
                )
            )
        if referrer.company_id and referrer.company_id not in company.parent_ids:
            raise UserError(
                self.env._(
                    "%(referrer)s is a contact of %(other)s and cannot be rewarded by %(company)s. "
                    "Choose a contact of this company.",
                    referrer=referrer.display_name,
                    other=referrer.company_id.name,
                    company=company.name,
                )
            )
        self._check_payer(referrer, orders)

    @api.model
    def _check_payer(self, referrer, orders):
        """Nobody earns a reward on an order he pays himself.

        :raises ValidationError: the invoice goes to the referrer
        """
        own = referrer.commercial_partner_id
        for order in orders:
            pays = order.partner_invoice_id.commercial_partner_id
            if pays == own != order.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(referrer)s gets the invoice of %(order)s and cannot be rewarded for it. "
                        "Change the invoice address, or name another referrer.",
                        referrer=referrer.display_name,
                        order=order.name,
                    )
                )

    @api.constrains("referrer_id", "referred_id", "email", "phone")
    def _check_different_people(self):
        """Nobody earns a reward for buying himself (requirement 77)."""
        for referral in self:
            shared = referral._shared_identity()
            if shared:
                raise ValidationError(
                    self.env._(
                        "%(referrer)s cannot refer %(referred)s: both have the same %(what)s. Name "
                        "another referrer, or correct the contacts.",
                        referrer=referral.referrer_id.display_name,
                        referred=referral.referred_id.display_name or referral.contact_name or "?",
                        what=shared,
                    )
                )

    @api.constrains("referrer_id", "referred_id")
    def _check_no_circle(self):
        """Two do not refer one another, nor a chain of people its first."""
        for referral in self:
            if referral.referred_id.commercial_partner_id in referral._who_brought_the_referrer():
                raise ValidationError(
                    self.env._(
                        "%(referrer)s cannot refer %(referred)s, who brought %(referrer)s before, "
                        "directly or through others. Name another referrer.",
                        referrer=referral.referrer_id.display_name,
                        referred=referral.referred_id.display_name,
                    )
                )

    def _who_brought_the_referrer(self):
        """Return who referred the referrer, who referred these, and so on, while it counts."""
        today = self.company_id._aftersales_today()
        newest = known = self.referrer_id.commercial_partner_id
        while newest:
            referrals = self.sudo().search(  # whoever registered them
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "in", ("registered", "qualified")),
                    ("referred_id.commercial_partner_id", "in", newest.ids),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">=", today),
                ]
            )
            newest = referrals.referrer_id.commercial_partner_id - known
            known |= newest
        return known - self.referrer_id.commercial_partner_id

    @api.model
    def _check_new_customer(self, order):
        """Only a customer without a confirmed order for a while can be referred.

        Cancelled orders do not count, nor those of the same referral. A confirmed order is asked
        about the time before it.

        :raises ValidationError: naming the order
        """
        customer = order._referral_customer()
        known = customer and self._earlier_order(order, customer)
        if known:
            raise ValidationError(
                self.env._(
                    "%(customer)s is not a new customer: %(order)s was confirmed on %(date)s. "
                    'Leave "Referred by" empty.',
                    customer=customer.display_name,
                    order=known.name,
                    date=format_date(
                        self.env, order.company_id._aftersales_day_of(known.date_order)
                    ),
                )
            )

    @api.model
    def _earlier_order(self, order, customer):
        """Return the latest order that makes ``customer`` a known one, or none."""
        company = order.company_id
        confirmed = order.state == "sale"
        moment = order.date_order if confirmed else fields.Datetime.now()
        domain = [
            ("state", "=", "sale"),
            ("company_id", "=", company.id),
            ("id", "!=", order.id),
            ("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id),
        ]
        if order.referral_id:
            domain.append(("referral_id", "!=", order.referral_id.id))
        if confirmed:  # of two confirmed at once the first counts
            domain += ["|", ("date_order", "<", moment), "&", ("date_order", "=", moment)]
            domain.append(("id", "<", order.id))
        if company.aftersales_new_customer_months:
            since = moment - relativedelta(months=company.aftersales_new_customer_months)
            domain.append(("date_order", ">=", since))
        # whether there is such an order, whoever may read it
        return self.env["sale.order"].sudo().search(domain, order="date_order desc", limit=1)

    def _why_not(self, order):
        """Return in words why this referral is not rewarded for an order, or False.

        People may have been merged or changed since the registration, and others have ordered.
        """
        try:
            self._check_different_people()
            self._check_no_circle()
            self._check_payer(self.referrer_id, order)
            self._check_new_customer(order)
        except UserError as refusal:
            return str(refusal)
        return False
