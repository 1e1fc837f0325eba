# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.aftersales_plans.models.work_off import work_off

NAMES = ("contact_name", "phone", "email", "contact_message")
MAY_NAME = ("consent_how", "warning", "dispute_note")  # words of ours or of a salesperson


class AftersalesReferral(models.Model):
    """Persons named without their consent are forgotten (requirement 85)."""

    _inherit = "aftersales.referral"

    _guarded = frozenset({"named_on"})

    named_on = fields.Date(
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._aftersales_today(),
        help="Day on which the referral was entered; other people named later do not prolong how "
        "long a contact is kept.",
    )
    forget_date = fields.Date(
        compute="_compute_forget_date",
        help="Day on which a person named without consent is forgotten.",
    )

    _unconsented_idx = models.Index(
        "(company_id, named_on) WHERE referred_id IS NULL AND consent_state != 'given'"
    )

    @api.depends("named_on", "consent_state", "referred_id", "company_id", *NAMES)
    def _compute_forget_date(self):
        for referral in self:
            named = any(referral[name] for name in NAMES)
            held = referral.consent_state == "given" or referral.referred_id
            days = timedelta(days=referral.company_id.aftersales_forget_days)
            since = referral.named_on or referral.date
            referral.forget_date = bool(named and not held and since) and since + days

    @api.model
    def _cron_forget(self):
        """Forget whose time is over, every company by its own setting."""
        due = self.browse()
        for company in self.env["res.company"].search([("aftersales_forget_days", ">=", 0)]):
            due |= self.search(self._due_to_forget(company))
        work_off(self.env, [(referral, "_forget_overdue") for referral in due])

    @api.model
    def _due_to_forget(self, company):
        """Return which referrals of ``company`` still name a person who never agreed."""
        last = company._aftersales_today() - timedelta(days=company.aftersales_forget_days)
        named = Domain.OR([[(name, "!=", False)] for name in NAMES])
        return named & Domain(
            [
                ("company_id", "=", company.id),
                ("referred_id", "=", False),
                ("consent_state", "!=", "given"),
                ("named_on", "<=", last),
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
