from odoo import api, models

from ..calc import target


class AftersalesCommission(models.Model):
    """What a referral should have earned on an order by today (requirements 73, 78)."""

    _inherit = "aftersales.commission"

    @api.model
    def _targets(self, facts):
        """Return what each order's referral should have earned: {(order, referral): amount}.

        What is missing from the result is 0: a rejected or re-assigned referral.

        :param facts: {order: ``calc.target.Facts``}
        """
        return {
            (order, order.referral_id): float(
                target.target(order.referral_id.rate, of, order.company_id.currency_id.rounding)
            )
            for order, of in facts.items()
            if order.referral_id.state == "qualified"
        }
