# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class AftersalesReferral(models.Model):
    """The person a referral names who is no customer yet, and how that person becomes one."""

    _inherit = "aftersales.referral"

    contact_message = fields.Text(
        string="Message", copy=False, help="What the contact wrote in the form of the link."
    )

    @api.model
    def _open_for_contact(self, email, phone, company):
        """Return open referrals that name the same person by e-mail or phone, earliest first."""
        address = email_normalize(email or "", strict=False)  # as contact_email_key is
        digits = self.env["res.partner"]._referral_digits(phone)
        return self.search(
            [
                ("state", "=", "registered"),
                ("company_id", "=", company.id),
                "|",
                ("contact_email_key", "in", [address] if address else []),
                ("contact_phone_key", "in", list(digits)),
            ],
            order="date, id",
        )

    # --- Becoming a customer -------------------------------------------------------------------

    def action_new_quotation(self):
        """Open a quotation for the contact, who becomes a customer, with the referrer named.

        :raises UserError: the contact did not agree to be contacted, or is not named
        """
        self.ensure_one()
        self.check_access("write")
        if not self.referred_id:
            self._become_customer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.referred_id.id,
                "default_referrer_id": self.referrer_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def _become_customer(self):
        self._check_may_contact()
        # A salesperson need not have the right to make contacts: this one agreed to become one,
        # and all that is written stands on the referral.
        partner = self._find_contact_partner() or self.env["res.partner"].sudo().create(
            self._prepare_partner()
        ).sudo(self.env.su)
        # The earliest registration wins, whoever made the others.
        same = self.sudo()._open_for_contact(self.email, self.phone, self.company_id) - self.sudo()
        self.referred_id = partner
        for other in same.filtered(lambda other: not other.referred_id):
            other._name_customer(partner)

    def _name_customer(self, partner):
        """Name the customer on another's registration, unless its own rules forbid it."""
        try:
            with self.env.cr.savepoint():
                self.referred_id = partner
        except UserError:
            return

    def _check_may_contact(self):
        """Refuse to approach somebody who did not agree to it (requirement 85).

        :raises UserError: no consent, or nobody named
        """
        if not self.contact_name:
            raise UserError(self.env._("%s names nobody: enter the contact first.", self.name))
        if self.consent_state != "given":
            raise UserError(
                self.env._(
                    "%(contact)s has not agreed to be contacted. Record the consent on %(name)s "
                    "first, for example when the person comes to you.",
                    contact=self.contact_name,
                    name=self.name,
                )
            )

    def _find_contact_partner(self):
        """Return the customer who is known by this e-mail, else by this phone number."""
        Partner = self.env["res.partner"]
        here = [("company_id", "in", [False, self.company_id.id])]
        found = Partner.browse()
        if self.contact_email_key:
            found = Partner.search(
                [("email_normalized", "=", self.contact_email_key), *here], order="id", limit=1
            )
        if not found and self.contact_phone_key:
            ids = Partner._ids_by_phone(self.phone)  # a short number ends many others
            found = Partner.search([("id", "in", ids), *here], order="id").filtered(
                lambda person: self.contact_phone_key in Partner._referral_digits(person.phone)
            )[:1]
        return found

    def _prepare_partner(self):
        return {
            "name": self.contact_name,
            "email": self.email,
            "phone": self.phone,
            "user_id": self.user_id.id,
        }
