# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date


class AftersalesReferral(models.Model):
    """Several may say that they brought a customer: the earliest registration wins (78).

    A *claim* is a registration that still counts: open, or rewarded for every order of its
    period. Whoever was only typed in is recognised by e-mail or phone.
    """

    _inherit = "aftersales.referral"

    contact_email_key = fields.Char(
        compute="_compute_contact_keys", store=True, index="btree_not_null"
    )
    contact_phone_key = fields.Char(
        compute="_compute_contact_keys", store=True, index="btree_not_null"
    )

    @api.depends("email", "phone")
    def _compute_contact_keys(self):
        for referral in self:
            digits = self.env["res.partner"]._referral_digits(referral.phone)
            referral.contact_email_key = email_normalize(referral.email or "", strict=False)
            referral.contact_phone_key = next(iter(digits), False)

    @api.model
    def _claims(self, customers, company):
        """Return who claims to have brought these customers, the earliest first.

        The number of queries does not depend on how many they are.

        :param customers: commercial partners
        :return: {commercial partner: referrals}
        """
        claims = dict.fromkeys(customers, self)
        people = customers._referral_people()
        if not people:
            return claims
        keys = defaultdict(lambda: people.browse())  # whose e-mail or phone it is
        for person in people:
            owner = person.commercial_partner_id
            for key in ({person.email_normalized} - {False}) | person._referral_digits(
                person.phone
            ):
                keys[key] |= owner
        for claim in self._search_claims(people, list(keys), company):
            named = claim.referred_id.commercial_partner_id
            typed = keys[claim.contact_email_key] | keys[claim.contact_phone_key]
            for customer in named or typed:
                claims[customer] |= claim
        return claims

    @api.model
    def _search_claims(self, people, keys, company):
        """Return the claims that name one of ``people``, or nobody yet but one of ``keys``."""
        alive = Domain("state", "=", "registered") | (
            Domain("state", "=", "qualified") & Domain("scope", "=", "period")
        )
        in_time = Domain("date_end", "=", False) | Domain(
            "date_end", ">=", company._aftersales_today()
        )
        typed = Domain("contact_email_key", "in", keys) | Domain("contact_phone_key", "in", keys)
        counts = Domain("company_id", "=", company.id) & alive & in_time
        # whoever registered them; two searches, because each has its own index
        claims = self.sudo().search(counts & Domain("referred_id", "in", people.ids))
        claims |= self.sudo().search(counts & Domain("referred_id", "=", False) & typed)
        return claims.sorted(lambda claim: (claim.date, claim.id))

    @api.model
    def _claim_for(self, order):
        """Return the registration a quotation belongs to: its customer's earliest.

        :return: none where the quotation is the first to name somebody
        :raises UserError: another referrer was earlier
        """
        customer = order._referral_customer().commercial_partner_id
        own = order.referral_id._only_of(order)
        named = order.referrer_id.commercial_partner_id
        same_people = (
            own.referrer_id.commercial_partner_id == named
            and own.referred_id.commercial_partner_id == customer
        )
        # other people are registered as of today, so their early day does not compete
        others = self.browse() if same_people else own
        first = (self._claims(customer, order.company_id).get(customer, self) - others)[:1]
        if first and first.referrer_id.commercial_partner_id != named:
            raise UserError(first._already_referred_message(order))
        return first or own

    def _only_of(self, order):
        """Return those registered by this quotation alone, which may still change them."""
        today = order.company_id._aftersales_today()
        return self.filtered(
            lambda referral: (
                referral.state == "registered"
                and referral.origin_order_id == order
                and referral.order_ids <= order
                and not referral._is_over(today)
            )
        )

    def _is_over(self, day):
        """Tell whether no order counts any more on ``day``."""
        return bool(self.date_end) and day > self.date_end

    def _already_referred_message(self, order):
        return self.env._(
            "%(customer)s was already referred by %(referrer)s on %(date)s (%(name)s), and the "
            "earliest registration wins. If that is wrong, choose Log Referral Dispute among the "
            "quotation's actions: a plan manager decides.",
            customer=order.partner_id.display_name,
            referrer=self.referrer_id.display_name,
            date=format_date(self.env, self.date),
            name=self.name,
        )

    def _settle_other_claims(self, order):
        """Once an order has decided: later claims are rejected, an earlier one is a dispute.

        An earlier one can come to light late, when the customer's e-mail or phone was entered.
        """
        customer = order.partner_id.commercial_partner_id
        claims = self._claims(customer, order.company_id)[customer] - self
        own = self.referrer_id.commercial_partner_id
        for claim in claims.filtered(lambda claim: claim.state == "registered"):
            other = claim.referrer_id.commercial_partner_id != own
            if other and (claim.date, claim.id) < (self.date, self.id):
                self._note_earlier_claim(claim)
            else:
                claim._reject(
                    self.env._(
                        "%(name)s was rewarded for %(order)s.", name=self.name, order=order.name
                    )
                )

    def _note_earlier_claim(self, claim):
        """Dispute this referral for an earlier one; what is disputed already gets a note."""
        note = self.env._(
            "%(name)s of %(referrer)s is an earlier registration of this customer.",
            name=claim.name,
            referrer=claim.referrer_id.display_name,
        )
        if self.dispute_state == "open":
            self.message_post(body=note)
        else:
            self._open_dispute(claim.referrer_id, claim.date, note)
