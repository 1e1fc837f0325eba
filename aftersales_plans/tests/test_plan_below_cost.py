# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common_discount import DiscountCase


@tagged("post_install", "-at_install")
class TestPlanBelowCost(DiscountCase):
    """A plan sold below what it is expected to cost is a warning, or a decision (30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.discount_limit_percent = 100
        cls.goods.standard_price = 400.0

    def fail(self, units):
        """Deliver 10 boilers in January 2024, of which some fail by accident."""
        with freeze_time("2024-01-10 09:00:00"):
            order = self.quote((self.goods, 10))
            order.action_confirm()
            self.deliver(order.picking_ids)
        asset = self.env["aftersales.asset"].search(
            [("move_id.sale_line_id", "in", order.order_line.ids)]
        )
        for month in range(units):
            with freeze_time(f"2024-{month + 3:02d}-10 09:00:00"):
                self.claim(asset, user=self.manager).action_approve()

    def test_without_enough_data_it_says_so_and_asks_nobody(self):
        self.fail(2)
        self.company.aftersales_approve_below_cost = True
        order, _line = self.offer_plan(99)
        self.assertIn("not enough data", order.aftersales_cost_missing)
        self.assertFalse(order.aftersales_cost_told)
        self.assertFalse(order.aftersales_approval_told)
        order.action_confirm()

    def test_below_it_the_seller_is_warned_with_the_figures(self):
        self.fail(6)
        order, line = self.offer_plan()
        expected = line._aftersales_expected_cost()
        self.assertGreater(expected.total, 10)
        self.assertFalse(expected.missing)
        line.price_unit = 10
        money = self.company.currency_id.format
        for amount in (10, expected.total, expected.parts, expected.total - 10):
            self.assertIn(money(amount), order.aftersales_cost_told)
        self.assertFalse(order.aftersales_approval_told)
        order.action_confirm()

    def test_where_the_company_wants_it_the_manager_decides(self):
        self.fail(6)
        self.company.aftersales_approve_below_cost = True
        order, line = self.offer_plan()
        self.assertFalse(order.aftersales_approval_told)
        line.price_unit = 10
        self.assertFalse(order.aftersales_cost_told, "it is told once")
        with self.assertRefused("below its expected cost"):
            order.action_confirm()
        self.by(self.decider, order).action_approve_aftersales_prices()
        line.price_unit = 9
        self.assertFalse(order.aftersales_approval_state)
        line.price_unit = 10
        self.by(self.decider, order).action_approve_aftersales_prices()
        (order.order_line - line).product_uom_qty = 2
        self.assertFalse(order.aftersales_approval_state, "more goods cost more")
        self.by(self.decider, order).action_approve_aftersales_prices()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_what_is_taken_off_lowers_the_cost(self):
        self.fail(6)
        none = self.reduction("No replacements", number=0)
        _order, line = self.offer_plan(0, [none])
        self.assertEqual(line._aftersales_expected_cost().parts, 0.0)
