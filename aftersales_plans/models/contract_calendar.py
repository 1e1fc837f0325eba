from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .work_off import work_off


class AftersalesContract(models.Model):
    """What happens to contracts on their days: start, next year, end."""

    _inherit = "aftersales.contract"

    @api.model
    def _cron_follow_calendar(self):
        """Start, open the next year and expire, each contract on its day."""
        work_off(
            self.env,
            [
                (contract, method)
                for company in self.env["res.company"].search([])
                for domain, method in self._due(company)
                for contract in self.search(Domain("company_id", "=", company.id) & Domain(domain))
            ],
        )

    @api.model
    def _due(self, company):
        """Return what is due where ``company`` is: [(domain, method), …]."""
        today = company._aftersales_today()
        rests = ("suspension_ids", "any", [("date_start", "<=", today), ("date_end", ">=", today)])
        return [
            ([("state", "=", "active"), rests], "_follow_suspensions"),
            ([("state", "=", "suspended"), "!", rests], "_follow_suspensions"),
            ([("state", "=", "draft"), ("date_start", "<=", today)], "_activate"),
            ([("id", "in", self._search_year_due(company, today))], "_open_periods"),
            ([("state", "=", "active"), ("date_end", "<", today)], "_expire"),
        ]

    @api.model
    def _search_year_due(self, company, today):
        """Return the ids of active contracts without entitlement for the year ``today`` is in."""
        self.env["aftersales.entitlement"].flush_model()
        self.flush_model(["state", "company_id", "date_start", "date_end"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id
                  FROM aftersales_contract c
                 WHERE c.state = 'active'
                   AND c.company_id = %(company)s
                   AND %(today)s BETWEEN c.date_start AND c.date_end
                   AND NOT EXISTS (
                           SELECT 1
                             FROM aftersales_entitlement e
                            WHERE e.contract_id = c.id AND e.date_end >= %(today)s
                       )
                """,
                company=company.id,
                today=today,
            )
        )
        return [contract_id for (contract_id,) in rows]

    def _expire(self):
        for contract in self:
            contract._close("expired", contract.date_end)
