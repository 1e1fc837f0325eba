# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class ProductTemplate(models.Model):
    """A product may be kept out of referral rewards (requirement 76)."""

    _inherit = "product.template"

    referral_excluded = fields.Boolean(
        string="No Referral Reward",
        help="For example freight sold as a service. Plans, delivery lines and gift cards never "
        "earn a reward.",
    )
