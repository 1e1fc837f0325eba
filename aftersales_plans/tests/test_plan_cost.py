# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ..calc.cost import expected_within
from ..calc.goods import Goods
from .common_failure import FailureCase

DAY = date(2026, 7, 1)
MONTH = 30.4375


@tagged("post_install", "-at_install")
class TestPlanCost(FailureCase):
    """What a term of a plan is expected to cost, and the price that follows from it."""

    def boilers(self, quantity=10, age=0):
        return [Goods(self.goods.id, quantity, age, 0.0)]

    def expected(self, *goods):
        return self.plan._expected_cost(list(goods) or self.boilers(), self.company, DAY)

    def fail_often(self, cause=None):
        """Let 4 of 10 fail on 1 March: 4 failures in (6×181 + 4×59 + 4×122) days until 1 July."""
        self.break_down("2026-03-01", 4, cause=cause)
        return 4 / ((6 * 181 + 4 * 59 + 4 * 122) / MONTH)

    def test_rate_times_months_times_cost_within_the_quota(self):
        wanted = self.fail_often() * 12 * 10
        cost = self.expected()
        self.assertEqual(cost.missing, ())
        self.assertAlmostEqual(cost.parts, expected_within(wanted, 3) * 300, 6)
        self.plan.replacements_unlimited = True
        self.assertAlmostEqual(self.expected().total, wanted * 300, 6)

    def test_causes_the_plan_excludes_cost_it_nothing(self):
        self.fail_often()
        self.plan.excluded_cause_ids = self.accident
        self.assertEqual(self.expected()[:4], (0.0, 0.0, 0.0, ()))

    def test_defects_are_the_plans_once_the_guarantee_is_over(self):
        rate = self.fail_often(cause=self.defect)
        self.assertEqual(self.expected().parts, 0.0)
        old = self.expected(*self.boilers(1, 24))
        self.assertAlmostEqual(old.parts, rate * 12 * 300, 6)  # needs no replacement of the quota

    def test_a_plan_that_charges_parts_pays_none_and_needs_no_data(self):
        for kind in ("fixed_price", "time_material"):
            self.plan.contract_kind = kind
            self.assertEqual(self.expected()[:4], (0.0, 0.0, 0.0, ()))

    def test_goods_without_history_take_their_category_s(self):
        rate = self.fail_often()
        new = self.env["product.product"].create(
            {"name": "Boiler 2", "categ_id": self.goods.categ_id.id, "standard_price": 100.0}
        )
        self.plan.replacements_unlimited = True
        cost = self.expected(Goods(new.id, 2, 0, 0.0))
        self.assertEqual(cost.missing, ())
        self.assertAlmostEqual(cost.parts, rate * 12 * 2 * 100, 6)

    def test_too_little_is_said_and_never_a_number(self):
        self.break_down("2026-03-01")
        cost = self.expected()
        self.assertEqual(cost.total, 0)
        self.assertEqual(
            cost.missing, ("not enough data: Boiler: 1 failure in 59 unit-months",)
        )  # fmt: skip
        self.goods.categ_id = False
        self.assertTrue(self.expected().missing)
        self.assertTrue(self.plan._expected_cost([], self.company).missing)

    def test_goods_without_cost_are_named(self):
        self.fail_often()
        self.goods.standard_price = 0.0
        self.assertRegex(self.expected().missing[0], "Boiler has no cost")

    @freeze_time("2026-07-01 10:00:00")
    def test_a_quotation_knows_what_its_plan_will_cost(self):
        self.fail_often()
        line = self.quote((self.goods, 10), (self.plan_product, 1)).order_line[1]
        self.assertEqual(line._aftersales_expected_cost(), self.expected())

    @freeze_time("2026-07-01 10:00:00")
    def test_the_suggested_price_leaves_the_target_margin(self):
        """Contracts over 10 and 1 boilers: each with a quota of its own."""
        self.fail_often()
        self.plan.target_margin_percent = 25.0
        costs = [self.expected(*self.boilers(6, 6)), self.expected(*self.boilers(4, 4))]
        both = self.plan._covered_now()[self.plan.id]
        self.assertEqual(len(both.contracts), 1)
        together = self.plan._expected_cost(
            self.boilers(6, 6) + self.boilers(4, 4), self.company, DAY
        )
        self.assertLess(together.total, costs[0].total + costs[1].total)
        self.assertAlmostEqual(self.plan.suggested_price, together.total / 0.75, 2)
        self.assertEqual(self.plan.current_price, 600.0)
        self.assertAlmostEqual(
            self.plan.price_difference, self.plan.suggested_price - 600.0, 2
        )  # fmt: skip
        self.assertRegex(self.plan.suggested_price_reason, "1 running contract")
        template = self.plan_product.product_tmpl_id
        self.assertEqual(template.aftersales_price_difference, self.plan.price_difference)

    @freeze_time("2026-07-01 10:00:00")
    def test_a_share_of_the_goods_is_compared_with_a_share(self):
        self.fail_often()
        value = 10 * self.plan._net_values(self.goods, self.company)[self.goods.id]
        self.assertGreater(value, 0)
        self.assertEqual(self.plan.current_price, 600.0)
        self.plan.write({"price_policy": "percent", "price_percent": 8.0})
        self.assertAlmostEqual(self.plan.current_price, value * 0.08, 2)
        template = self.plan_product.product_tmpl_id
        self.assertAlmostEqual(template.aftersales_price_now, value * 0.08, 2)
        self.assertEqual(template.aftersales_price_difference, self.plan.price_difference)
        share = 100 * self.plan.suggested_price / value
        self.assertAlmostEqual(self.plan.suggested_percent, share, 2)
        before = self.plan.suggested_price
        self.plan.replacements_unlimited = True
        self.assertGreater(self.plan.suggested_price, before)

    def test_without_data_nothing_is_suggested(self):
        with freeze_time("2026-07-01 10:00:00"):
            self.assertEqual(self.plan.suggested_price, 0)
            self.assertRegex(
                self.plan.suggested_price_reason, "not enough data: Boiler: 0 failures"
            )
            other = self.plan.copy()
            self.assertRegex(other.suggested_price_reason, "no contract of this plan")

    def test_a_plan_nobody_has_had_has_no_real_cost(self):
        self.assertRegex(self.plan.copy().real_cost_reason, "not enough data")

    def test_real_cost_is_what_was_spent_by_the_years_contracts_have_run(self):
        self.break_down("2026-03-01", 1)
        claim = self.env["aftersales.claim"].search([("contract_id.plan_id", "=", self.plan.id)])
        contract = claim.contract_id
        spent = sum(contract._contract_costs()[contract].values())
        with freeze_time(contract.date_start + timedelta(days=100)):
            self.plan.invalidate_recordset()
            self.assertEqual(self.plan.real_cost, 0.0)
            self.assertRegex(self.plan.real_cost_reason, "only 0.3 contract-years")
        contract.date_end = contract.date_start + timedelta(days=730)
        with freeze_time(contract.date_end):
            self.plan.invalidate_recordset()
            self.assertAlmostEqual(self.plan.real_cost, spent * 365.25 / 731, 2)
            self.assertGreater(self.plan.real_cost, 0.0)

    def test_what_is_not_known_of_the_real_cost_is_said(self):
        for years, cost, unknown, words in (
            (0.0, 0.0, 0, "not enough data: no contract of this plan has run yet"),
            (0.25, 9.0, 0, "not enough data: only 0.2 contract-years so far"),
            (2.0, 9.0, 1, "not enough data: 1 cost is not known"),
            (2.0, 9.0, 4, "not enough data: 4 costs are not known"),
            (2.0, 0.0, 0, "nothing in 2 contract-years so far"),
            (2.0, 9.0, 0, "on average of 2 contract-years so far"),
        ):
            with self.subTest(words):
                self.assertEqual(self.plan._real_cost_in_words(years, cost, unknown), words)

    def test_three_gaps_are_named_and_the_others_counted(self):
        told = self.env["aftersales.plan"]._told([f"no cost of part {n}" for n in range(1, 6)])
        self.assertRegex(told, "^no cost of part 1; .*; and [0-9] more$")

    def test_the_pricing_mail_names_the_price_that_should_be_another(self):
        self.fail_often()
        with freeze_time("2026-07-01 10:00:00"):
            self.assertTrue(self.plan.suggested_price)
            told = self.company._aftersales_pricing_facts()["prices"]
            mine = [price for price in told if price["name"] == self.plan.name]
            money = self.company.currency_id.format
            self.assertEqual(mine[0]["current"], money(600.0))
            self.assertEqual(mine[0]["suggested"], money(self.plan.suggested_price))
            vals = self.company._prepare_pricing_mail(
                self.manager, self.company._aftersales_pricing_facts()
            )
        self.assertIn("Prices that should be others", vals["body_html"])

    def test_a_target_margin_lies_between_nothing_and_all(self):
        for wrong in (0, 100, -5):
            with self.assertRaises(ValidationError):
                self.plan.target_margin_percent = wrong

    def test_who_may_not_know_costs_learns_no_margin_to_work_them_out_from_the_price(self):
        self.assertEqual(self.plan.with_user(self.manager).target_margin_percent, 30.0)
        with self.assertRaises(AccessError):
            self.plan.with_user(self.agent).read(["target_margin_percent"])
