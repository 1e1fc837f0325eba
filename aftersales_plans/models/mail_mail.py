# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

WAITS = "aftersales_waits_for"  # in the context: mails sent now wait for this company's moment


class MailThread(models.AbstractModel):
    """Messages to customers that may have to wait are sent as mails that do."""

    _inherit = "mail.thread"

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        """Mark the mails of a message nobody asked for."""
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
        if self.env.context.get(WAITS):
            values["aftersales_company_id"] = self.env.context[WAITS]
        return values


class MailMail(models.Model):
    """Mails nobody asked for leave only when their customer may be mailed (requirement 51).

    That is decided when they would leave, not when they were written: goods may have been delivered
    meanwhile, the night may have come, or the customer may want no mails any more.
    """

    _inherit = "mail.mail"

    aftersales_company_id = fields.Many2one(
        "res.company",
        string="Waits for Contact Hours of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Nobody asked for this mail: it leaves within this company's hours for contacts, "
        "after the silence that follows a delivery, if the customer wants mails at all.",
    )

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Send what may leave now; the rest gets its moment, or is cancelled."""
        # a mail of a savepoint that was rolled back is handed over after the commit all the same
        mails = self.exists()
        waiting = mails._aftersales_hold_back()
        if waiting and post_send_callback:
            post_send_callback(waiting.ids)  # dealt with; the queue need not run again at once
        return super(MailMail, mails - waiting).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _aftersales_hold_back(self):
        """Return the mails that must not leave now, with the moment at which they may."""
        held, now = self.browse(), fields.Datetime.now()
        for company, mails in self.grouped("aftersales_company_id").items():
            if not company:
                continue
            moments = mails.recipient_ids._aftersales_contact_moments(company, now)
            for mail in mails:
                allowed = [moments[partner.id] for partner in mail.recipient_ids]
                if None in allowed:
                    mail._aftersales_call_off()
                    held += mail
                elif allowed and max(allowed) > now:
                    mail.scheduled_date = max(allowed)
                    held += mail
        return held

    def _aftersales_call_off(self):
        """Cancel a mail to a customer who wants none any more, and say so in its history."""
        self.cancel()
        self.failure_reason = self.env._("The customer wants no calls or mails by us.")
        notices = self.env["mail.notification"].search([("mail_mail_id", "in", self.ids)])
        notices.notification_status = "canceled"
