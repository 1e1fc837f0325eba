# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL


class AftersalesCustomer(models.Model):
    """A visit that was made is a contact with the customer (requirement 35)."""

    _inherit = "aftersales.customer"

    @api.model
    def _contact_sources(self, company, since):
        """Add the visits that were made."""
        day = self._sql_day(company)
        visits = SQL(
            """SELECT aftersales_partner_id, %s, FALSE FROM fsm_order
                WHERE outcome = 'done' AND company_id = %s AND date_end >= %s
                  AND aftersales_partner_id IS NOT NULL""",
            day(SQL("date_end")),
            company.id,
            since,
        )
        return [*super()._contact_sources(company, since), visits]


class FsmOrder(models.Model):
    """Notes the contact in the moment the visit is completed."""

    _inherit = "fsm.order"

    def _on_completed(self):
        """Note the day on the customers' cards."""
        result = super()._on_completed()
        for visit in self.filtered(lambda visit: visit.outcome == "done"):
            customer = visit.sudo().aftersales_partner_id  # whose contact it was
            if customer:
                day = visit.company_id._aftersales_day_of(visit.date_end)
                customer._aftersales_note_contact(visit.company_id, day)
        return result
