# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrder(models.Model):
    """How a chosen plan and chosen services come onto a quotation (requirements 1, 9)."""

    _inherit = "sale.order"

    def _aftersales_same_plan(self, product):
        """Return the plan line for goods of this quotation that ``product`` is sold on already."""
        plan_lines = self.order_line._aftersales_takes_goods()
        return plan_lines.filtered(lambda line: line.product_id == product)[:1]

    def _aftersales_replaced_plans(self, product, goods_lines):
        """Return the other plan lines that would cover nothing once ``product`` covers these."""
        return goods_lines.aftersales_plan_line_id.filtered(
            lambda line: (
                line.product_id != product and line._aftersales_covered_lines() <= goods_lines
            )
        )

    def _aftersales_put_plan(self, product, goods_lines):
        """Let the plan of ``product`` cover ``goods_lines``, and no other goods than before.

        It joins its plan line if there is one, and takes the place of plans left without goods.
        Return the plan line.
        """
        self.ensure_one()
        replaced = self._aftersales_replaced_plans(product, goods_lines)
        plan_line = self._aftersales_same_plan(product)
        before = plan_line and plan_line._aftersales_covered_lines()
        if not plan_line:
            anchor = replaced[-1:] or goods_lines.sorted()[-1:]
            plan_line = self._aftersales_insert_after(anchor, [{"product_id": product.id}])
        goods_lines.aftersales_plan_line_id = plan_line
        others = plan_line._aftersales_covered_lines() - goods_lines - (before or goods_lines)
        others.aftersales_plan_line_id = False
        replaced.unlink()
        return plan_line

    def _aftersales_put_services(self, products):
        """Put services into the section of add-on services, at their price."""
        self.ensure_one()
        if not products:
            return
        lines = self.order_line.sorted()
        section = lines.filtered("product_id.aftersales_addon").parent_id.filtered("display_type")
        values = [{"product_id": product.id} for product in products]
        if section:
            inside = lines.filtered(lambda line: line.parent_id == section[0])
            self._aftersales_insert_after(inside[-1:], values)
            return
        name = self.with_context(lang=self._get_lang()).env._("Add-on services")
        self._aftersales_insert_after(
            lines[-1:], [{"display_type": "line_section", "name": name}, *values]
        )

    def _aftersales_insert_after(self, anchor, vals_list):
        """Create order lines below the line ``anchor`` and number all lines anew; return them."""
        lines = self.order_line.sorted()
        position = lines.ids.index(anchor.id) + 1 if anchor else len(lines)
        new = lines.create([{"order_id": self.id, **vals} for vals in vals_list])
        for sequence, line in enumerate([*lines[:position], *new, *lines[position:]], start=10):
            line.sequence = sequence
        return new
