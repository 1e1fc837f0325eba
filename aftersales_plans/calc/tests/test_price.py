# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..goods import Goods
from ..price import Point, Weighed, age_factor, combined, factor_at, mean, share, together

AGES = [Point(3, 1.0), Point(7, 1.3)]


class TestPrice(TestCase):
    def test_7_years_cost_1_30_times_3_years(self):
        self.assertEqual(age_factor(AGES, 84) / age_factor(AGES, 36), 1.3)

    def test_between_two_points_the_factor_is_straight(self):
        self.assertAlmostEqual(age_factor(AGES, 60), 1.15)
        self.assertAlmostEqual(age_factor(AGES, 66), 1.1875)

    def test_outside_the_points_the_factor_is_level(self):
        self.assertEqual(age_factor(AGES, 0), 1.0)
        self.assertEqual(age_factor(AGES, 240), 1.3)

    def test_order_of_points_does_not_matter(self):
        self.assertAlmostEqual(age_factor(AGES[::-1], 60), 1.15)

    def test_on_a_point_its_own_factor_counts(self):
        points = [Point(1, 1.0), Point(2, 1.5), Point(3, 0.7)]
        self.assertEqual([factor_at(points, at) for at in (1, 2, 3)], [1.0, 1.5, 0.7])

    def test_one_point_is_level_everywhere(self):
        self.assertEqual([factor_at([Point(5, 1.2)], at) for at in (0, 5, 9)], [1.2] * 3)

    def test_unknown_age_and_no_points_count_1(self):
        self.assertEqual(age_factor(AGES, None), 1.0)
        self.assertEqual(factor_at([], 4), 1.0)

    def test_factors_are_weighed_by_value(self):
        self.assertAlmostEqual(mean([Weighed(1.0, 300.0, 1), Weighed(1.4, 100.0, 9)]), 1.1)

    def test_by_quantity_where_no_goods_have_a_value(self):
        self.assertAlmostEqual(mean([Weighed(1.0, 0.0, 3), Weighed(1.4, 0.0, 1)]), 1.1)

    def test_goods_without_value_weigh_nothing_beside_others(self):
        self.assertEqual(mean([Weighed(1.0, 300.0, 1), Weighed(1.4, 0.0, 9)]), 1.0)

    def test_small_values_and_quantities_weigh_like_large_ones(self):
        self.assertAlmostEqual(mean([Weighed(1.0, 0.3, 9), Weighed(1.4, 0.1, 1)]), 1.1)
        self.assertAlmostEqual(mean([Weighed(1.0, 0.0, 0.3), Weighed(1.4, 0.0, 0.1)]), 1.1)
        self.assertAlmostEqual(share([Goods(1, 2, 0, 0.5)], 8), 0.04)

    def test_no_goods_have_factor_1(self):
        self.assertEqual(mean([]), 1.0)
        self.assertEqual(combined([]), 1.0)

    def test_factors_multiply(self):
        self.assertAlmostEqual(combined([1.15, 1.1, 0.9]), 1.1385)

    def test_a_share_of_goods_without_value_is_not_known(self):
        self.assertEqual(share([Goods(1, 2, 0, 1000.0)], 8), 80.0)
        self.assertIsNone(share([], 8))
        self.assertIsNone(share([Goods(1, 2, 0, 1000.0), Goods(2, 1, 0, 0.0)], 8))

    def test_goods_of_one_product_and_age_are_one(self):
        goods = [
            Goods(1, 2, 0, 20.0),
            Goods(2, 1, 0, 5.0),
            Goods(1, 1, 0, 9.0),
            Goods(1, 1, 12, 9.0),
        ]
        self.assertEqual(
            together(goods), [Goods(1, 3, 0, 29.0), Goods(2, 1, 0, 5.0), Goods(1, 1, 12, 9.0)]
        )
