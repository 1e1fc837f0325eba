# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, models
from odoo.tools import SQL

from .never_fail import never_fail

_logger = logging.getLogger(__name__)


class AftersalesCustomer(models.Model):
    """How a contact gets onto the card in the moment it happens; the daily run mends the rest."""

    _inherit = "aftersales.customer"

    @api.model
    def _note(self, partners, company, day, ordered=False):
        """Note that ``partners`` were in touch with ``company`` on ``day``.

        Twice-safe, and written only where the day is later. Who has no card gets one by the daily
        run. It makes nobody's click fail or wait: a card another user writes at this moment is
        left out (that is a contact of today, too), and the daily run finds what was missed.

        :param day: of the company; one that lies ahead counts as today
        :param ordered: the contact is a confirmed order, which brings a lost customer back
        """
        day = min(day, company._aftersales_today())
        earlier = self._of(partners, company).filtered(
            lambda card: (
                not card.last_contact
                or card.last_contact < day
                or (ordered and (not card.last_order or card.last_order < day))
            )
        )
        if earlier:
            with never_fail(self.env, f"Noting a contact with {partners}"):
                earlier._write_later(company, day, ordered)._follow_stage()

    def _write_later(self, company, day, ordered):
        """Write ``day`` on the cards that nobody else writes at this moment; return those."""
        rows = []
        try:
            with self.env.cr.savepoint(flush=False):
                rows = self.env.execute_query(self._sql_of_later(company, day, ordered))
        except psycopg2.OperationalError:  # written since this transaction began
            _logger.info("A contact noted on %s was noted by another user meanwhile", self)
        return self._noted(rows)

    def _sql_of_later(self, company, day, ordered):
        return SQL(
            """
            UPDATE aftersales_customer
               SET last_contact = GREATEST(last_contact, %(day)s),
                   last_order = CASE WHEN %(ordered)s
                                     THEN GREATEST(last_order, %(day)s) ELSE last_order END,
                   date_lost = %(lost)s
             WHERE id IN (SELECT id FROM aftersales_customer
                           WHERE id = ANY(%(ids)s) FOR UPDATE SKIP LOCKED)
         RETURNING id
            """,
            day=day,
            ordered=ordered,
            lost=self._sql_lost_before(company, SQL("%s::date", day)),
            ids=self.ids,
        )

    @api.model
    def _noted(self, rows):
        """Return the cards of ``rows``, one id each, whose days the database has written."""
        cards = self.browse(card_id for (card_id,) in rows)
        cards.invalidate_recordset(["last_contact", "last_order", "date_lost"])
        return cards

    @api.model
    def _sql_lost_before(self, company, day):
        """Return the day the customer was lost before the contact of ``day``, as SQL.

        The run that marks it may be late: the day follows from the contact before.
        """
        return SQL(
            """CASE WHEN %(day)s >= last_contact + make_interval(months => %(months)s)
                    THEN (last_contact + make_interval(months => %(months)s))::date
                    ELSE date_lost END""",
            day=day,
            months=company._aftersales_retention_months()[2],
        )


class AftersalesClaim(models.Model):
    """A claim that is reported is a contact."""

    _inherit = "aftersales.claim"

    @api.model_create_multi
    def create(self, vals_list):
        """Note the contacts on the customers' cards."""
        claims = super().create(vals_list)
        for claim in claims:
            day = claim.company_id._aftersales_day_of(claim.date_reported)
            claim.partner_id._aftersales_note_contact(claim.company_id, day)
        return claims


class AftersalesFollowup(models.Model):
    """A follow-up in which somebody was reached is a contact; a mailed greeting reaches nobody."""

    _inherit = "aftersales.followup"

    def _on_reached(self):
        """Note the contacts on the customers' cards."""
        result = super()._on_reached()
        for followup in self.filtered(lambda followup: not followup.by_mail):
            followup.partner_id._aftersales_note_contact(followup.company_id, followup.date_done)
        return result


class ResPartner(models.Model):
    """Notes contacts with customers, for whoever has one."""

    _inherit = "res.partner"

    def _aftersales_note_contact(self, company, day, ordered=False):
        """Note a contact of these partners with ``company`` on ``day`` on their cards (35).

        Called by whatever counts as one: order, claim, visit, meeting, rating, a call in which
        somebody was reached. Cheap, twice-safe, and never the reason that something fails.
        """
        # sudo: the day of a contact, which whoever has it need not be allowed to write
        self.env["aftersales.customer"].sudo()._note(self, company, day, ordered)
