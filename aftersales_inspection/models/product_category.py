# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


class ProductCategory(models.Model):
    """How often its goods in stock are inspected (requirement 40)."""

    _inherit = "product.category"

    aftersales_stock_check_months = fields.Integer(
        string="Inspect in Stock every (months)",
        help="Unsold goods of ours are looked at this often. 0: never.",
    )

    _aftersales_stock_check_not_negative = models.Constraint(
        "CHECK(aftersales_stock_check_months >= 0)",
        "Goods in stock cannot be inspected every negative number of months.",
    )
