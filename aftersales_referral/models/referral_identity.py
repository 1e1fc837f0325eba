# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

PHONE_DIGITS = 9  # enough to tell people apart, few enough to ignore the country code
MIN_PHONE_DIGITS = 6  # shorter ones are extensions


class ResPartner(models.Model):
    """Who is who: everybody of a company or household counts as one (requirement 77)."""

    _inherit = "res.partner"

    def _referral_people(self):
        """Return all contacts of these companies or persons, archived ones too."""
        # Compared only; nothing of it is shown to whoever registers.
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("commercial_partner_id", "in", self.commercial_partner_id.ids)])
        )

    def _referral_identity(self):
        """Return what identifies these people: sets of tax numbers, addresses, accounts.

        All contacts of a company count. Compared between referrer and customer only; never shown
        to either (design §5).
        """
        # Bank accounts are not everybody's to read; only the comparison leaves this method.
        people = self._referral_people()
        vats = {"".join(filter(str.isalnum, vat)).upper() for vat in people.mapped("vat") if vat}
        return {
            "vat": vats - {"", "NA"},  # Odoo's "/" for: has none
            "email": {mail for mail in people.mapped("email_normalized") if mail},
            "phone": set().union(*(self._referral_digits(person.phone) for person in people)),
            "bank": {number for number in people.bank_ids.mapped("sanitized_acc_number") if number},
        }

    @api.model
    def _referral_digits(self, phone):
        """Return the last digits of a phone number as a set: with or without country code."""
        digits = "".join(sign for sign in phone or "" if sign.isdigit())
        return {digits[-PHONE_DIGITS:]} if len(digits) >= MIN_PHONE_DIGITS else set()

    def _referral_addresses(self):
        """Return (street, place) of all these people, in letters and digits only."""
        return {
            (plain(person.street), plain(person.zip) or plain(person.city))
            for person in self._referral_people()
            if plain(person.street)
        }

    def _referral_domains(self):
        """Return the e-mail domains of their companies; a provider's is nobody's own."""
        found = {
            mail_prepare_for_domain_search(person.email_normalized)
            for person in self._referral_people()
            if person.email_normalized
        }
        return {domain for domain in found if domain and domain.startswith("@")}


class AftersalesReferral(models.Model):
    """What referrer and new customer have in common: some forbids the reward, some is unusual."""

    _inherit = "aftersales.referral"

    def _shared_identity(self):
        """Return what referrer and new customer have in common, in words; else False."""
        self.ensure_one()
        referrer, referred = self.referrer_id, self.referred_id
        if referred and referrer.commercial_partner_id == referred.commercial_partner_id:
            return self.env._("company or person")
        mine, theirs = referrer._referral_identity(), referred._referral_identity()
        theirs["email"] |= {self.contact_email_key} if self.contact_email_key else set()
        theirs["phone"] |= {self.contact_phone_key} if self.contact_phone_key else set()
        labels = {
            "vat": self.env._("tax number"),
            "email": self.env._("e-mail address"),
            "phone": self.env._("phone number"),
            "bank": self.env._("bank account"),
        }
        return next((label for key, label in labels.items() if mine[key] & theirs[key]), False)

    def _note_warnings(self):
        """Write down what looks unusual but does not forbid the reward."""
        for referral in self:
            text = "\n".join([*referral._people_warnings(), *referral._order_warnings()]) or False
            if referral.warning != text:
                referral.warning = text

    def _people_warnings(self):
        """Return what is unusual about referrer and new customer, a sentence each."""
        names = {
            "referrer": self.referrer_id.display_name,
            "customer": self.referred_id.display_name or self.contact_name or "?",
        }
        if self.referrer_id._referral_addresses() & self.referred_id._referral_addresses():
            yield self.env._("%(referrer)s and %(customer)s have the same address.", **names)
        theirs = self.referred_id._referral_domains()
        typed = mail_prepare_for_domain_search(self.contact_email_key or "")
        shared = self.referrer_id._referral_domains() & (theirs | {typed})
        if shared:
            yield self.env._(
                "%(referrer)s and %(customer)s use the same company's e-mail (%(domain)s): a "
                "private reward on an employer's purchase?",
                domain=min(shared).removeprefix("@"),
                **names,
            )
        for person in self.referrer_id | self.referred_id:
            if not person.active:
                yield self.env._("%s is archived.", person.display_name)

    def _order_warnings(self):
        """Return what is unusual about the orders, a sentence each."""
        own = self.referrer_id.commercial_partner_id
        for order in self.order_ids:
            if order.partner_shipping_id.commercial_partner_id == own:
                yield self.env._(
                    "%(order)s is delivered to %(referrer)s.",
                    order=order.name,
                    referrer=self.referrer_id.display_name,
                )
            if order.user_id.partner_id.commercial_partner_id == own:
                yield self.env._(
                    "%(referrer)s is the salesperson of %(order)s.",
                    order=order.name,
                    referrer=self.referrer_id.display_name,
                )


def plain(text):
    """Return letters and digits of ``text`` only, lower case."""
    return "".join(sign for sign in (text or "").lower() if sign.isalnum())
