# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .by_index import by_index
from .work_off import owner_of, work_off

LATEST_DAYS = 31  # after the silence: what was done longer ago nobody remembers


class ResCompany(models.Model):
    """What a company asks its customers about."""

    _inherit = "res.company"

    aftersales_feedback_claim = fields.Boolean(string="Feedback on Claims", default=True)
    aftersales_feedback_delivery = fields.Boolean(string="Feedback on Deliveries", default=True)


class AftersalesFeedback(models.Model):
    """Asking for feedback, by the daily run: once per document, never twice within the gap."""

    _inherit = "aftersales.feedback"

    @api.model
    def _sources(self):
        """Return {kind: model that is asked about}; siblings add theirs."""
        return {"claim": "aftersales.claim", "delivery": "stock.picking"}

    @api.model
    def _cron_ask(self):
        """Ask about what was done, oldest first, each committed by itself."""
        with by_index(self.env):
            due = [
                record
                for company in self.env["res.company"].search([])
                for record in self._due(company)
            ]
        work = [(record, "_ask_feedback") for record in due]
        work_off(self.env, work, owner=lambda record: record._feedback_owner() or owner_of(record))

    @api.model
    def _due(self, company):
        """Return the documents of ``company`` that nobody was asked about, by the day they ended.

        Not those from before the company had this, nor those older than the silence and
        ``LATEST_DAYS``: the daily run may be off for a month.
        """
        today = company._aftersales_today()
        latest = today - timedelta(days=LATEST_DAYS + company.aftersales_silent_days)
        first = max(company.aftersales_care_since or today, latest)
        found = []
        for kind, model in self._sources().items():
            if company[f"aftersales_feedback_{kind}"]:
                known = self._search([("res_model", "=", model), ("date", ">=", latest)])
                documents = self.env[model].with_company(company)
                found += documents.search(
                    documents._feedback_domain(company, first, today)
                    & Domain("id", "not in", known.subselect("res_id")),
                    order="id",
                )
        return sorted(found, key=lambda record: (record._feedback_day(), record.id))

    def _why_not(self, day):
        """Return why the customer is not asked on ``day``, a key of ``left_out``; or nothing."""
        self.ensure_one()
        if not self.partner_id.email:
            return "address"
        gap = timedelta(days=self.company_id.aftersales_gap_days)
        asked = self.search_count(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_asked", ">", day - gap),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        return "gap" if asked else None


class AftersalesRated(models.AbstractModel):
    """Asking about one document."""

    _inherit = "aftersales.rated"

    def _ask_feedback(self):
        """Ask the customer by mail, or note why not; a second time does nothing."""
        self.ensure_one()
        row = self.env["aftersales.feedback"]._of(self)
        if row.date_asked or row.left_out or row.score:
            return
        partner, company = row.partner_id, row.company_id
        moment = partner._aftersales_contact_moment(company)
        if not moment:
            row.left_out = "wish"
            return
        day = company._aftersales_day_of(moment)
        row.left_out = row._why_not(day)
        if not row.left_out and self._send_request(row):
            row.date_asked = day

    def _send_request(self, row):
        """Queue the mail; return whether there is one.

        Its copy in the history holds no token: who reads that must not rate for the customer.
        """
        template = self.env.ref(self._feedback_template, raise_if_not_found=False)
        hidden = self.sudo()  # the customer's token goes into the customer's mail
        mail = row.partner_id._aftersales_send_when_allowed(hidden, template)
        if mail:
            message = mail.mail_message_id
            message.body = message.body.replace(row._token(), "")
        return bool(mail)
