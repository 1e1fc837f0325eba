# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..cost import expected_within
from ..failure import Ages, Rate
from ..outlook import Covered, Outlook, expected_failures, parts_cost


def rate(per_month):
    return Rate(9, 900, per_month, 0.0, 1.0)


PLAIN = Outlook(
    rate=rate(0.01),
    ages=Ages({}, None, None),
    free=0.0,
    counted=1.0,
    free_later=0.0,
    counted_later=0.0,
    guarantee_months=24,
    unit_cost=100.0,
)


class TestOutlook(TestCase):
    def test_every_month_has_the_rate_of_its_age(self):
        old = PLAIN._replace(ages=Ages({1: rate(0.02), 3: rate(0.05)}, 3, rate(0.05)))
        _free, counted = expected_failures(old, 18, range(24))
        self.assertAlmostEqual(counted, 6 * 0.02 + 12 * 0.01 + 6 * 0.05)

    def test_what_is_older_than_anything_measured_fails_like_the_oldest(self):
        old = PLAIN._replace(ages=Ages({3: rate(0.05)}, 3, rate(0.05)))
        self.assertAlmostEqual(expected_failures(old, 120, range(12))[1], 12 * 0.05)

    def test_unknown_age_is_any_age(self):
        old = PLAIN._replace(ages=Ages({0: rate(0.5)}, 0, rate(0.5)))
        self.assertAlmostEqual(expected_failures(old, None, range(12))[1], 0.12)

    def test_defects_cost_the_plan_nothing_while_the_law_pays(self):
        defects = PLAIN._replace(counted=0.0, free_later=1.0)
        self.assertEqual(expected_failures(defects, 0, range(12)), (0.0, 0.0))
        self.assertAlmostEqual(expected_failures(defects, 18, range(12))[0], 0.06)
        self.assertAlmostEqual(expected_failures(defects, None, range(12))[0], 0.12)

    def test_the_quota_counts_in_each_contract_year(self):
        goods = [Covered(1, 10, 0)]  # 1.2 failures expected in a year
        self.assertAlmostEqual(parts_cost(goods, {1: PLAIN}, 12, None), 120)
        one = expected_within(1.2, 1) * 100
        self.assertAlmostEqual(parts_cost(goods, {1: PLAIN}, 12, 1), one)
        half = expected_within(0.6, 1) * 100
        self.assertAlmostEqual(parts_cost(goods, {1: PLAIN}, 18, 1), one + half)

    def test_goods_share_one_quota(self):
        dear = PLAIN._replace(unit_cost=1000.0)
        goods = [Covered(1, 10, 0), Covered(2, 5, 0)]
        share = expected_within(1.8, 1) / 1.8
        expected = (1.2 * 100 + 0.6 * 1000) * share
        self.assertAlmostEqual(parts_cost(goods, {1: PLAIN, 2: dear}, 12, 1), expected)

    def test_nothing_covered_and_nothing_paid_cost_nothing(self):
        self.assertEqual(parts_cost([], {}, 12, 1), 0.0)
        unpaid = PLAIN._replace(counted=0.0)
        self.assertEqual(parts_cost([Covered(1, 3, 0)], {1: unpaid}, 12, 1), 0.0)

    def test_defects_after_the_guarantee_may_use_the_quota(self):
        defects = PLAIN._replace(counted_later=0.5)
        self.assertAlmostEqual(expected_failures(defects, 24, range(12))[1], 0.18)
        self.assertAlmostEqual(expected_failures(defects, 23, range(2))[1], 0.025)

    def test_what_the_plan_pays_beside_the_quota_costs_the_same(self):
        free = PLAIN._replace(free=1.0, counted=0.0)
        goods = [Covered(1, 10, 0), Covered(1, 5, 0)]
        self.assertAlmostEqual(parts_cost(goods, {1: free}, 12, 1), 180)

    def test_the_age_of_the_goods_counts(self):
        old = PLAIN._replace(ages=Ages({0: rate(0.02)}, None, None))
        self.assertAlmostEqual(parts_cost([Covered(1, 10, 0)], {1: old}, 12, None), 240)
        self.assertAlmostEqual(parts_cost([Covered(1, 10, 12)], {1: old}, 12, None), 120)

    def test_what_one_unit_needs_is_kept_for_the_next_contract(self):
        memory = {(1, 0, 0): (0.0, 0.5)}
        goods = [Covered(1, 10, 0)]
        self.assertAlmostEqual(parts_cost(goods, {1: PLAIN}, 12, None, memory), 500)
