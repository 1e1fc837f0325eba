from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """A service product may sell visits: an installation or a training (requirements 56, 68)."""

    _inherit = "product.template"

    aftersales_visit_kind = fields.Selection(
        [("installation", "Installation"), ("training", "Training")],
        string="Makes a Visit",
        help="Confirming an order enters a visit at the delivery address for each one sold.",
    )
    aftersales_visit_hours = fields.Float(
        string="Visit takes (hours)", default=2.0, help="How long one of these visits is planned."
    )
    aftersales_visit_days = fields.Integer(
        string="Visit within (days)",
        default=14,
        help="How many days after the promised delivery the visit is made at the latest.",
    )

    _aftersales_visit_hours_positive = models.Constraint(
        "CHECK(aftersales_visit_kind IS NULL OR aftersales_visit_hours > 0)",
        "A visit takes more than 0 hours.",
    )
    _aftersales_visit_days_positive = models.Constraint(
        "CHECK(aftersales_visit_days >= 0)", "A visit cannot be due before the delivery."
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
