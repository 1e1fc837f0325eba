# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrderLine(models.Model):
    """Discount and cost of a plan line in words, with the figures (28, 30)."""

    _inherit = "sale.order.line"

    def _aftersales_tell_deal(self):
        """Return why one line needs an approval, as sentences."""
        deal, cent = self._aftersales_deal(), self.currency_id.rounding
        told = []
        if deal.is_too_deep(cent):
            told.append(self._aftersales_tell_discount(deal))
        if deal.is_below_cost(cent):
            told.append(self._aftersales_tell_cost())
        return told

    def _aftersales_tell_discount(self, deal):
        """Return price, discount and what would be allowed."""
        money = self.currency_id.format
        plan = self.sudo().aftersales_plan_id  # whoever may read the line may know what it may cost
        facts = {
            "plan": plan.name,
            "net": money(deal.net),
            "full": money(deal.full),
            "discount": f"{round(deal.discount, 2):g}",
            "limit": f"{plan.discount_limit_percent:g}",
        }
        told = self.env._(
            "%(plan)s for %(net)s instead of %(full)s is %(discount)s %% off; the plan allows "
            "%(limit)s %%.",
            **facts,
        )
        worth = [
            self.env._(
                "“%(name)s” %(percent)s %%", name=one.name, percent=f"{one.discount_percent:g}"
            )
            for one in self.sudo().aftersales_reduction_ids  # as above
        ]
        if worth:
            told += " " + self.env._("What is taken off allows more: %s.", ", ".join(worth))
        return told

    def _aftersales_tell_cost(self):
        """Return that the price is below what the term is expected to cost; else False."""
        expected, net = self._aftersales_expected_cost(), self._aftersales_net_price()
        if expected.missing:
            return False
        total = self._aftersales_in_order(expected.total)
        if self.currency_id.compare_amounts(net, total) >= 0:
            return False
        money = self.currency_id.format
        # the name of the plan that is on the line
        return self.env._(
            "%(plan)s for %(net)s is %(short)s below its expected cost of %(total)s: parts "
            "%(parts)s, work %(labour)s.",
            plan=self.aftersales_plan_id.sudo().name,
            net=money(net),
            short=money(total - net),
            total=money(total),
            parts=money(self._aftersales_in_order(expected.parts)),
            labour=money(self._aftersales_in_order(expected.labour)),
        )

    def _aftersales_tell_missing(self):
        """Return what is not known to expect the cost of one line; else False."""
        expected = self._aftersales_expected_cost()
        if not expected.missing:
            return False
        # the name of the plan that is on the line
        return self.env._(
            "%(plan)s, expected cost: %(missing)s.",
            plan=self.aftersales_plan_id.sudo().name,
            missing="; ".join(expected.missing),
        )
