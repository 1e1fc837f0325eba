# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


class AftersalesTile(models.Model):
    """Visits have a section of their own on the overview."""

    _inherit = "aftersales.tile"

    section = fields.Selection(
        selection_add=[("visits", "Visits"), ("claims",)], ondelete={"visits": "cascade"}
    )
