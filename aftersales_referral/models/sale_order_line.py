# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import AccessError

PRICES = {"price_unit", "discount", "product_uom_qty", "product_id", "purchase_price"}


class SaleOrderLine(models.Model):
    """A referred order's invoices decide its reward: they are linked by invoicing alone.

    Other prices after the confirmation may need an accountant (``referral_approval.py``).
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse lines of a referred order that bring invoices along."""
        orders = self.env["sale.order"].browse(
            {vals.get("order_id") for vals in vals_list} - {None}
        )
        with orders.filtered("id")._watch_margin():
            lines = super().create(vals_list)
        lines.filtered("invoice_lines")._refuse_invoices_by_hand()
        return lines

    def write(self, vals):
        """Refuse to link other invoices to a referred order."""
        if "invoice_lines" in vals:
            self._refuse_invoices_by_hand()
        if PRICES.isdisjoint(vals):
            return super().write(vals)
        with self.order_id._watch_margin():
            return super().write(vals)

    def _refuse_invoices_by_hand(self):
        """Refuse to link other invoices to a referred order: its reward follows from them.

        :raises AccessError: always, unless it comes from our own or core's invoicing, which
            writes the link on the invoice
        """
        for order in self.sudo().order_id.filtered("referral_id"):  # whether it is referred
            if not self.env.su:
                raise AccessError(
                    self.env._(
                        "%s has a referral, whose reward follows from its invoices: they are "
                        "linked by invoicing the order only.",
                        order.name,
                    )
                )
