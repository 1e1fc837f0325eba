# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AccountChartTemplate(models.AbstractModel):
    """Companies get their after-sales accounts when their chart of accounts is loaded."""

    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """Add ours to what every chart brings."""
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._aftersales_create_accounts()
        return result
