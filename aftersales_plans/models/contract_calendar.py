# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .by_index import by_index
from .stored_column import fill_column
from .work_off import work_off


class AftersalesContract(models.Model):
    """What happens to contracts on their days: start, next year, end."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"entitled_until"})

    entitled_until = fields.Date(
        string="Years Opened until",
        compute="_compute_entitled_until",
        store=True,
        help="Last day of the contract years that have their entitlements.",
    )

    # Years of contracts lie there: the daily run reads those it is about.
    _start_due = models.Index("(company_id, date_start) WHERE state = 'draft'")
    _year_due_idx = models.Index("(company_id, entitled_until) WHERE state = 'active'")
    _end_due = models.Index("(company_id, date_end) WHERE state = 'active'")

    def _auto_init(self):
        """Fill the new column by the database."""
        last = SQL(
            "(SELECT MAX(e.date_end) FROM aftersales_entitlement e"
            " WHERE e.contract_id = aftersales_contract.id)"
        )
        fill_column(self.env.cr, self._table, "entitled_until", "date", last)
        return super()._auto_init()

    @api.depends("entitlement_ids.date_end")
    def _compute_entitled_until(self):
        for contract in self:
            contract.entitled_until = max(
                contract.entitlement_ids.mapped("date_end"), default=False
            )

    @api.model
    def _cron_follow_calendar(self):
        """Start, open the next year and expire, each contract on its day."""
        with by_index(self.env):
            work = [
                (contract, method)
                for company in self.env["res.company"].search([])
                for domain, method in self._due(company)
                for contract in self.search(Domain("company_id", "=", company.id) & Domain(domain))
            ]
        work_off(self.env, work)

    @api.model
    def _due(self, company):
        """Return what is due where ``company`` is: [(domain, method), …]."""
        today = company._aftersales_today()
        rests = ("suspension_ids", "any", [("date_start", "<=", today), ("date_end", ">=", today)])
        return [
            ([("state", "=", "active"), rests], "_follow_suspensions"),
            ([("state", "=", "suspended"), "!", rests], "_follow_suspensions"),
            ([("state", "=", "draft"), ("date_start", "<=", today)], "_activate"),
            (self._year_due(today), "_open_periods"),
            ([("state", "=", "active"), ("date_end", "<", today)], "_expire"),
        ]

    @api.model
    def _year_due(self, today):
        """Return the domain of running contracts whose opened years are over before ``today``."""
        running = [("state", "=", "active"), ("date_start", "<=", today), ("date_end", ">=", today)]
        opened = [("entitled_until", ">=", today)]
        return Domain(running) & ~Domain(opened)

    def _expire(self):
        for contract in self.filtered(lambda c: c.state == "active"):  # its renewal may have begun
            contract._close("expired", contract.date_end)
