# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """A service product may sell a plan; goods carry the statutory guarantee (requirement 84)."""

    _inherit = "product.template"

    aftersales_plan_id = fields.Many2one(
        "aftersales.plan",
        string="After-Sales Plan",
        index="btree_not_null",
        ondelete="restrict",
        help="Selling this service opens a contract with the terms of the plan.",
    )
    aftersales_addon = fields.Boolean(
        string="Add-on Service",
        help="Offered beside the plans on a quotation, at its price.",
    )
    aftersales_warranty_months = fields.Integer(
        string="Statutory Guarantee (months)", help="0: as the company's settings say."
    )

    _aftersales_warranty_not_negative = models.Constraint(
        "CHECK(aftersales_warranty_months >= 0)", "A guarantee cannot be shorter than 0 months."
    )

    @api.constrains("aftersales_plan_id", "type")
    def _check_aftersales_plan_is_service(self):
        for template in self:
            if template.aftersales_plan_id and template.type != "service":
                raise ValidationError(
                    self.env._(
                        "%s sells a service plan, so its type must be Service.", template.name
                    )
                )

    @api.constrains("aftersales_addon", "aftersales_plan_id", "type")
    def _check_aftersales_addon_is_service(self):
        for template in self.filtered("aftersales_addon"):
            if template.type != "service" or template.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%s is an add-on service: its type must be Service, and it sells no plan.",
                        template.name,
                    )
                )
