# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

SEGMENTS = [
    ("risk_avoider", "Avoids risk"),
    ("basic_needs", "Basic needs"),
    ("hand_holder", "Wants to be looked after"),
]


class AftersalesPlan(models.Model):
    """How plans are found, priced and suggested when goods are sold (requirements 1, 17, 18)."""

    _inherit = "aftersales.plan"

    segment = fields.Selection(
        SEGMENTS,
        string="Suggested to",
        tracking=True,
        help="Customers with this service need are suggested this plan first.",
    )

    @api.model
    def _search_products(self, company, goods=None):
        """Return the products that sell an active plan of ``company``, tier by tier.

        :param goods: products; only plans that cover one of them count. None: all plans.
        """
        products = self.env["product.product"].search(
            [
                ("aftersales_plan_id.active", "=", True),
                ("aftersales_plan_id.company_id", "=", company.id),
                ("company_id", "in", (False, company.id)),
                ("type", "=", "service"),
                ("sale_ok", "=", True),
            ]
        )
        return products.filtered(
            lambda product: goods is None or product.aftersales_plan_id._takes(goods)
        ).sorted(lambda product: (product.aftersales_plan_id.sequence, product.id))

    def _takes(self, goods):
        """Tell whether this plan can cover one of the products ``goods``."""
        return any(self._covers(product) for product in goods)

    def _is_suggested(self, partner):
        """Tell whether the plan fits the service need of ``partner``; without a need none does."""
        self.ensure_one()
        need = partner.commercial_partner_id.aftersales_segment
        return bool(need) and self.segment == need

    @api.model
    def _price_in_order(self, products, order, covered=None):
        """Return what a new line of ``order`` would cost, in its currency: {product: price}.

        Less the discount the pricelist shows beside the price.

        :param covered: {product that sells a plan: goods it would cover}, order lines or assets;
            None: as the customer could choose it on ``order``
        :return: a price is None where there is not enough data for it
        """
        plans = products.filtered(
            lambda product: (
                product.aftersales_plan_id
                and product.sudo().aftersales_plan_id._depends_on_goods()  # only whether
            )
        )
        prices = self._plain_price_in_order(products - plans, order)
        for product in plans:
            plan = product.aftersales_plan_id
            goods = covered[product] if covered else order._aftersales_priced_goods(plan)
            facts = plan._prepare_price_facts(product, order, goods._aftersales_as_goods(order))
            price = facts["price"]
            prices[product] = price and price * (1 - facts["discount"] / 100)
        return {product: prices[product] for product in products}

    @api.model
    def _plain_price_in_order(self, products, order):
        """Return what these products cost whatever is covered: {product: price}."""
        prices = order.pricelist_id._get_products_price(
            products, 1.0, currency=order.currency_id, date=order.date_order
        )
        return {
            product: product._get_tax_included_unit_price_from_price(
                prices[product.id],
                product_taxes=product.taxes_id._filter_taxes_by_company(order.company_id),
                fiscal_position=order.fiscal_position_id,
            )
            for product in products.with_company(order.company_id)
        }
