# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


class AftersalesFinding(models.Model):
    """What inspections find on which products: the product team counts these rows."""

    _inherit = "aftersales.finding"

    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    partner_id = fields.Many2one(related="visit_id.aftersales_partner_id", store=True)
    person_id = fields.Many2one(related="visit_id.person_id", string="Technician")
    outcome = fields.Selection(related="visit_id.outcome", store=True)
    conclusion = fields.Selection(related="visit_id.conclusion", store=True)

    def action_open_visit(self):
        """Open the visit this was seen at."""
        self.ensure_one()
        return self.visit_id.get_formview_action()
