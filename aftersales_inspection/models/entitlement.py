from odoo import fields, models


class AftersalesEntitlement(models.Model):
    """Adds the kind *visit*: inspections of a contract year."""

    _inherit = "aftersales.entitlement"

    kind = fields.Selection(
        selection_add=[("visit", "Inspection visit")], ondelete={"visit": "cascade"}
    )
