# SPDX-License-Identifier: LGPL-3.0-or-later
import math
from unittest import TestCase

from ..cost import expected_within
from ..failure import measured, poisson_interval
from ..gamma import gamma_below


def poisson(mean, count):
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


class TestFailure(TestCase):
    def test_too_few_failures_or_too_little_time_tell_no_rate(self):
        self.assertIsNone(measured(0, 0))
        self.assertIsNone(measured(1, 8))
        self.assertIsNone(measured(2.9, 5000))
        self.assertIsNone(measured(3, 11.9))
        self.assertIsNotNone(measured(3, 12))

    def test_a_rate_is_failures_by_unit_months(self):
        rate = measured(6, 1200)
        self.assertEqual(rate.per_month, 0.005)
        self.assertAlmostEqual(rate.per_100_years, 6.0)
        low, high = poisson_interval(6)
        self.assertEqual(rate, (6, 1200, 0.005, low / 1200, high / 1200))

    def test_the_interval_is_exact(self):
        """Its ends are the means of which the count, or less, has 5 % (Garwood's definition)."""
        for count in (1, 2, 3, 7, 20, 150):
            low, high = poisson_interval(count)
            at_most = sum(poisson(high, n) for n in range(count + 1))
            at_least = 1 - sum(poisson(low, n) for n in range(count))
            self.assertAlmostEqual(at_most, 0.05, 9)
            self.assertAlmostEqual(at_least, 0.05, 9)

    def test_published_values(self):
        """Ends of 90 % intervals as tables print them."""
        for count, low, high in ((1, 0.0513, 4.7439), (3, 0.8177, 7.7537), (30, 21.5940, 40.6907)):
            for end, value in zip(poisson_interval(count), (low, high), strict=True):
                self.assertAlmostEqual(end, value, 3)

    def test_the_interval_grows_with_the_count_without_a_jump(self):
        ends = [poisson_interval(count / 2) for count in range(400)]
        for (low, high), (next_low, next_high) in zip(ends, ends[1:], strict=False):
            self.assertLess(low, next_low)
            self.assertLess(high, next_high)
            self.assertLess(low, high)

    def test_many_failures_are_no_trouble(self):
        low, high = poisson_interval(1_000_000)
        self.assertAlmostEqual(low / 1e6, 1 - 1.645e-3, 5)
        self.assertAlmostEqual(high / 1e6, 1 + 1.645e-3, 5)


class TestQuota(TestCase):
    def test_a_quota_gives_what_the_sum_over_all_counts_says(self):
        for mean in (0.01, 0.5, 1, 3.7, 20, 90):
            for quota in (1, 2, 3, 10, 80):
                summed = sum(min(n, quota) * poisson(mean, n) for n in range(300))
                self.assertAlmostEqual(expected_within(mean, quota), summed, 9)

    def test_no_quota_gives_nothing_and_no_limit_all(self):
        self.assertEqual(expected_within(2.5, 0), 0.0)
        self.assertEqual(expected_within(2.5, None), 2.5)
        self.assertEqual(expected_within(0.0, 3), 0.0)

    def test_a_count_reaches_zero_for_sure(self):
        self.assertEqual(gamma_below(0, 3.0), 1.0)
        self.assertEqual(gamma_below(2, 0.0), 0.0)
