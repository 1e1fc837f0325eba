# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc.scope import Deal


class AftersalesPlan(models.Model):
    """How much may be taken off the price of a plan (requirement 28)."""

    _inherit = "aftersales.plan"

    discount_limit_percent = fields.Float(
        string="Discount up to (%)",
        default=100.0,
        digits=(5, 2),
        tracking=True,
        help="What salespeople may take off the full price of the plan without taking something "
        "off the plan or asking a plan manager. 100: no limit.",
    )

    @api.constrains("discount_limit_percent")
    def _check_discount_limit(self):
        for plan in self:
            if not 0 <= plan.discount_limit_percent <= 100:
                raise ValidationError(
                    self.env._("%s: the discount lies between 0 and 100 %%.", plan.name)
                )


class SaleOrderLine(models.Model):
    """What is taken off the price of a plan line, and what the plan will cost us (28, 30)."""

    _inherit = "sale.order.line"

    def _aftersales_deal(self):
        """Return what one plan line is sold for as a :class:`Deal`."""
        self.ensure_one()
        return Deal(
            self._aftersales_price_by_hand(),
            self._aftersales_full_price(),
            self._aftersales_allowed_discount(),
            self._aftersales_cost_to_cover(),
        )

    def _aftersales_allowed_discount(self):
        """Return the percent that may be taken off: the plan's limit, and what reductions earn."""
        hidden = self.sudo()  # whoever may read the line may know what it may cost
        worth = sum(hidden.aftersales_reduction_ids.mapped("discount_percent"))
        return min(100.0, hidden.aftersales_plan_id.discount_limit_percent + worth)

    def _aftersales_full_price(self):
        """Return the price without any discount, net of taxes, in the order's currency, unrounded.

        What the renewal terms take off is no discount: it was promised when the old term was sold;
        nor is what the customer's pricelist takes off. 0 where the plan's rules know no price.
        """
        price = self._aftersales_full_unit_price()
        Tax = self.env["account.tax"]
        row = self._prepare_base_line_for_taxes_computation(price_unit=price, discount=0.0)
        Tax._add_tax_details_in_base_line(row, self.company_id)
        return row["tax_details"]["raw_total_excluded_currency"]

    def _aftersales_full_unit_price(self):
        """Return the unit price by the plan's own rules, with those taxes that prices include."""
        if self._aftersales_goes_on():
            facts = self._aftersales_renewal_values()
            return facts["price_unit"] * (1 - facts["discount"] / 100)
        line = self.sudo()  # the reasons of a price are for colleagues; they lead to it
        plan, goods = line.aftersales_plan_id, line._aftersales_goods()
        facts = plan._prepare_price_facts(line.product_id, line.order_id, goods)
        return (facts["price"] or 0.0) * (1 - facts["discount"] / 100)

    # --- Cost ----------------------------------------------------------------------------------

    def _aftersales_cost_known(self):
        """Return the complete expected cost in the order's currency; None: not enough data."""
        expected = self._aftersales_expected_cost()
        if expected.missing:
            return None
        return self._aftersales_in_order(expected.total)

    def _aftersales_cost_to_cover(self):
        """Return the cost a price must not fall below without being asked for; None: it may."""
        return self._aftersales_cost_known() if self._aftersales_asks_below_cost() else None

    def _aftersales_asks_below_cost(self):
        # which rule holds is no secret to who sells under it
        return self.company_id.sudo().aftersales_approve_below_cost

    def _aftersales_in_order(self, amount):
        """Return an amount of the company in the currency of the order, unrounded."""
        order = self.order_id
        company = order.company_id
        return company.currency_id._convert(
            amount, order.currency_id, company, order.date_order or fields.Date.today(), round=False
        )
