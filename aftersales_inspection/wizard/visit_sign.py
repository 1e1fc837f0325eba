# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class FsmOrderSignWizard(models.TransientModel):
    """The customer reads what was found and why, and signs that."""

    _inherit = "fsm.order.sign.wizard"

    found = fields.Html(compute="_compute_found", sanitize=False)

    @api.depends("order_id")
    def _compute_found(self):
        """Show it in the customer's language, to who may read the visit."""
        for wizard in self:
            visit = wizard.order_id
            wizard.found = False
            if visit.has_access("read") and visit.is_visit:
                lang = visit._customer().lang or self.env.lang
                wizard.found = self.env["ir.qweb"]._render(
                    "aftersales_inspection.visit_signed",
                    {"visit": visit.with_context(lang=lang)},
                    lang=lang,
                )
