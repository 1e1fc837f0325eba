# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class ProductCategory(models.Model):
    """Decides whether its goods enter the installed-base register (requirement 45)."""

    _inherit = "product.category"

    aftersales_register_assets = fields.Boolean(
        string="Register as Assets",
        default=True,
        help="Delivered goods are kept in the register of assets. "
        "Switch it off for screws, sand and the like.",
    )
