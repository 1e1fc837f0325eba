# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

from ..calc import limit, target


class AftersalesCommission(models.Model):
    """What a referral should have earned on an order by today (requirements 73, 78)."""

    _inherit = "aftersales.commission"

    @api.model
    def _settled_together(self, orders):
        """Add the orders that share the highest reward of a referral: one changes the others."""
        return orders | orders.referral_id.filtered("amount_limit").order_ids

    @api.model
    def _targets(self, facts):
        """Return what each order's referral should have earned: {(order, referral): amount}.

        What is missing from the result is 0: a rejected or re-assigned referral, a reward that
        an accountant has not approved.

        :param facts: {order: ``calc.target.Facts``}, of all orders that are settled together
        """
        due = {
            order: target.target(order.referral_id.rate, of, order.company_id.currency_id.rounding)
            for order, of in facts.items()
            if order.referral_id.state == "qualified" and order._may_earn_reward()
        }
        targets = {}
        rewarded = self.env["sale.order"].union(*due)
        for referral, orders in rewarded.grouped("referral_id").items():
            orders = orders.sorted(lambda order: (order.date_order, order.id))
            shares = limit.share_out([due[order] for order in orders], referral.amount_limit)
            for order, share in zip(orders, shares, strict=True):
                targets[order, referral] = float(share)
        return targets
