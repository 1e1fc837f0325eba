# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, tagged

from ..calc.failure import measured
from .common_failure import FailureCase

MONTH = 30.4375


@tagged("post_install", "-at_install")
class TestFailure(FailureCase):
    """Failures and the time in use, counted from deliveries, returns and claims."""

    def test_what_was_split_off_counts_the_time_before_once(self):
        """10 units from 1 January; 2 replaced on 1 March by 2 new ones; asked on 1 July."""
        self.break_down("2026-03-01", 2)
        counted = self.counted(date(2026, 7, 1))
        days = 8 * 181 + 2 * 59 + 2 * 122
        self.assertEqual(counted.failures, 2)
        self.assertAlmostEqual(counted.unit_months, days / MONTH, 9)

    def test_a_day_in_the_past_knows_nothing_of_what_came_later(self):
        self.break_down("2026-03-01", 2)
        counted = self.counted(date(2026, 2, 1))
        self.assertEqual(counted.failures, 0)
        self.assertAlmostEqual(counted.unit_months, 310 / MONTH, 9)

    def test_goods_sent_back_count_the_days_they_were_away(self):
        with freeze_time("2026-01-04 12:00:00"):
            self.send_back(self.asset.picking_id, 4)
        self.assertAlmostEqual(
            self.counted(date(2026, 2, 1)).unit_months, (6 * 31 + 4 * 3) / MONTH, 9
        )

    def test_an_open_a_cancelled_and_a_false_alarm_are_no_failures(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.claim(self.asset)
            self.claim(self.asset).action_cancel()
            no_fault = self.env.ref("aftersales_plans.cause_no_fault")
            self.claim(self.asset, cause=no_fault).action_approve()
        self.assertEqual(self.counted(date(2026, 7, 1)).failures, 0)

    def test_goods_out_since_nobody_knows_when_are_left_out_and_told(self):
        self.asset.sudo().write({"status": "scrapped", "date_out": False})
        counted = self.counted(date(2026, 7, 1))
        self.assertEqual((counted.unit_months, counted.unknown), (0, 10))
        told = self.env["aftersales.failure"]._known_in_words(counted)
        self.assertEqual(
            told,
            "not enough data: 0 failures in 0 unit-months; 10 units of unknown age left out",
        )

    def test_another_company_sees_nothing_of_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.break_down("2026-03-01", 3)
        rates = self.env["aftersales.failure"]._rates(self.goods, other, date(2026, 7, 1))
        self.assertEqual(rates, {self.goods: None})

    def test_one_failure_is_not_enough_and_three_are(self):
        self.break_down("2026-03-01")
        with freeze_time("2026-07-01 10:00:00"):
            told = self.goods.aftersales_failure_rate
            self.assertEqual(told, "not enough data: 1 failure in 59 unit-months")
            self.assertIn("1 failure in 59", self.goods.product_tmpl_id.aftersales_failure_rate)
        self.break_down("2026-04-01", 2)
        rate = self.env["aftersales.failure"]._rates(self.goods, self.company, date(2026, 7, 1))
        self.assertEqual(rate[self.goods], self.counted(date(2026, 7, 1)).rate)
        self.assertEqual(rate[self.goods].failures, 3)

    def test_each_year_of_age_has_a_rate_of_its_own(self):
        """10 units for 18 months; 3 fail in the first year, 3 in the second and are repaired."""
        self.break_down("2026-03-01", 3)
        self.break_down("2027-03-01", 3)
        rates = self.env["aftersales.failure"]._rates_by_age(
            self.goods, self.company, date(2027, 7, 1)
        )[self.goods]
        # 7 for a whole year, 3 until 1 March, 3 new ones from then on
        first = 7 * 365 + 3 * 59 + 3 * 365
        # 7 until 1 July, the new ones since their birthday; the plan is over and replaces none
        second = 7 * 181 + 3 * 122
        self.assertEqual(rates, {0: measured(3, first / MONTH), 1: measured(3, second / MONTH)})

    def test_a_constant_number_of_queries(self):
        products = self.goods + self.plan_product
        failure = self.env["aftersales.failure"]
        day = date(2026, 7, 1)
        failure._rates(products, self.company, day)
        with self.assertQueryCount(1):
            failure._rates(products, self.company, day)
        with self.assertQueryCount(1):
            failure._rates_by_age(products, self.company, day)
