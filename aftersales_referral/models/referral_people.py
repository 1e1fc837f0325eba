# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesReferral(models.Model):
    """How a referral is registered, and whom it names.

    People are corrected by hand while nothing depends on them (requirement 78).
    """

    _inherit = "aftersales.referral"

    def _number(self, vals):
        """Give each referral its number, day and frozen terms; these are nobody's to type."""
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        sequence = self.env["ir.sequence"].with_company(company)
        values = {
            **super()._number(vals),
            "name": sequence.next_by_code("aftersales.referral"),
            "source": vals.get("source") or "salesperson",
            "company_id": company.id,
            "date": vals.get("date") or company._aftersales_today(),
        }
        if not vals.get("contract_id"):  # else our own methods bring the terms along
            referrer = self.env["res.partner"].browse(vals.get("referrer_id"))
            values.update(self._prepare_frozen_terms(referrer, company, values["source"]))
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse who cannot be rewarded; note what looks unusual about a new referral."""
        self._check_may_name(vals_list)
        referrals = super().create(vals_list)
        ours = referrals.sudo()  # compared and noted by ourselves, nobody's to write
        for referral in ours:
            referral._check_referrer(referral.referrer_id, referral.company_id)
        ours._note_warnings()
        return referrals

    def write(self, vals):
        """Let people be changed until there is an order; others count from their own day on."""
        if {"referrer_id", "referred_id"} & vals.keys() and not self.env.su:
            for referral in self:
                referral._check_people_may_change(vals)
        if "company_id" in vals and not self.env.su:
            raise UserError(self.env._("A referral stays with its company."))
        self._check_may_name([vals])
        people = {referral: (referral.referrer_id, referral.referred_id) for referral in self}
        reached = {referral: referral._contact_keys() for referral in self}
        result = super().write(vals)
        if {"referrer_id", "referred_id"} & vals.keys():
            self._register_other_people(people)
            self.sudo()._note_warnings()  # as in create
        if {"email", "phone"} & vals.keys():
            self._register_other_contacts(reached)
        return result

    @api.model
    def _check_may_name(self, vals_list):
        """Let nobody name a customer he may not see: the referral would tell who it is.

        :raises AccessError: for example one of another company
        """
        named = {vals.get("referred_id") for vals in vals_list} - {None, False}
        self.env["res.partner"].browse(named).check_access("read")

    def _check_people_may_change(self, vals):
        """Only what the office registered itself is corrected by hand, before there is an order.

        :raises UserError: saying what to do instead
        """
        if self.state != "registered" or self.sudo().order_ids:  # only whether there are any
            raise UserError(
                self.env._(
                    "%s keeps its people: change who referred the customer on the quotation.",
                    self.name,
                )
            )
        names_customer = "referrer_id" not in vals and not self.referred_id
        if self.source != "salesperson" and not names_customer:
            raise UserError(
                self.env._(
                    "%s was registered by the referrer and keeps its people. Log a dispute; a plan "
                    "manager decides and can re-assign it.",
                    self.name,
                )
            )

    def _contact_keys(self):
        """Return what recognises a person who was only typed in."""
        return {self.contact_email_key, self.contact_phone_key} - {False}

    def _register_other_contacts(self, reached):
        """Register another e-mail or phone as of today, as other people are.

        :param reached: what recognised the contacts before: {referral: keys}
        """
        for referral, before in reached.items():
            today = referral.company_id._aftersales_today()
            if referral.referred_id or referral._contact_keys() <= before or referral.date == today:
                continue
            told = self.env._(
                "E-mail or phone changed: registered as of today, no longer as of %s.",
                format_date(self.env, referral.date),
            )
            referral.sudo().date = today  # the day is nobody's to write
            referral._message_log(body=told)

    def _register_other_people(self, people):
        """Register other people as of today: an early day is not kept for whoever comes later.

        :param people: who the referrals named before: {referral: (referrer, referred)}
        """
        for referral, before in people.items():
            referrer, referred = (partner.commercial_partner_id for partner in before)
            same_referred = referral.referred_id.commercial_partner_id == referred
            if referral.referrer_id.commercial_partner_id != referrer or (
                referred and not same_referred
            ):
                referral._check_referrer(referral.referrer_id, referral.company_id)
                # day and terms are nobody's to write; who may be named was checked
                referral.sudo().write(
                    {
                        "date": referral.company_id._aftersales_today(),
                        **self._prepare_frozen_terms(
                            referral.referrer_id, referral.company_id, referral.source
                        ),
                    }
                )
