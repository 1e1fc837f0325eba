# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


def _names(products):
    """Return the names of products, variants of one only once."""
    return list(dict.fromkeys(products.mapped("name")))


class SaleOrder(models.Model):
    """What quotation and order tell the customer about service plans (requirements 1, 18, 84)."""

    _inherit = "sale.order"

    aftersales_comparison = fields.Selection(
        [("show", "Show"), ("hide", "Hide")],
        help="What somebody decided about the comparison of plans. Empty: nobody did.",
    )
    aftersales_compare_plans = fields.Boolean(
        string="Compare Service Plans",
        compute="_compute_aftersales_compare_plans",
        inverse="_inverse_aftersales_compare_plans",
        help="Show the customer all plans that fit the goods side by side, printed and online. "
        "Ticked by itself once a plan is on the quotation.",
    )
    aftersales_can_offer_plans = fields.Boolean(
        compute="_compute_aftersales_can_offer_plans",
        compute_sudo=True,  # only whether there is something to offer, whoever reads the order
    )

    @api.depends("order_line.product_id", "aftersales_comparison")
    def _compute_aftersales_compare_plans(self):
        for order in self:
            order.aftersales_compare_plans = order.aftersales_comparison == "show" or (
                not order.aftersales_comparison and bool(order.order_line.aftersales_plan_id)
            )

    def _inverse_aftersales_compare_plans(self):
        """Keep what somebody decided; a form that only says what it found decides nothing."""
        for order in self:
            wished = order.aftersales_compare_plans
            by_itself = bool(order.order_line.aftersales_plan_id)
            if order.aftersales_comparison or wished != by_itself:
                order.aftersales_comparison = "show" if wished else "hide"

    @api.depends("order_line.product_id", "company_id", "state")
    def _compute_aftersales_can_offer_plans(self):
        Plan = self.env["aftersales.plan"]
        for order in self:
            goods = order.state in ("draft", "sent") and order.order_line.product_id
            order.aftersales_can_offer_plans = bool(
                goods and Plan._search_products(order.company_id, goods)
            )

    def _aftersales_plans_told(self):
        """Return what this document says about service plans, one dict per column.

        A quotation compares all tiers that fit its goods, if that is wanted; a confirmed order
        states what was sold, as its contracts froze it. Empty: nothing is said about plans.
        """
        self.ensure_one()
        self.check_access("read")
        order = self.sudo()  # customers have no rights on plans, but on their own quotation
        sold = order._aftersales_plan_lines()
        columns = [order._aftersales_prepare_sold(line) for line in sold]
        if order.state in ("draft", "sent") and order.aftersales_compare_plans:
            offered = order._aftersales_offered()
            columns += [order._aftersales_prepare_other(p, price) for p, price in offered.items()]
        return sorted(columns, key=lambda column: column["sequence"])

    def _aftersales_prepare_sold(self, line):
        """Return the column of a plan that is on the order; its price None: not known yet."""
        contracts = self.aftersales_contract_ids.filtered(
            lambda contract: contract.sale_line_id == line and contract.state != "cancelled"
        )
        goods = line._aftersales_covered_lines().product_id | line.aftersales_asset_ids.product_id
        return {
            **self._aftersales_prepare_terms(line._aftersales_promised(), contracts[:1]),
            "price": None
            if line in self._aftersales_unpriced()
            else line.price_unit * (1 - line.discount / 100),
            "struck": line._aftersales_struck_price() and line.price_unit,
            "chosen": True,
            "mark": self.state in ("draft", "sent") and self.env._("On this quotation"),
            "line": line,
            "suggested": False,
            "goods": _names(goods),
        }

    def _aftersales_prepare_other(self, product, price):
        """Return the column of a plan that the customer could choose as well."""
        plan = product.aftersales_plan_id
        chosen = self.order_line.aftersales_plan_id
        return {
            **self._aftersales_prepare_terms(
                plan._reduced_by(self._aftersales_agreed_reductions(product))
            ),
            "price": price,
            "struck": self._aftersales_struck_unit(product),
            "chosen": False,
            "mark": False,
            "product": product,
            "suggested": not chosen and plan._is_suggested(self.partner_id),
            "goods": _names(self._aftersales_would_cover(plan).product_id),
        }

    @api.model
    def _aftersales_prepare_terms(self, plan, contract=None):
        """Return the promises of a plan in words, as its ``contract`` froze them if any."""
        terms = contract or plan
        return {
            "sequence": plan.sequence,
            "name": plan.name,
            "benefits": terms._benefits(),
            "exclusions": terms._exclusions(),
            "conditions": terms._conditions(),
        }
