from odoo import Command

from .common_credit import CreditCommon


class TestPromotionPlan(CreditCommon):
    """Coupons and store credit are no discount somebody must answer for (requirement 28)."""

    def sold_plan(self, program_type):
        """Return the plan line of an order with 30 off by a program of some kind."""
        program = self.env["loyalty.program"].create(
            {
                "name": "P",
                "program_type": program_type,
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 30})],
            }
        )
        plan = self.env["aftersales.plan"].create(
            {"name": "P", "code": "P-28", "discount_limit_percent": 10}
        )
        product = self.env["product.product"].create(
            {
                "name": "P",
                "type": "service",
                "list_price": 100,
                "taxes_id": False,
                "aftersales_plan_id": plan.id,
            }
        )
        off = self.env["product.product"].create(
            {"name": "Off", "type": "service", "taxes_id": False}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.referrer.id,
                "order_line": [
                    Command.create({"product_id": product.id}),
                    Command.create(
                        {
                            "product_id": off.id,
                            "price_unit": -30,
                            "reward_id": program.reward_ids.id,
                        }
                    ),
                ],
            }
        )
        return order.order_line[0]

    def test_a_promotion_lowers_the_price_and_asks_nobody(self):
        line = self.sold_plan("promotion")
        self.assertEqual(line._aftersales_net_price(), 70.0)
        self.assertFalse(line.order_id.aftersales_approval_told)
        line.discount = 11
        self.assertIn("11 % off", line.order_id.aftersales_approval_told)

    def test_store_credit_is_money(self):
        line = self.sold_plan("ewallet")
        self.assertEqual(line._aftersales_net_price(), 100.0)
        self.assertFalse(line.order_id.aftersales_approval_told)
