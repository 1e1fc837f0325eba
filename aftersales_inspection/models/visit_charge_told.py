# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


class FsmOrder(models.Model):
    """What technician and customer read of what a visit charges (requirements 19, 84)."""

    _inherit = "fsm.order"

    aftersales_kind_in_words = fields.Char(
        related="aftersales_contract_id.kind_in_words", string="In the Price"
    )

    def _printed_charges(self):
        """Return what this visit charges, as sentences for the customer; prices without taxes."""
        self.ensure_one()
        contract = self.aftersales_contract_id
        if not contract:
            return []
        if not self._is_charged():
            said = self.env._("This visit is in the price of your contract.")
            return [said] if self._is_in_price() else []
        order = self.sudo().aftersales_quotation_id  # what the customer of the visit pays
        money = order.currency_id.format
        lines = order.order_line.filtered(lambda line: not line.display_type)
        return [
            *(line._aftersales_charge_in_words() for line in lines),
            self.env._(
                "In all %(total)s before taxes. You get our quotation %(order)s.",
                total=money(order.amount_untaxed),
                order=order.name,
            )
            if order.state in ("draft", "sent")
            else self.env._(
                "In all %(total)s before taxes, by order %(order)s.",
                total=money(order.amount_untaxed),
                order=order.name,
            ),
        ]

    def action_open_charges(self):
        """Open the quotation that charges this visit."""
        self.ensure_one()
        return self.aftersales_quotation_id.get_formview_action()


class SaleOrderLine(models.Model):
    """One thing that was charged, in words."""

    _inherit = "sale.order.line"

    def _aftersales_charge_in_words(self):
        if self.product_uom_id.is_zero(self.product_uom_qty):
            return self.env._("%s: not known yet, we tell you.", self.product_id.name)
        counted = self.product_uom_id == self.env.ref("uom.product_uom_unit", False)
        return self.env._(
            "%(product)s × %(quantity)s: %(price)s",
            product=self.product_id.name,
            quantity=f"{self.product_uom_qty:g}{'' if counted else f' {self.product_uom_id.name}'}",
            price=self.currency_id.format(self.price_subtotal),
        )
