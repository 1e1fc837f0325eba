# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models

from .in_words import moment_in_words
from .never_fail import never_fail

TEMPLATES = {
    "received": "aftersales_plans.mail_template_claim_received",
    "approved": "aftersales_plans.mail_template_claim_approved",
    "refused": "aftersales_plans.mail_template_claim_refused",
    "done": "aftersales_plans.mail_template_claim_done",
}
TO_CUSTOMER = "aftersales_plans.subtype_claim_to_customer"  # colleagues who follow get no copy


class AftersalesClaim(models.Model):
    """What the customer is told of a claim, each step once (requirement 47).

    In the customer's language, from templates a company may rewrite; switched off per company.
    Whoever takes the step (a warehouse user ships the goods) is never stopped by a mail.
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"mail_step"})
    _mail_thread_customer = True

    mail_step = fields.Selection(
        [
            ("received", "Received"),
            ("approved", "Decided"),
            ("refused", "Refused"),
            ("done", "Shipped"),
        ],
        string="Customer Knows",
        readonly=True,
        copy=False,
        help="The last step the customer was told of.",
    )

    def _tell_customer(self, step):
        """Tell the customers of ``step``, where they can be reached and do not know it yet."""
        for claim in self.sudo():  # follows from the step, whoever was allowed to take it
            template = self.env.ref(TEMPLATES[step], raise_if_not_found=False)
            if template and claim._may_be_told(step):
                claim._send(template, step)

    def _may_be_told(self, step):
        """Tell whether the customer does not know ``step`` yet, has an address and wants mail."""
        new = not self.mail_step if step == "received" else self.mail_step != step
        return new and self.company_id.aftersales_claim_mails and bool(self.partner_id.email)

    def _send(self, template, step):
        """Send one mail; one that cannot be filled in stops nobody, and is noted on the claim."""
        self.ensure_one()
        with never_fail(self.env, f"{template.name} of {self}"):
            self.message_post_with_source(
                template, message_type="auto_comment", subtype_xmlid=TO_CUSTOMER
            )
            self.mail_step = step
            return
        self._message_log(
            body=self.env._(
                "The customer could not be told: the mail template '%s' cannot be filled in. "
                "Write to the customer, and let the template be corrected.",
                template.name,
            )
        )

    def _deadline_in_words(self):
        """Return until when the customer gets an answer, in the customer's time."""
        self.ensure_one()
        tz = self.partner_id.tz or self.company_id.partner_id.tz or "UTC"
        return moment_in_words(self.env, self.response_deadline, tz)

    def _on_state(self, state):
        """Tell of goods that were shipped; let a claim that is taken up again be told anew."""
        result = super()._on_state(state)
        hidden = self.sudo()  # follows from the state, which the caller was allowed to change
        if state == "done":
            hidden.filtered(lambda claim: claim._delivered_moves())._tell_customer("done")
        elif state == "draft":
            hidden.filtered("mail_step").mail_step = "received"
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """Confirm an e-mail that opened a claim, once it stands in the history."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self.channel == "email" and message.message_type == "email":
            self._tell_customer("received")
        return result


class AftersalesClaimLine(models.Model):
    """What the customer reads about one line."""

    _inherit = "aftersales.claim.line"

    def _reason_for_customer(self):
        """Return the reason of the decision in the language of this environment.

        Why a manager overruled it is for colleagues.
        """
        self.ensure_one()
        if self.decision_key == "overruled":
            return ""
        return self._reason(self.decision_key) if self.decision_key else self.decision_note
