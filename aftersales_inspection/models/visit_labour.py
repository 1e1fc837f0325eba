# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.aftersales_plans.models.labour import SALARY
from odoo.addons.aftersales_plans.models.stored_column import fill_column

from ..calc.hours import charged_hours


class FsmPerson(models.Model):
    """What an hour of a worker costs; salary data (requirement 29)."""

    _inherit = "fsm.person"

    aftersales_hourly_cost = fields.Float(
        string="Hourly Cost",
        company_dependent=True,  # a worker of several companies costs each in its currency
        digits="Product Price",
        groups=SALARY,
        help="What an hour costs the company, in its currency. 0: as its settings say.",
    )


class FsmOrder(models.Model):
    """The work of a visit: from its actual start to its end, of everybody who went."""

    _name = "fsm.order"
    _inherit = ["fsm.order", "aftersales.labour"]

    _aftersales_labour_missing_idx = models.Index("(company_id) WHERE aftersales_labour_missing")

    def _auto_init(self):
        """Mark the visits of years before: what they cost nobody had asked."""
        if column_exists(self.env.cr, self._table, "aftersales_contract_id"):
            name = "aftersales_labour_missing"
            fill_column(self.env.cr, self._table, name, "bool", WAS_MADE)
        return super()._auto_init()

    def _on_completed(self):
        """Fix what the work cost, at what an hour costs today."""
        result = super()._on_completed()
        self._aftersales_fix_labour()
        return result

    def _on_reopened(self):
        """Take back what the work cost."""
        result = super()._on_reopened()
        self._aftersales_drop_labour()
        return result

    def _aftersales_labour(self):
        """Return the hours on site and the cost of each worker, or the company's for nobody.

        As they are charged: hours that cannot be right are not known; one in vain may take none.
        """
        default = self.company_id.aftersales_hourly_cost
        workers = self._workers().with_company(self.company_id)
        rates = [worker.aftersales_hourly_cost or default for worker in workers]
        hours = charged_hours(self.date_start, self.date_end, 0)
        return hours if self.outcome == "done" else hours or 0.0, rates or [default]

    def _aftersales_labour_end(self):
        return self.date_end

    def _aftersales_labour_distribution(self):
        if self._is_charged() and not self._is_in_price():
            return {}  # the cost of what is sold, not of the contract
        return self._sold_by().analytic_distribution


# completed visits of contracts that took time, or that nobody knows the hours of
WAS_MADE = SQL(
    """
    aftersales_contract_id IS NOT NULL AND outcome IS NOT NULL
    AND (
            outcome = 'done'
         OR (date_end > date_start AND date_end <= date_start + INTERVAL '1 day')
    )
    AND stage_id IN (SELECT id FROM fsm_stage WHERE is_closed)
    """
)
