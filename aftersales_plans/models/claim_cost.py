# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesClaim(models.Model):
    """What a claim costs us, told to analytic accounting (requirement 29)."""

    _inherit = "aftersales.claim"

    def _analytic_distribution(self):
        """Return the distribution of what sold the contract, else of what sold the goods."""
        self.ensure_one()
        sold = self.contract_id.sale_line_id or self.line_ids.asset_id.move_id.sale_line_id[:1]
        return sold.analytic_distribution

    def _add_analytic(self, vals_list):
        """Return values of journal items with the distribution on those of service cost."""
        company = self.company_id
        return company._aftersales_add_analytic(vals_list, self._analytic_distribution())


class ResCompany(models.Model):
    """Which journal items are the cost of service."""

    _inherit = "res.company"

    def _aftersales_add_analytic(self, vals_list, distribution):
        """Return values of journal items with ``distribution`` on those of service cost.

        :param distribution: as in ``analytic_distribution``; empty changes nothing
        """
        cost = self.aftersales_replacement_location_id.valuation_account_id
        if not distribution:
            return vals_list
        return [
            {**vals, "analytic_distribution": distribution}
            if vals["account_id"] == cost.id
            else vals
            for vals in vals_list
        ]
