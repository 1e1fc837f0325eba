# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Note when contracts were sold: their withdrawal period counts from that day."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    contracts = env["aftersales.contract"].search([("date_sold", "=", False)])
    for contract in contracts:
        sold = contract.sale_order_id.date_order or contract.create_date
        contract.date_sold = contract.company_id._aftersales_day_of(sold)
