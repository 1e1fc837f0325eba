# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


class AftersalesReferral(models.Model):
    """A referrer with a login names a neighbour (requirements 8, 85).

    What a referrer says is no consent of the neighbour: the registration is dated, and nobody is
    asked to call or write before the neighbour agrees, say through the link. Without that the
    person is forgotten as any other; the referrer's statement is kept for so long.
    """

    _inherit = "aftersales.referral"

    @api.model
    def _register_told(self, referrer, company, form):
        """Register whom a referrer named, for who looks after the referrer.

        :param form: an ``aftersales.referral.form``
        :raises UserError: the rules refuse it
        """
        referral = self.create(self._prepare_invite(referrer, company, form))
        quiet = referral.with_context(mail_auto_subscribe_no_notify=True)  # nothing to do yet
        quiet.user_id = referral._salesperson()
        referral._message_log(body=referral.consent_how)

    @api.model
    def _prepare_invite_consent(self, company, form):
        """Keep what a referrer said as such: nobody has asked the person."""
        if form.source != "portal":
            return super()._prepare_invite_consent(company, form)
        said = self.env._(
            "Not asked yet. %(who)s stated online: “%(words)s”",
            who=form.referrer_id.display_name,
            words=form.consent,
        )
        return {"consent_state": "none", "consent_how": said}

    @api.model
    def _message_of(self, form):
        """Return the message of a form, with who wrote it where that is not the contact."""
        message = super()._message_of(form)
        if form.source != "portal" or not message:
            return message
        return self.env._("The referrer writes: %s", message)

    @api.model
    def _told_errors(self, form, stated):
        """Return what is missing in the form of a referrer, {field: words}."""
        errors = self._contact_errors(form)
        if not form["name"]:
            errors["name"] = self.env._("Please tell us the name.")
        if not stated:
            errors["consent"] = self.env._(
                "Please ask them first. If you cannot, pass on your link instead."
            )
        return errors

    @api.model
    def _told_statement(self, company):
        """Return what a referrer states about the neighbour; kept with the registration."""
        return self.env._(
            "I have asked this person, who agrees that %s notes these details.", company.name
        )
