# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .by_index import by_index

LONGEST_MEETING = timedelta(days=7)  # so long before its end one may have begun


class AftersalesCustomer(models.Model):
    """What counts as a contact with a customer, found in the tables it is kept in (35)."""

    _inherit = "aftersales.customer"

    @api.model
    def _note_since(self, company, since):
        """Note all contacts from ``since`` (UTC) on, of everybody with a card; set-based."""
        noted = SQL(
            """
            WITH contact AS (%(contacts)s)
            UPDATE aftersales_customer card
               SET last_contact = GREATEST(last_contact, contact.day),
                   last_order = GREATEST(last_order, contact.ordered),
                   date_lost = %(lost)s
              FROM contact
             WHERE card.partner_id = contact.partner_id
               AND card.company_id = %(company)s
               AND (card.last_contact < contact.day
                    OR COALESCE(card.last_order, '-infinity') < contact.ordered)
         RETURNING card.id
            """,
            contacts=self._sql_contacts(company, since),
            lost=self._sql_lost_before(company, SQL("contact.day")),
            company=company.id,
        )
        with by_index(self.env):
            rows = self.env.execute_query(noted)
        return self._noted(rows)

    @api.model
    def _sql_contacts(self, company, since, customers=None):
        """Return SQL for (partner_id, day, ordered): per commercial partner the latest days."""
        within = SQL()
        if customers:  # every source has an index on the contact: nothing else is read
            people = customers.with_context(active_test=False).search(
                [("commercial_partner_id", "in", customers.ids)]
            )
            within = SQL("AND source.partner_id = ANY(%s)", people.ids)
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id,
                   MAX(source.day) AS day,
                   MAX(source.day) FILTER (WHERE source.ordered) AS ordered
              FROM (%(sources)s) source
              JOIN res_partner p ON p.id = source.partner_id
             WHERE source.day <= %(today)s %(within)s
             GROUP BY p.commercial_partner_id
            """,
            sources=SQL(" UNION ALL ").join(self._contact_sources(company, since)),
            today=company._aftersales_today(),
            within=within,
        )

    @api.model
    def _contact_sources(self, company, since):
        """Return what counts as a contact with ``company`` from ``since`` (UTC) on.

        Each is SQL for (partner_id, day, ordered): any contact of the customer, a date of the
        company, whether it is a confirmed order. A sibling adds its own and calls ``super()``.
        """
        day = self._sql_day(company)
        first_day = since.date() if since != datetime.min else date.min
        return [
            SQL(
                """SELECT partner_id, %s AS day, TRUE AS ordered FROM sale_order
                    WHERE company_id = %s AND state = 'sale' AND date_order >= %s""",
                day(SQL("date_order")),
                company.id,
                since,
            ),
            SQL(
                """SELECT partner_id, %s, FALSE FROM aftersales_claim
                    WHERE company_id = %s AND date_reported >= %s""",
                day(SQL("date_reported")),
                company.id,
                since,
            ),
            SQL(
                """SELECT partner_id, date_done, FALSE FROM aftersales_followup
                    WHERE company_id = %s AND state = 'done' AND date_done >= %s
                      AND by_mail IS NOT TRUE""",
                company.id,
                first_day,
            ),
            SQL(
                """SELECT partner_id, date_rated, FALSE FROM aftersales_feedback
                    WHERE company_id = %s AND date_rated >= %s""",
                company.id,
                first_day,
            ),
            SQL(
                """SELECT r.res_partner_id, %s, FALSE FROM calendar_event e
                     JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
                     JOIN res_company_users_rel u
                       ON u.user_id = e.user_id AND u.cid = %s
                    WHERE e.active AND e.start >= %s AND e.stop >= %s AND e.stop <= %s
                      AND NOT EXISTS (SELECT 1 FROM calendar_attendee a
                                       WHERE a.event_id = e.id AND a.state = 'declined'
                                         AND a.partner_id = r.res_partner_id)""",
                day(SQL("e.start")),
                company.id,
                since if since == datetime.min else since - LONGEST_MEETING,
                since,
                fields.Datetime.now(),
            ),
        ]

    @api.model
    def _sql_day(self, company):
        """Return a function: UTC column to the day of the company, as SQL."""
        zone = company._aftersales_tz().zone
        return lambda column: SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)
