# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, new_test_user

from .common import AfterSalesCase

MORNING = "2026-04-06 10:00:00"


class DeskCase(AfterSalesCase):
    """Ten boilers under Gold, 1 March 2026 to 28 February 2027."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.taxes_id = cls.plan_product.taxes_id = False
        cls.customer.email = "casa@example.com"
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.colleague = new_test_user(cls.env, "t-colleague", "aftersales_plans.group_agent")

    def report(self, *args, at=MORNING, **values):
        with freeze_time(at):
            return self.claim(self.asset, *args, **values)
