from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.aftersales_plans.models.work_off import work_off

NAMES = ("contact_name", "phone", "email", "contact_message")
MAY_NAME = ("consent_how", "warning")  # words of ours or of a salesperson


class AftersalesReferral(models.Model):
    """Persons named without their consent are forgotten (requirement 85)."""

    _inherit = "aftersales.referral"

    _unconsented_idx = models.Index(
        "(company_id, date) WHERE referred_id IS NULL AND consent_state != 'given'"
    )

    @api.model
    def _cron_forget(self):
        """Forget whose time is over, every company by its own setting."""
        due = self.browse()
        for company in self.env["res.company"].search([]):
            due |= self.search(self._due_to_forget(company))
        work_off(self.env, [(referral, "_forget_overdue") for referral in due])

    @api.model
    def _due_to_forget(self, company):
        """Return which referrals of ``company`` still name a person who never agreed.

        What counts is the day such a referral was registered or typed in, whichever is earlier:
        naming another referrer later does not prolong it.
        """
        last = company._aftersales_today() - timedelta(days=company.aftersales_forget_days)
        named = Domain.OR([[(name, "!=", False)] for name in NAMES])
        return named & Domain(
            [
                ("company_id", "=", company.id),
                ("referred_id", "=", False),
                ("consent_state", "!=", "given"),
                "|",
                ("date", "<=", last),
                ("create_date", "<", last + timedelta(days=1)),
            ]
        )

    def _forget_overdue(self):
        days = self.company_id.aftersales_forget_days
        self._forget(self.env._("Forgotten: no consent within %s days.", days))

    def _forget(self, reason):
        """Remove everything that tells who the contact is or was.

        Whatever was written about somebody who is no customer goes: messages, mails, activities
        and files may name the person in any words. Who became a customer is kept as such.

        :param reason: why, in words that name nobody
        """
        self.ensure_one()
        was_customer = bool(self.referred_id or self.order_ids)
        silent = self.with_context(tracking_disable=True)
        silent.write(dict.fromkeys(NAMES + MAY_NAME, False))
        if was_customer:
            return
        self._forget_discussion()
        if self.state == "registered":
            silent.reject_reason = reason
            silent._set_state("expired")
        self._message_log(body=reason)

    def _forget_discussion(self):
        for model, field_name in (
            ("mail.activity", "res_model"),
            ("mail.message", "model"),
            ("ir.attachment", "res_model"),
        ):
            self.env[model].with_context(active_test=False).search(
                [(field_name, "=", self._name), ("res_id", "=", self.id)]
            ).unlink()
