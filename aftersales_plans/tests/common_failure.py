# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time

from .common import AfterSalesCase


class FailureCase(AfterSalesCase):
    """Ten boilers under a plan since 1 January 2026, and a way to let some fail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.categ_id = cls.env["product.category"].create({"name": "Boilers"})
        cls.goods.standard_price = 300.0
        with freeze_time("2026-01-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids

    def break_down(self, day, quantity=1, cause=None, asset=None):
        with freeze_time(f"{day} 10:00:00"):
            claim = self.claim(asset or self.asset, quantity, cause=cause or self.accident)
            claim.action_approve()
            self.deliver(claim.sudo().picking_ids)
        return claim

    def counted(self, day, product=None):
        product = product or self.goods
        return self.env["aftersales.failure"]._counted(product, self.company, day)[product]
