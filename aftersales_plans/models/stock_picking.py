# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class StockPicking(models.Model):
    """Shows for which claim a shipment goes out."""

    _inherit = "stock.picking"

    aftersales_claim_id = fields.Many2one(
        related="move_ids.aftersales_claim_id", string="Claim", groups="base.group_user"
    )
