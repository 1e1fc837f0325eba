from odoo import models

from ..calc.cost import Expected


class AftersalesPlan(models.Model):
    """What a plan is expected to cost us before it is sold (requirements 20, 30)."""

    _inherit = "aftersales.plan"

    def _expected_cost(self, goods, company, day=None):
        """Return what one term of this plan over ``goods`` will cost.

        :param goods: list of :class:`~..calc.goods.Goods`
        :param day: with what was known then; default: today
        :return: :class:`~..calc.cost.Expected`, in company currency
        """
        return Expected(0.0, 0.0, 0.0, (self.env._("not enough data"),))


class SaleOrderLine(models.Model):
    """What the plan that is being sold is expected to cost us (requirement 20)."""

    _inherit = "sale.order.line"

    def _aftersales_expected_cost(self):
        """Return what the plan of this line will cost over the goods it covers.

        :return: :class:`~..calc.cost.Expected`, in company currency
        """
        self.ensure_one()
        plan = self.aftersales_plan_id
        return plan._expected_cost(self._aftersales_goods(), self.company_id)
