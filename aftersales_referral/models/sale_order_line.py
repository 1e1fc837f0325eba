from odoo import api, models
from odoo.exceptions import AccessError


class SaleOrderLine(models.Model):
    """A referred order's invoices decide its reward: they are linked by invoicing alone."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse lines of a referred order that bring invoices along."""
        lines = super().create(vals_list)
        lines.filtered("invoice_lines")._refuse_invoices_by_hand()
        return lines

    def write(self, vals):
        """Refuse to link other invoices to a referred order."""
        if "invoice_lines" in vals:
            self._refuse_invoices_by_hand()
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
