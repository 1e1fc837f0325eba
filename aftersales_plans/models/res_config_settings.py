from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of plans, per company."""

    _inherit = "res.config.settings"

    aftersales_warranty_months = fields.Integer(
        related="company_id.aftersales_warranty_months", readonly=False
    )
    aftersales_service_cost_account_id = fields.Many2one(
        related="company_id.aftersales_service_cost_account_id", readonly=False
    )
