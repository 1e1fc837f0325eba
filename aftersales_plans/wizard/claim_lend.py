# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesClaimLend(models.TransientModel):
    """Choose the unit a customer gets while a repair lasts (requirement 44)."""

    _name = "aftersales.claim.lend"
    _description = "Lend a Unit"

    claim_id = fields.Many2one("aftersales.claim", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain=[("is_storable", "=", True)],
    )
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", domain="[('product_id', '=', product_id)]"
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    source_label = fields.Char(string="Taken from", compute="_compute_source_label")

    @api.depends("claim_id")
    def _compute_product_id(self):
        for wizard in self:
            wizard.product_id = wizard.product_id or wizard.claim_id.line_ids.product_id[:1]

    @api.depends("product_id", "lot_id", "quantity")
    def _compute_source_label(self):
        for wizard in self:
            source = wizard.product_id and wizard.claim_id._loan_source(
                wizard.product_id, wizard.quantity, wizard.lot_id
            )
            wizard.source_label = source.display_name if source else self.env._("Nothing is free")

    def action_apply(self):
        """Plan the transfer; the warehouse does it."""
        self.ensure_one()
        if self.product_id.uom_id.compare(self.quantity, 0) <= 0:
            raise UserError(self.env._("Lend a quantity above zero."))
        self.claim_id._lend(self.product_id, self.quantity, self.lot_id)
        return {"type": "ir.actions.act_window_close"}
