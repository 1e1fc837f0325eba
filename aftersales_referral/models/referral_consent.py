# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

CALL = "mail.mail_activity_data_call"


class AftersalesReferral(models.Model):
    """Whether the person a referral names agreed to be contacted (requirement 85).

    Until then nobody is asked to call, and no mail of ours goes there. Who recorded a consent,
    when and how is kept in the chatter. Refused: the person is forgotten at once.
    """

    _inherit = "aftersales.referral"

    consent_how = fields.Char(
        string="Consent: How",
        copy=False,
        help="For example: on the phone, in our shop, signed form.",
    )

    @api.constrains("consent_date")
    def _check_consent_date(self):
        for referral in self.filtered("consent_date"):
            if referral.consent_date > referral.company_id._aftersales_today():
                raise ValidationError(
                    self.env._("%s: a consent cannot lie in the future.", referral.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the evidence of a consent that comes with a new referral."""
        referrals = super().create([self._dated_consent(vals) for vals in vals_list])
        # whoever registers somebody may not be allowed to read it afterwards
        referrals.sudo().filtered(lambda new: new.consent_state != "none")._on_consent()
        return referrals

    def write(self, vals):
        """Keep the evidence of every change of a consent."""
        vals = self._dated_consent(vals)
        result = super().write(vals)
        if {"consent_state", "consent_date"} & vals.keys() or vals.get("consent_how"):
            self.sudo()._on_consent()  # evidence and activity follow from what the user wrote
        return result

    def _dated_consent(self, vals):
        """Return ``vals`` with today as the day of a consent that names none."""
        if vals.get("consent_state") != "given" or vals.get("consent_date"):
            return vals
        company = self[:1].company_id or self.env.company
        return {**vals, "consent_date": company._aftersales_today()}

    def _on_consent(self):
        """Note the consent as it is now, and do what follows from it."""
        for referral in self:
            if referral.consent_state == "refused":
                referral._forget(self.env._("Consent refused."))
            referral._message_log(body=referral._consent_told())
            if referral.consent_state == "given":
                referral._ask_to_call()
            else:
                referral.activity_unlink([CALL])

    def _consent_told(self):
        """Return the consent in words, for the chatter: its author and hour are the evidence."""
        states = dict(self._fields["consent_state"]._description_selection(self.env))
        return self.env._(
            "Consent of the contact: %(state)s, %(date)s. How: %(how)s. Recorded by %(user)s.",
            state=states[self.consent_state],
            date=self.consent_date or "-",
            how=self.consent_how or "-",
            user=self.env.user.name,
        )

    # --- Who may reach the contact -------------------------------------------------------------

    def _ask_to_call(self):
        """Ask the salesperson to call, once, while there is nothing to sell yet."""
        if self.state != "registered" or self.order_ids or self.activity_search([CALL]):
            return
        seller = self.user_id
        if not (seller and seller.has_group("sales_team.group_sale_salesman")):
            self.with_context(mail_auto_subscribe_no_notify=True).user_id = self._salesperson()
        self.activity_schedule(
            CALL,
            date_deadline=self.company_id._aftersales_today(),
            summary=self.env._("Call: agreed to be contacted"),
            user_id=self.user_id.id,
        )

    def _on_state(self, state):
        """Ask nobody to call whose registration is decided."""
        result = super()._on_state(state)
        self.sudo().activity_unlink([CALL])  # follows from the state, whoever has changed it
        return result

    def _salesperson(self):
        """Return who looks after the referrer: as customer, by contract, else the sales team's."""
        referrer = self.referrer_id
        team = self.env["crm.team"].search(
            [("company_id", "in", [self.company_id.id, False])], limit=1
        )
        candidates = (
            referrer.user_id
            | referrer.commercial_partner_id.user_id
            | self.contract_id.user_id
            | team.user_id
            | team.member_ids
        )
        return candidates.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and user.has_group("sales_team.group_sale_salesman")
            )
        )[:1]

    def _message_add_default_recipients(self):
        """Offer no address of a contact who did not agree."""
        recipients = super()._message_add_default_recipients()
        for referral in self.filtered(lambda one: one.consent_state != "given"):
            recipients[referral.id]["email_to_lst"] = []
        return recipients

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Suggest no address of a contact who did not agree, not even one still on the screen."""
        if any(referral.consent_state != "given" for referral in self):
            force_primary_email = False
        return super()._message_add_suggested_recipients(force_primary_email=force_primary_email)
