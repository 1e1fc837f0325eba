# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """Services that are visits themselves, and goods that visits use or look after.

    A service may sell an installation or a training (requirements 56, 68). Goods say what one visit
    usually takes of them (43) and how often they are inspected in stock (40).
    """

    _inherit = "product.template"

    aftersales_visit_kind = fields.Selection(
        [("installation", "Installation"), ("training", "Training")],
        string="Makes a Visit",
        help="Confirming an order enters a visit at the delivery address for each one sold.",
    )
    aftersales_visit_hours = fields.Float(
        string="Visit takes (hours)",
        default=2.0,
        help="How long one of these visits is planned; what takes longer than half a working day "
        "goes on over lunch.",
    )
    aftersales_visit_days = fields.Integer(
        string="Visit within (days)",
        default=14,
        help="How many days after the promised delivery the visit is made at the latest.",
    )
    aftersales_visit_quantity = fields.Float(
        string="Usual at a Visit",
        digits="Product Unit",
        help="Usual most that one visit takes. More is allowed, needs a note and is reported; "
        "0: no limit.",
    )
    aftersales_stock_check_months = fields.Integer(
        string="Inspect in Stock every (months)", help="0: as the product category says."
    )

    _aftersales_visit_hours_positive = models.Constraint(
        "CHECK(aftersales_visit_kind IS NULL OR aftersales_visit_hours > 0)",
        "A visit takes more than 0 hours.",
    )
    _aftersales_visit_days_positive = models.Constraint(
        "CHECK(aftersales_visit_days >= 0)", "A visit cannot be due before the delivery."
    )
    _aftersales_visit_quantity_not_negative = models.Constraint(
        "CHECK(aftersales_visit_quantity >= 0)", "The usual quantity cannot be below 0."
    )
    _aftersales_stock_check_not_negative = models.Constraint(
        "CHECK(aftersales_stock_check_months >= 0)",
        "Goods in stock cannot be inspected every negative number of months.",
    )

    @api.constrains("aftersales_visit_kind", "aftersales_plan_id", "type")
    def _check_aftersales_visit_is_service(self):
        for template in self.filtered("aftersales_visit_kind"):
            if template.type != "service" or template.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%s makes a visit: its type must be Service, and it sells no plan.",
                        template.name,
                    )
                )
