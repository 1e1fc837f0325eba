# SPDX-License-Identifier: LGPL-3.0-or-later
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
                            "name": "Off",
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

    def test_what_a_discount_reduces_and_what_is_no_goods(self):
        """Rewards are reckoned on what is left of the lines a discount takes from."""
        card = self.env["loyalty.program"].create_from_template("gift_card")["res_id"]
        card = self.env["loyalty.program"].browse(card)
        gift_cards = self._product("Gift card", 50.0, type="service")
        card.rule_ids.product_ids = gift_cards
        order = self._order(
            (self.goods, 1000.0), (self.goods_untaxed, 200.0), (gift_cards, 50.0), confirm=False
        )
        goods, cheap, gift = order.order_line
        kinds = [line._referral_kind(gift_cards) for line in order.order_line]
        self.assertEqual(kinds, ["goods", "goods", "gift_card"])
        for applicability, values, reduced in (
            ("cheapest", {}, [gift]),
            ("specific", {"discount_product_ids": [Command.set(cheap.product_id.ids)]}, [cheap]),
            ("order", {}, [goods, cheap, gift]),
        ):
            with self.subTest(applicability):
                reward = {"reward_type": "discount", "discount": 10, **values}
                program = self.env["loyalty.program"].create(
                    {
                        "name": "P",
                        "program_type": "promotion",
                        "reward_ids": [
                            Command.create({**reward, "discount_applicability": applicability})
                        ],
                    }
                )
                discount = self.env["sale.order.line"].new(
                    {"order_id": order.id, "reward_id": program.reward_ids.id}
                )
                self.assertEqual(discount._referral_discounted([goods, cheap, gift]), reduced)
