# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ..calc import decision
from ..calc.charge import is_charged
from .stored_column import fill_column

GIVEN = {decision.CONTRACT, decision.GOODWILL}


class AftersalesClaim(models.Model):
    """The work of a claim that plan or goodwill gives (requirement 29)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.labour"]

    _labour_missing_idx = models.Index("(company_id) WHERE aftersales_labour_missing")

    def _auto_init(self):
        """Mark the work of years before: what it cost nobody had asked."""
        if column_exists(self.env.cr, self._table, "labour_hours"):
            name = "aftersales_labour_missing"
            fill_column(self.env.cr, self._table, name, "bool", GAVE_WORK)
        return super()._auto_init()

    def _on_state(self, state):
        """Fix what the work cost when a claim is done; one taken up again costs nothing yet."""
        result = super()._on_state(state)
        if state == "done":
            self.filtered("contract_id")._aftersales_fix_labour()
        else:
            self._aftersales_drop_labour()
        return result

    def _aftersales_labour(self):
        """Return the hours nobody was charged for, at what an hour costs the company."""
        hours = self.labour_hours if self._gives_work() else 0.0
        return hours, [self.company_id.aftersales_hourly_cost]

    def _gives_work(self):
        """Tell whether contract or goodwill bear the work; guarantee and customer do not count."""
        types = set(self.line_ids.mapped("billing_type"))
        return bool(types & GIVEN) and not is_charged(
            types, self.contract_id._includes("labour_included")
        )

    def _aftersales_labour_end(self):
        return self.date_done

    def _aftersales_labour_distribution(self):
        return self._analytic_distribution()


# as _gives_work says, in the database
GAVE_WORK = SQL(
    """
    state = 'done' AND labour_hours > 0 AND EXISTS (
        SELECT FROM aftersales_claim_line line
          JOIN aftersales_contract contract ON contract.id = aftersales_claim.contract_id
         WHERE line.claim_id = aftersales_claim.id
        HAVING bool_or(line.billing_type IN ('contract', 'goodwill'))
           AND NOT bool_or(line.billing_type = 'billable')
           AND NOT bool_or(
                   line.billing_type = 'contract'
               AND (contract.labour_included IS NOT TRUE
                    OR contract.contract_kind = 'time_material')
           )
    )
    """
)
