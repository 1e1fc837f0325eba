from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of visits, per company."""

    _inherit = "res.config.settings"

    aftersales_travel_minutes = fields.Integer(
        related="company_id.aftersales_travel_minutes", readonly=False
    )
