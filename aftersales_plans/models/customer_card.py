# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..calc import retention

BATCH_CARDS = 1000
OVERLAP = timedelta(days=1)  # what a transaction wrote that was open when the last run began


class ResCompany(models.Model):
    """How far the contacts of a company's customers are on their cards."""

    _inherit = "res.company"

    aftersales_contacts_until = fields.Datetime(
        readonly=True, copy=False, help="Cards hold all contacts up to here."
    )


class AftersalesContract(models.Model):
    """Gives who buys a plan a card at once."""

    _inherit = "aftersales.contract"

    _created_idx = models.Index("(company_id, create_date)")

    @api.model
    def _open_for(self, lines):
        """Make the cards of customers who had none."""
        contracts = super()._open_for(lines)
        for company, sold in contracts.grouped("company_id").items():
            # sudo: the card follows from the contract
            self.env["aftersales.customer"].sudo()._make(sold.partner_id, company)
        return contracts


class AftersalesAsset(models.Model):
    """The daily run finds the owners of new goods."""

    _inherit = "aftersales.asset"

    _created_idx = models.Index("(company_id, create_date)")


class AftersalesCustomer(models.Model):
    """Where cards come from: contracts, goods, and the contacts there were (32, 35).

    Set-based: years of data come in batches by the daily run, which may be stopped and resumed.
    """

    _inherit = "aftersales.customer"

    @api.model
    def _bring_up_to_date(self, company):
        """Make the cards that miss and note the contacts since the last run; commits.

        :return: whether all is done; else the next run goes on
        """
        began = fields.Datetime.now()
        since = company.aftersales_contacts_until
        since = since - OVERLAP if since else datetime.min
        while partners := self._without_card(company, since):
            self._make(partners, company)
            if not self.env["ir.cron"]._commit_progress(len(partners)):
                return False
        if since != datetime.min:
            self._note_since(company, since)
        company.aftersales_contacts_until = began
        return bool(self.env["ir.cron"]._commit_progress(1))

    @api.model
    def _without_card(self, company, since):
        """Return the next customers whose contract or goods came since then and have no card."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM (SELECT partner_id FROM aftersales_contract
                         WHERE company_id = %(company)s AND create_date >= %(since)s
                        UNION
                        SELECT partner_id FROM aftersales_asset
                         WHERE company_id = %(company)s AND create_date >= %(since)s) owner
                  JOIN res_partner p ON p.id = owner.partner_id
                 WHERE NOT EXISTS (SELECT 1 FROM aftersales_customer card
                                    WHERE card.key = %(key)s)
                 ORDER BY p.commercial_partner_id
                 LIMIT %(limit)s
                """,
                company=company.id,
                since=since,
                key=self._sql_key(SQL("p.commercial_partner_id"), company),
                limit=BATCH_CARDS,
            )
        )
        return self.env["res.partner"].browse(partner_id for (partner_id,) in rows)

    @api.model
    def _sql_key(self, partner_id, company):
        return SQL("%s || '/' || %s::text", partner_id, company.id)

    @api.model
    def _make(self, partners, company):
        """Make the cards of ``partners`` in ``company`` that miss, with their contacts so far.

        Two transactions that make the same card conflict at its key: Odoo repeats one of them.
        A customer of whom no contact is known starts with the day of the goods or the contract.
        """
        self.env.flush_all()
        months = company._aftersales_retention_months()
        today = company._aftersales_today()
        at_risk, nearly_lost, lost = (retention.border(today, number) for number in months)
        commercial = partners.commercial_partner_id
        rows = self.env.execute_query(
            SQL(
                """
                WITH contact AS (%(contacts)s),
                     known AS (
                         SELECT p.id, p.city, p.zip,
                                COALESCE(p.user_id, (%(seller)s)) AS user_id,
                                COALESCE(contact.day, (%(first)s), %(today)s) AS day,
                                contact.ordered
                           FROM res_partner p
                           LEFT JOIN contact ON contact.partner_id = p.id
                          WHERE p.id = ANY(%(partners)s)
                     )
                INSERT INTO aftersales_customer (
                    partner_id, commercial_partner_id, company_id, key, user_id, city, zip,
                    last_contact, last_order, stage, date_lost,
                    create_uid, write_uid, create_date, write_date
                )
                SELECT id, id, %(company)s, %(key)s, user_id, city, zip, day, ordered,
                       CASE WHEN day <= %(lost)s THEN 'lost'
                            WHEN day <= %(nearly_lost)s THEN 'nearly_lost'
                            WHEN day <= %(at_risk)s THEN 'at_risk' ELSE 'active' END,
                       CASE WHEN day <= %(lost)s
                            THEN (day + make_interval(months => %(months)s))::date END,
                       %(user)s, %(user)s, %(now)s, %(now)s
                  FROM known
                    ON CONFLICT (key) DO NOTHING
             RETURNING id
                """,
                contacts=self._sql_contacts(company, datetime.min, commercial),
                seller=self._sql_seller(company),
                first=self._sql_first_known(company),
                today=today,
                partners=commercial.ids,
                company=company.id,
                key=self._sql_key(SQL("id"), company),
                lost=lost,
                nearly_lost=nearly_lost,
                at_risk=at_risk,
                months=months[2],
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.browse(card_id for (card_id,) in rows)

    @api.model
    def _sql_seller(self, company):
        """Return who sold customer ``p`` the latest contract, as SQL."""
        return SQL(
            """SELECT c.user_id FROM aftersales_contract c
                 JOIN res_partner r ON r.id = c.partner_id
                WHERE r.commercial_partner_id = p.id AND c.company_id = %s
                  AND c.user_id IS NOT NULL
                ORDER BY c.id DESC LIMIT 1""",
            company.id,
        )

    @api.model
    def _sql_first_known(self, company):
        """Return since when customer ``p`` has something of ours at the latest, as SQL."""
        return SQL(
            """SELECT LEAST(MAX(since.day), %(today)s) FROM res_partner r
                 JOIN (SELECT partner_id, COALESCE(date_start, date_sold) AS day
                         FROM aftersales_contract WHERE company_id = %(company)s
                        UNION ALL
                       SELECT partner_id, date_delivered
                         FROM aftersales_asset WHERE company_id = %(company)s) since
                   ON since.partner_id = r.id
                WHERE r.commercial_partner_id = p.id""",
            company=company.id,
            today=company._aftersales_today(),
        )
