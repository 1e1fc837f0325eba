# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestVisitGift(VisitCase):
    """A small gift at the first visit of whoever bought expensive goods (requirement 55)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift = cls.good("Coffee set", 20.0)
        cls.load(cls.gift, 5)
        cls.plan.write({"gift_product_id": cls.gift.id, "gift_min_value": 5000.0})

    def sell_gifted(self, quantity=10):
        self.contract = self.sell_on(
            "2026-03-15 06:00:00", (self.goods, quantity), (self.plan_product, 1)
        )
        self.visit = self.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)
        self.contract.visit_ids.person_id = self.technician
        return self.contract.visit_ids.part_ids

    def test_the_first_visit_brings_it_once(self):
        gift = self.sell_gifted()
        self.assertRecordValues(
            gift,
            [
                {
                    "visit_id": self.visit.id,
                    "product_id": self.gift.id,
                    "quantity": 1,
                    "is_gift": True,
                    "is_excess": False,
                }
            ],
        )
        self.contract._open_periods()
        self.env["aftersales.visit.planner"]._follow(self.contract)
        self.assertEqual(self.contract.visit_ids.part_ids, gift)

    def test_goods_below_the_value_bring_none(self):
        self.assertFalse(self.sell_gifted(9))

    def test_the_plan_changes_no_sold_contract(self):
        self.sell_gifted()
        self.plan.gift_product_id = False
        self.assertEqual(self.contract.gift_product_id, self.gift)

    def test_it_leaves_stock_and_is_a_cost_that_nobody_is_charged_for(self):
        self.sell_gifted()
        self.complete()
        self.assertEqual(self.held(self.gift), 4)
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual((costs["gifts"], costs.get("visit_parts")), (20.0, None))
        self.assertEqual(self.contract._used_value(), sum(costs.values()) - 20.0)

    def test_a_vain_visit_passes_it_on_to_the_next(self):
        gift = self.sell_gifted()
        self.complete(outcome="no_access")
        self.assertEqual(self.held(self.gift), 5)
        self.assertEqual(gift.visit_id.aftersales_visit_number, 2)

    def test_a_contract_in_another_currency_compares_in_its_own(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2026-01-01"}
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        with freeze_time("2026-03-15 06:00:00"):
            order = self.quote((self.goods, 10), (self.plan_product, 1), pricelist_id=pricelist.id)
            order.order_line[0].price_unit = 250.0
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.assertEqual(order.aftersales_contract_ids._goods_value(), 5000.0)
        self.assertTrue(order.aftersales_contract_ids.visit_ids.part_ids.is_gift)

    def test_wrong_terms_are_refused(self):
        with self.assertRefused("cannot be negative"):
            self.plan.gift_min_value = -1
        with self.assertRefused("is no goods"):
            self.plan.gift_product_id = self.plan_product
