# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesPartSettle(models.TransientModel):
    """Broken parts came back: what becomes of them (requirements 39, 49)."""

    _name = "aftersales.part.settle"
    _description = "Settle Returned Parts"

    line_ids = fields.Many2many("aftersales.claim.line", string="Parts", required=True)
    outcome = fields.Selection(
        [
            ("scrapped", "Scrap"),
            ("second_grade", "Keep as second grade"),
            ("supplier", "Claim from the supplier"),
        ],
        required=True,
        default="scrapped",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        compute="_compute_supplier_id",
        store=True,
        readonly=False,
    )
    reference = fields.Char(string="Supplier's Reference")

    @api.depends("line_ids")
    def _compute_supplier_id(self):
        for wizard in self:
            vendors = wizard.line_ids.product_id.seller_ids.partner_id
            wizard.supplier_id = wizard.supplier_id or vendors[:1]

    def action_apply(self):
        """Plan the transfers; the warehouse does them."""
        self.ensure_one()
        to_supplier = self.outcome == "supplier"
        if to_supplier and not self.supplier_id:
            raise UserError(self.env._("Choose the supplier the parts are claimed from."))
        self.line_ids._settle(
            self.outcome,
            self.supplier_id if to_supplier else None,
            self.reference if to_supplier else False,
        )
        return {"type": "ir.actions.act_window_close"}
