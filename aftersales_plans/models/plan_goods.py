# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..calc.age import months_old
from ..calc.goods import Goods


class SaleOrderLine(models.Model):
    """What a plan line covers, in numbers: units, age and value (requirements 20, 30)."""

    _inherit = "sale.order.line"

    def _aftersales_goods(self):
        """Return the goods of one plan line as :class:`Goods`, values in the order's currency.

        Goods of the order count with their price there; goods bought earlier with what they would
        cost on the order today.
        """
        self.ensure_one()
        hidden = self.sudo()  # whoever may read the line may know what it covers
        sold = hidden._aftersales_covered_lines()
        return (sold or hidden._aftersales_earlier_goods())._aftersales_as_goods(hidden.order_id)

    def _aftersales_as_goods(self, order):
        """Return these goods of ``order`` as they are sold there; what comes back is none.

        A gift is covered as well: it counts with what it would cost on the order.
        """
        gifts = self.filtered(lambda line: line.product_uom_qty > 0 and not line.price_subtotal)
        # whoever sells; prices of products he sells, on his order
        prices = self.env["aftersales.plan"].sudo()._net_prices_in_order(gifts.product_id, order)
        return [
            Goods(
                line.product_id.id,
                line._aftersales_units(),
                0,
                line.price_subtotal or prices[line.product_id] * line._aftersales_units(),
            )
            for line in self
            if line.product_uom_qty > 0
        ]

    def _aftersales_units(self):
        """Return the quantity of one line in the unit of its product."""
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )


class AftersalesAsset(models.Model):
    """What was bought earlier, in numbers."""

    _inherit = "aftersales.asset"

    def _aftersales_as_goods(self, order):
        """Return these goods at their age today and what they would cost on ``order``."""
        today = order.company_id._aftersales_today()
        # whoever sells; prices of products he sells, on his order
        prices = self.env["aftersales.plan"].sudo()._net_prices_in_order(self.product_id, order)
        goods = []
        for asset in self.filtered(lambda asset: asset.quantity > 0):
            product, delivered = asset.product_id, asset.date_delivered
            units = asset.uom_id._compute_quantity(asset.quantity, product.uom_id, round=False)
            age = months_old(delivered, today) if delivered else None
            goods.append(Goods(product.id, units, age, prices[product] * units))
        return goods


class AftersalesPlan(models.Model):
    """What goods cost without taxes."""

    _inherit = "aftersales.plan"

    def _net_prices_in_order(self, products, order):
        """Return {product: what one unit would cost on ``order``, net of taxes, unrounded}."""
        prices = self._price_in_order(products, order)
        company = order.company_id
        net = {}
        for product, price in prices.items():
            taxes = order.fiscal_position_id.map_tax(
                product.taxes_id._filter_taxes_by_company(company)
            )
            details = taxes._get_tax_details(price, 1.0, rounding_method="round_globally")
            net[product] = details["total_excluded"]
        return net
