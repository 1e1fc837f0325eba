from odoo import fields, models


class FsmOrderType(models.Model):
    """Says which of our kinds of visit an order is; empty for everybody else's orders."""

    _inherit = "fsm.order.type"

    aftersales_kind = fields.Selection(
        [
            ("inspection", "Inspection"),
            ("installation", "Installation"),
            ("training", "Training"),
            ("stock", "Own stock"),
            ("repair", "Repair"),
        ],
        string="After-Sales Kind",
        copy=False,
    )
