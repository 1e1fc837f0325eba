# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import float_compare, float_is_zero, float_round

UNIT = "Product Unit"


class SaleOrderLine(models.Model):
    """How much of a credit line is invoiced: by amounts, because a quantity has few digits.

    Each invoice deducts what it can carry, as one unit of that price. All of the line is invoiced
    when all its credit is used, or when nothing else is left to invoice: core would invoice the
    rest alone, which is money back.
    """

    _inherit = "sale.order.line"

    @api.depends("points_cost", "invoice_lines.price_total")
    def _compute_qty_invoiced(self):
        return super()._compute_qty_invoiced()

    def _prepare_qty_invoiced(self):
        quantities = super()._prepare_qty_invoiced()
        for line in self._of_wallet():
            documents = line._get_invoice_lines()
            counted = documents.filtered(lambda one: one.parent_state != "cancel")
            quantities[line] = line._quantity_of_credit(counted._deducted_credit())
        return quantities

    def _compute_qty_invoiced_posted(self):
        result = super()._compute_qty_invoiced_posted()
        for line in self._of_wallet():
            posted = line._get_invoice_lines().filtered(lambda one: one.parent_state == "posted")
            line.qty_invoiced_posted = line._quantity_of_credit(posted._deducted_credit())
        return result

    def _quantity_of_credit(self, amount):
        """Return ``amount`` as part of this line's quantity; the whole only when all is used."""
        claimed, quantity = self.points_cost, self.product_uom_qty
        if self.currency_id.compare_amounts(amount, claimed) >= 0:
            return quantity
        if self.currency_id.compare_amounts(amount, 0) <= 0:
            return 0.0
        digits = self.env["decimal.precision"].precision_get(UNIT)
        step = 10**-digits
        part = float_round(quantity * amount / claimed, precision_digits=digits)
        return min(max(part, step), quantity - step)

    @api.depends("order_id.order_line.qty_invoiced", "order_id.order_line.product_uom_qty")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self._of_wallet().filtered(lambda line: line.state == "sale"):
            if not line.order_id._has_more_to_invoice():
                line.qty_to_invoice = 0.0
        return result

    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        digits = self.env["decimal.precision"].precision_get(UNIT)
        for line in self._of_wallet().filtered(lambda line: line.state == "sale"):
            if float_is_zero(line.qty_to_invoice, precision_digits=digits):
                line.invoice_status = "invoiced"
        return result

    @api.depends("points_cost")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self._of_wallet():
            posted = line.invoice_lines.filtered(lambda one: one.parent_state == "posted")
            line.amount_to_invoice = -max(0.0, line.points_cost - posted._deducted_credit())
        return result


class SaleOrder(models.Model):
    """Whether credit can still be used on an order."""

    _inherit = "sale.order"

    def _has_more_to_invoice(self):
        """Tell whether something is ordered that neither an invoice nor a draft of one holds."""
        return not self._holds_all_sold("qty_invoiced")

    def _is_billed(self):
        """Tell whether posted invoices hold all that was ordered, so that no more will follow."""
        return self._holds_all_sold("qty_invoiced_posted")

    def _holds_all_sold(self, quantity):
        """Tell whether a quantity of each line reaches what was ordered.

        Credit, down payments, sections and notes are not sold.
        """
        digits = self.env["decimal.precision"].precision_get(UNIT)
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.product_uom_qty
        )
        for line in lines - lines._of_wallet():
            missing = float_compare(line.product_uom_qty, line[quantity], precision_digits=digits)
            if missing == (1 if line.product_uom_qty > 0 else -1):
                return False
        return True
