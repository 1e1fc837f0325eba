# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from ..calc.contact import dormant_day


class AftersalesContract(models.Model):
    """Cover that was paid for and not used by two thirds of its term (requirement 65).

    Each contract is looked at once. Who never uses a plan does not renew it.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"use_checked"})

    use_checked = fields.Boolean(
        readonly=True, copy=False, help="Looked at after two thirds of the term."
    )

    # The expression is that of _DORMANT below and of calc.contact.dormant_day.
    _dormant_day_index = models.Index(
        "(company_id, (date_start + (date_end - date_start + 1) * 2 / 3))"
        " WHERE state = 'active' AND use_checked IS NOT TRUE"
    )

    @api.model
    def _search_dormant(self, company):
        """Return the contracts of which nothing was used by now; mark the others as looked at.

        A contract that came to that day before we cared is left alone.
        """
        self.flush_model(["company_id", "state", "date_start", "date_end", "use_checked"])
        self.env["aftersales.entitlement"].flush_model()
        self.env["aftersales.entitlement.usage"].flush_model()
        today = company._aftersales_today()
        since = company.aftersales_care_since or today
        self.env.execute_query(
            SQL(
                "UPDATE aftersales_contract c SET use_checked = TRUE WHERE %s AND NOT (%s)"
                " RETURNING c.id",
                self._sql_due(company, today),
                self._sql_unused(since),
            )
        )
        self.invalidate_model(["use_checked"])
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM aftersales_contract c WHERE %s ORDER BY c.id",
                self._sql_due(company, today),
            )
        )
        return self.browse(contract_id for (contract_id,) in rows)

    @api.model
    def _sql_due(self, company, today):
        return SQL(
            "c.state = 'active' AND c.use_checked IS NOT TRUE AND c.company_id = %s"
            " AND c.date_start + (c.date_end - c.date_start + 1) * 2 / 3 <= %s",
            company.id,
            today,
        )

    @api.model
    def _sql_unused(self, since):
        """Return the condition: something is included, and by that day nothing was used of it."""
        return SQL(
            """
            c.date_start + (c.date_end - c.date_start + 1) * 2 / 3 >= %s
            AND EXISTS (
                    SELECT 1 FROM aftersales_entitlement e
                     WHERE e.contract_id = c.id AND (e.unlimited OR e.included > 0)
                )
            AND NOT EXISTS (
                    SELECT 1
                      FROM aftersales_entitlement e
                      JOIN aftersales_entitlement_usage u ON u.entitlement_id = e.id
                     WHERE e.contract_id = c.id
                       AND u.date <= c.date_start + (c.date_end - c.date_start + 1) * 2 / 3
                  GROUP BY e.contract_id
                    HAVING SUM(u.quantity) > 0
                )
            """,
            since,
        )

    def _ask_why_unused(self):
        """Let the owner remind the customer of what is paid for already."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        if customer.active and not customer.aftersales_no_contact:
            self.env["aftersales.followup"]._open([self._prepare_dormant()])
        self.sudo().use_checked = True  # the daily job's own; nobody's to write by hand

    def _prepare_dormant(self):
        local = self.with_context(lang=self.user_id.lang)
        return {
            "name": local.env._(
                "%(customer)s has not used %(contract)s yet",
                customer=self.partner_id.commercial_partner_id.display_name,
                contract=self.name,
            ),
            "kind": "dormant",
            "key": f"dormant/{self.id}",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "contact_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "contract_id": self.id,
            "user_id": self.user_id.id,
            "date_due": dormant_day(self.date_start, self.date_end),
        }


class AftersalesFollowup(models.Model):
    """Dormant cover is one of the matters of the day."""

    _inherit = "aftersales.followup"

    @api.model
    def _daily_work(self):
        return [*super()._daily_work(), type(self)._find_dormant_cover]

    @api.model
    def _find_dormant_cover(self, company):
        contracts = self.env["aftersales.contract"]._search_dormant(company)
        return [(contract, "_ask_why_unused") for contract in contracts]
