# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.api import SUPERUSER_ID, Environment


def migrate(cr, version):
    """Make the account and journal of plan revenue; it stays switched off."""
    env = Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].search(
        [("chart_template", "!=", False), ("parent_id", "=", False)]
    )
    for company in companies:
        company._aftersales_create_revenue_accounts()
