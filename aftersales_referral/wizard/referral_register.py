# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..models.client_actions import notify


class AftersalesReferralRegister(models.TransientModel):
    """What a service agent hears on the phone: who was named by whom (requirement 78).

    Agents register and do not read referrals; a salesperson goes on with it.
    """

    _name = "aftersales.referral.register"
    _description = "Register a Referral"

    referrer_id = fields.Many2one(
        "res.partner", string="Referred by", required=True, ondelete="cascade"
    )
    contact_name = fields.Char(string="New Customer", required=True)
    phone = fields.Char()
    email = fields.Char()
    agreed = fields.Boolean(string="Agreed to be contacted")
    consent_how = fields.Char(string="How")

    @api.model
    def default_get(self, fields):
        """Name the contact it is called from."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values.setdefault("referrer_id", self.env.context.get("active_id"))
        return values

    def action_register(self):
        """Register the person as of today and hand the registration to a salesperson.

        :raises UserError: nothing to recognise the person by, or a rule speaks against it
        """
        self.ensure_one()
        if not self._is_recognisable():
            raise UserError(
                self.env._(
                    "Enter a phone number or an e-mail address of %s, in full: the person is "
                    "recognised by it.",
                    self.contact_name,
                )
            )
        # An agent may register but not read: number and salesperson are looked up for him.
        referral = self.env["aftersales.referral"].create(self._prepare_referral()).sudo()
        seller = referral.user_id  # nobody where nobody sells
        if seller and not seller.has_group("sales_team.group_sale_salesman"):
            referral.user_id = referral._salesperson()
        return notify(self._registered_message(referral))

    def _is_recognisable(self):
        """Tell whether an order of the person would be found to belong to this registration."""
        digits = self.env["res.partner"]._referral_digits(self.phone)
        return bool(digits or email_normalize(self.email or "", strict=False))

    def _prepare_referral(self):
        return {
            "referrer_id": self.referrer_id.id,
            "contact_name": self.contact_name,
            "phone": self.phone,
            "email": self.email,
            "consent_state": "given" if self.agreed else "none",
            "consent_how": self.agreed and self.consent_how,
        }

    def _registered_message(self, referral):
        if not self.agreed:
            return self.env._(
                "%s is registered. Nobody calls the new customer before the consent.",
                referral.name,
            )
        return self.env._(
            "%(name)s is registered; %(salesperson)s calls the new customer.",
            name=referral.name,
            salesperson=referral.user_id.name or self.env._("a salesperson"),
        )
