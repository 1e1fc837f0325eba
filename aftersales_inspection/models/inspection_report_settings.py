from odoo import fields, models


class ResCompany(models.Model):
    """Whether customers get the report of a visit."""

    _inherit = "res.company"

    aftersales_visit_report_mails = fields.Boolean(
        string="Mail Inspection Reports",
        default=True,
        help="The customer gets the report when a visit is completed.",
    )


class ResConfigSettings(models.TransientModel):
    """The same in the settings."""

    _inherit = "res.config.settings"

    aftersales_visit_report_mails = fields.Boolean(
        related="company_id.aftersales_visit_report_mails", readonly=False
    )
