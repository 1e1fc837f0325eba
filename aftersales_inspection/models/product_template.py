from odoo import fields, models


class ProductTemplate(models.Model):
    """What a visit usually takes of these goods, and how often those in stock are inspected."""

    _inherit = "product.template"

    aftersales_visit_quantity = fields.Float(
        string="Usual at a Visit",
        digits="Product Unit",
        help="Usual most that one visit takes. More is allowed, needs a note and is reported; "
        "0: no limit.",
    )
    aftersales_stock_check_months = fields.Integer(
        string="Inspect in Stock every (months)", help="0: as the product category says."
    )

    _aftersales_visit_quantity_not_negative = models.Constraint(
        "CHECK(aftersales_visit_quantity >= 0)", "The usual quantity cannot be below 0."
    )
    _aftersales_stock_check_not_negative = models.Constraint(
        "CHECK(aftersales_stock_check_months >= 0)",
        "Goods in stock cannot be inspected every negative number of months.",
    )
