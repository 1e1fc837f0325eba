from odoo import models


class AftersalesClaim(models.Model):
    """What a claim costs us, told to analytic accounting (requirement 29)."""

    _inherit = "aftersales.claim"  # pylint: disable=consider-merging-classes-inherited

    def _analytic_distribution(self):
        """Return the distribution of what sold the contract, else of what sold the goods."""
        self.ensure_one()
        sold = self.contract_id.sale_line_id or self.line_ids.asset_id.move_id.sale_line_id[:1]
        return sold.analytic_distribution

    def _add_analytic(self, vals_list):
        """Return values of journal items with the distribution on those of service cost."""
        distribution = self._analytic_distribution()
        cost = self.company_id.aftersales_replacement_location_id.valuation_account_id
        if not distribution:
            return vals_list
        return [
            {**vals, "analytic_distribution": distribution}
            if vals["account_id"] == cost.id
            else vals
            for vals in vals_list
        ]
