# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .linked_records import LAYOUT


class ResCompany(models.Model):
    """When a company turns to its customers by itself (requirements 51, 57)."""

    _inherit = "res.company"

    aftersales_silent_days = fields.Integer(
        string="Silence after Delivery (days)",
        default=3,
        help="Nobody is called or mailed by us before this day after a delivery.",
    )
    aftersales_gap_days = fields.Integer(
        string="Days between Contacts",
        default=14,
        help="Least days between two contacts on important dates or to win a customer back.",
    )
    aftersales_contact_from = fields.Float(
        string="Contact from", default=9.0, help="Hour of the customer's day; no mail before it."
    )
    aftersales_contact_to = fields.Float(
        string="Contact until", default=20.0, help="Hour of the customer's day; no mail after it."
    )

    @api.constrains("aftersales_contact_from", "aftersales_contact_to")
    def _check_aftersales_contact_hours(self):
        for company in self:
            if not 0 <= company.aftersales_contact_from < company.aftersales_contact_to <= 24:
                raise ValidationError(
                    self.env._(
                        "%s: the hours for contacts begin before they end, between 0 and 24.",
                        company.name,
                    )
                )

    def _aftersales_within_hours(self, moment, zone, first_day=None):
        """Return the first UTC moment from ``moment`` on within the hours for contacts.

        :param zone: where the customer is, whose hours count
        :param first_day: not before it, neither here nor there
        """
        self.ensure_one()
        if first_day:
            here = self._aftersales_tz().localize(datetime.combine(first_day, time()))
            moment = max(moment, here.astimezone(pytz.utc).replace(tzinfo=None))
        local = pytz.utc.localize(moment).astimezone(zone)
        opens, closes = self.aftersales_contact_from, self.aftersales_contact_to
        day, hour = local.date(), local.hour + local.minute / 60
        if first_day and day < first_day:
            day, hour = first_day, 0.0
        elif hour >= closes:
            day, hour = day + timedelta(days=1), 0.0
        elif hour >= opens:
            return moment
        opening = datetime.combine(day, time()) + timedelta(minutes=round(opens * 60))
        return zone.localize(opening).astimezone(pytz.utc).replace(tzinfo=None)


class ResPartner(models.Model):
    """Whether and from when on a customer may be contacted by us, without having asked.

    Answers to what a customer asked, and news of what the customer ordered, are no such contacts.
    """

    _inherit = "res.partner"

    aftersales_no_contact = fields.Boolean(
        string="No Calls or Mails by Us",
        help="Courtesy calls, greetings, offers and requests for feedback leave this customer out.",
    )

    @api.model
    def _commercial_fields(self):
        """Keep the wish on the company, for all its contacts."""
        return [*super()._commercial_fields(), "aftersales_no_contact"]

    def _aftersales_contact_moment(self, company, moment=None):
        """Return the first moment, UTC, at which this customer may be mailed; None: never.

        Not in the silence after a delivery, which ends where the company is, and only within the
        hours of the customer's day. For many customers at once :meth:`_aftersales_contact_moments`.

        :param moment: UTC, from when on; now if None
        """
        self.ensure_one()
        return self._aftersales_contact_moments(company, moment)[self.id]

    def _aftersales_contact_moments(self, company, moment=None):
        """Return {id of a contact: see :meth:`_aftersales_contact_moment`}; one query for all."""
        moment = moment or fields.Datetime.now()
        silent_until = self._aftersales_silent_until(company)
        moments = {}
        for partner in self:
            hidden = partner.sudo()  # only when, for whoever may write to them
            customer = hidden.commercial_partner_id
            if customer.aftersales_no_contact:
                moments[partner.id] = None
                continue
            zone = pytz.timezone(hidden.tz or company._aftersales_tz().zone)
            first_day = silent_until.get(customer.id)
            moments[partner.id] = company._aftersales_within_hours(moment, zone, first_day)
        return moments

    def _aftersales_silent_until(self, company):
        """Return {id of a commercial partner: first day after the silence of its last delivery}."""
        silent = timedelta(days=company.aftersales_silent_days)
        last = self._aftersales_last_deliveries(company)
        return {customer: day + silent for customer, day in last.items()}

    def _aftersales_last_deliveries(self, company):
        """Return {id of a commercial partner: day of its last delivery, not of a claim}.

        Contacts of one company are one customer.
        """
        # sudo: only days, for whoever may write to them
        customers = self.sudo().commercial_partner_id.ids
        if not customers:
            return {}
        self.env["aftersales.asset"].flush_model(["partner_id", "date_delivered", "move_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["stock.move"].flush_model(["aftersales_claim_line_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, MAX(a.date_delivered)
                  FROM res_partner p
                  JOIN aftersales_asset a ON a.partner_id = p.id
                  JOIN stock_move m ON m.id = a.move_id
                 WHERE p.commercial_partner_id IN %(customers)s
                   AND a.company_id = %(company)s
                   AND m.aftersales_claim_line_id IS NULL
              GROUP BY p.commercial_partner_id
                """,
                customers=tuple(customers),
                company=company.id,
            )
        )
        return dict(rows)

    def _aftersales_send_when_allowed(self, record, template):
        """Queue a mail nobody asked for; it leaves when this customer may be mailed.

        In the customer's language and the layout of all mails to customers. Whatever happens until
        then counts: see :meth:`MailMail.send`. Callers hold the right to turn to the customer.

        :param record: what the mail is about; of its company, else the current one
        :param template: of the model of ``record``; who gets it is this contact, whatever it says
        :return: the mail; empty: the customer wants none, or has no address
        """
        self.ensure_one()
        company = ("company_id" in record._fields and record.company_id) or self.env.company
        customer = self.sudo()  # only whether and where to, for whoever may write to them
        moment = self._aftersales_contact_moment(company)
        if not (moment and template and customer.email and customer.active):
            return self.env["mail.mail"]
        local = template.with_company(company).with_context(lang=customer.lang)
        mail_id = local.send_mail(
            record.id,
            email_layout_xmlid=LAYOUT,
            email_values={
                "recipient_ids": [Command.set(self.ids)],
                "email_to": False,
                "email_cc": False,
                "scheduled_date": moment,
                "auto_delete": False,  # what was said to a customer stays in the history
                "aftersales_company_id": company.id,
            },
        )
        # sudo: as core does for mails of templates; who reads it reads the record's history
        return self.env["mail.mail"].sudo().browse(mail_id)
