# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import freeze_time

from odoo.addons.aftersales_plans.tests.common_discount import DiscountCase


@freeze_time("2026-03-16 09:00:00")
class TestFewerVisits(DiscountCase):
    """A plan with fewer visits for a lower price, from the quotation to the visits (28)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.visit_interval_months = 3
        cls.visits = cls.reduction("2 visits a year", kind="visits", number=6, discount_percent=10)

    def test_a_discount_above_the_limit_takes_visits_off(self):
        order, line = self.offer_plan(20)
        with self.assertRefused("20 % off; the plan allows 10 %"):
            order.action_confirm()
        line.aftersales_reduction_ids = self.visits
        self.assertIn("2 visits a year", line.name)
        self.assertIn("2 inspection visits", order._aftersales_plans_told()[0]["benefits"])
        order.action_confirm()
        contract = order.sudo().aftersales_contract_ids
        self.assertEqual((contract.visit_interval_months, contract.amount_untaxed), (6, 480.0))
        rows = contract.entitlement_ids.filtered(lambda row: row.kind == "visit")
        self.assertEqual(sum(rows.mapped("included")), 2)
        self.assertEqual(len(contract.visit_ids), 2)
        self.assertEqual(self.plan.visit_interval_months, 3)

    def test_what_does_not_make_them_fewer_takes_nothing_off(self):
        for months in (3, 2, 1):
            more = self.reduction("Visits", kind="visits", number=months)
            with self.assertRefused("takes nothing off"):
                self.offer_plan(0, [more])
        self.plan.visit_interval_months = 7  # two visits, as with one every 8 months
        with self.assertRefused("takes nothing off"):
            self.offer_plan(0, [self.reduction("Visits", kind="visits", number=8)])
        none = self.reduction("No visits", kind="visits", number=0)
        _order, line = self.offer_plan(0, [none])
        self.assertEqual(line._aftersales_promised().visit_interval_months, 0)
