# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import email_normalize

MESSAGE_LENGTH = 10_000  # characters kept of all messages of one person


class AftersalesReferral(models.Model):
    """A newcomer follows a referrer's link and fills in the form of ``/refer/<code>`` (8)."""

    _inherit = "aftersales.referral"

    @api.model
    def _take_invite(self, form):
        """Register who filled in a form, or whom a referrer names in one.

        The same person has one referral from the same referrer, however often the form is sent.

        :param form: an ``aftersales.referral.form``
        :raises UserError: the rules refuse it
        """
        codes = self.env["aftersales.referral.code"]
        referrer = form.referrer_id or codes._find(form.code).partner_id
        if not referrer:
            return
        told = form.source == "portal"
        company = form.company_id if told else self._invite_company(referrer)
        referrals = self.with_company(company).with_context(
            mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True
        )
        owner = referrer.commercial_partner_id
        same = referrals._open_for_contact(form.email, form.phone, company).filtered(
            lambda known: known.referrer_id.commercial_partner_id == owner
        )
        if same:
            same[0]._hear_again(form)
        elif told:
            referrals._register_told(referrer, company, form)
        else:
            referrals.create(referrals._prepare_invite(referrer, company, form))

    @api.model
    def _invite_company(self, referrer):
        """Return where the referrer is a customer: by contract, else that of the page."""
        contract = self.env["aftersales.contract"].search(
            self.env["res.partner"]._rewarding_domain()
            + [("partner_id.commercial_partner_id", "=", referrer.commercial_partner_id.id)],
            order="referral_percent desc, id",
            limit=1,
        )
        return referrer.company_id or contract.company_id or self.env.company

    @api.model
    def _prepare_invite(self, referrer, company, form):
        return {
            "referrer_id": referrer.id,
            "company_id": company.id,
            "source": form.source,
            "date": company._aftersales_day_of(form.create_date),
            "contact_name": form.name,
            "phone": form.phone,
            "email": form.email,
            "contact_message": self._message_of(form),
            # nobody's before _ask_to_call knows the contract and finds who looks after it
            "user_id": False,
            **self._prepare_invite_consent(company, form),
        }

    @api.model
    def _prepare_invite_consent(self, company, form):
        return {
            "consent_state": "given",
            "consent_date": company._aftersales_day_of(form.create_date),
            "consent_how": self.env._("Form of the referral link: “%s”", form.consent),
        }

    @api.model
    def _message_of(self, form):
        return form.message or ""

    def _hear_again(self, form):
        """Add what the same person sent once more; a consent that was missing is given now."""
        known, new = self.contact_message or "", self._message_of(form)
        told = known if new in known else f"{known}\n\n{new}".strip()
        vals = {"contact_message": told[:MESSAGE_LENGTH]}
        if form.source == "link" and self.consent_state != "given":
            vals.update(self._prepare_invite_consent(self.company_id, form))
        self.write(vals)
        if self.consent_state == "given":
            self._ask_to_call()

    @api.model
    def _invite_errors(self, form, agreed):
        """Return what is missing in a form, {field: words}; it depends on nothing else."""
        errors = self._contact_errors(form)
        if not form["name"]:
            errors["name"] = self.env._("Please tell us your name.")
        if not agreed:
            errors["consent"] = self.env._("Without your consent we may not contact you.")
        return errors

    @api.model
    def _contact_errors(self, form):
        """Return what is wrong with phone and e-mail in a form, {field: words}."""
        errors = {}
        if not form["phone"] and not form["email"]:
            errors["phone"] = self.env._("Please give a phone number or an e-mail address.")
        if form["phone"] and not self.env["res.partner"]._referral_digits(form["phone"]):
            errors["phone"] = self.env._("This phone number looks too short.")
        if form["email"] and not email_normalize(form["email"]):
            errors["email"] = self.env._("This e-mail address does not look right.")
        return errors

    @api.model
    def _invite_consent(self, company):
        """Return the words a newcomer agrees to; kept with the consent."""
        return self.env._(
            "I agree that %s may call me or write to me about my request. I can take this back "
            "at any time.",
            company.name,
        )
