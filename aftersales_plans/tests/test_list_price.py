# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestListPrice(AfterSalesCase):
    """A second company whose money is worth half; products are priced in that of the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        half = cls.env["res.currency"].create(
            {"name": "THF", "symbol": "H", "rounding": 0.01,
             "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2.0})]}
        )  # fmt: skip
        cls.second = cls.env["res.company"].create({"name": "T second", "currency_id": half.id})
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.company.currency_id.id, "company_id": cls.second.id,
                 "name": "2026-01-01", "rate": 0.5},
                {"currency_id": half.id, "company_id": cls.second.id, "name": "2026-01-01",
                 "rate": 1.0},
            ]
        )  # fmt: skip
        cls.enterClassContext(freeze_time("2026-04-06 10:00:00"))

    def test_it_is_told_in_the_money_of_who_sells(self):
        self.assertEqual(self.goods._aftersales_list_price(self.company), 500.0)
        self.assertEqual(self.goods._aftersales_list_price(self.second), 1000.0)

    def test_rates_nobody_agreed_on(self):
        terms = {"name": "T", "contract_kind": "time_material"}
        plan = self.env["aftersales.plan"].new({**terms, "company_id": self.second.id})
        self.assertEqual(plan._rates(), (160.0, 120.0))
        self.assertIn("160.00", plan.kind_in_words)
        plan.hour_rate = 45.0
        self.assertEqual(plan._rates(), (160.0, 45.0))

    def test_prices_beside_a_suggestion_are_told_in_the_money_of_the_plan(self):
        plan = self.env["aftersales.plan"].create(
            {"name": "T second", "code": "TS", "company_id": self.second.id}
        )
        product = self.env["product.template"].create(
            {"name": "T", "type": "service", "list_price": 300.0, "taxes_id": [Command.clear()],
             "aftersales_plan_id": plan.id}
        )  # fmt: skip
        self.assertEqual(product.currency_id, self.company.currency_id)
        self.assertEqual(product.aftersales_price_now, 600.0)
        self.assertEqual(product.aftersales_plan_currency_id, self.second.currency_id)

    def test_what_a_claim_charges(self):
        claim = self.env["aftersales.claim"].new({"company_id": self.second.id, "labour_hours": 2})
        line = {"claim_id": claim.id, "product_id": self.goods.id, "quantity": 3}
        goods = claim.line_ids.new({**line, "cause_id": self.accident.id})
        no_fault = self.env.ref("aftersales_plans.cause_no_fault")
        call = claim.line_ids.new({**line, "cause_id": no_fault.id})
        self.assertEqual((goods._price(), goods.list_value), (1000.0, 3000.0))
        self.assertEqual((call._price(), call.list_value), (160.0, 0.0))
        claim.after_hours = False
        self.assertEqual(claim._prepare_labour()["price_unit"], 120.0)
