# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesLedgerCheck(models.Model):
    """Which check tells how the books are now: the last one of a company that came to its end."""

    _inherit = "aftersales.ledger.check"

    is_last = fields.Boolean(compute="_compute_is_last", search="_search_is_last")

    def _compute_is_last(self):
        last = self._ids_of_last()
        for check in self:
            check.is_last = check.id in last

    def _search_is_last(self, operator, value):
        if operator != "in":
            return NotImplemented
        last = Domain("id", "in", self._ids_of_last())
        return last if True in value else ~last

    def _ids_of_last(self):
        self.flush_model(["company_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT MAX(id) FROM aftersales_ledger_check
                 WHERE state != 'running' GROUP BY company_id
                """
            )
        )
        return [check_id for (check_id,) in rows]
