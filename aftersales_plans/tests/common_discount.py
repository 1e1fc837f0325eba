# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import Form, new_test_user

from .common import AfterSalesCase


class DiscountCase(AfterSalesCase):
    """A plan of 600 that allows 10 %, what may come off it, and who sells and decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t-seller", "sales_team.group_sale_salesman_all_leads")
        cls.decider = new_test_user(
            cls.env,
            "t-decider",
            "aftersales_plans.group_manager,sales_team.group_sale_salesman_all_leads",
        )
        cls.plan_product.taxes_id = False
        cls.plan.write({"discount_limit_percent": 10, "start_policy": "confirmation"})
        cls.fewer = cls.reduction("2 replacements a year", number=2, discount_percent=10)

    @classmethod
    def reduction(cls, name, **values):
        """Make a reduction."""
        return cls.env["aftersales.scope.reduction"].create({"name": name, **values})

    @classmethod
    def offer_plan(cls, discount=0, reductions=(), **values):
        """Return a quotation of the seller for a boiler with the plan, and its plan line."""
        order = (
            cls.quote((cls.goods, 1), (cls.plan_product, 1), user_id=cls.seller.id, **values)
            .with_user(cls.seller)
            .sudo(False)
        )
        line = order.order_line.filtered("aftersales_plan_id")
        line.write(
            {
                "discount": discount,
                "aftersales_reduction_ids": [Command.set([one.id for one in reductions])],
            }
        )
        return order, line

    def by(self, user, record):
        """Return ``record`` as ``user`` has it."""
        return record.with_user(user).sudo(False)

    def form(self, record, user=None):
        """Open the form of ``record``."""
        return Form(self.by(user or self.seller, record))
