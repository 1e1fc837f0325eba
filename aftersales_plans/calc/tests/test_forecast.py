# SPDX-License-Identifier: LGPL-3.0-or-later
from bisect import bisect_left
from datetime import date, timedelta
from itertools import accumulate
from math import exp, factorial, lgamma, log
from random import Random
from unittest import TestCase

from ..failure import (
    BY_AGE,
    BY_CATEGORY,
    BY_OLD,
    BY_PRODUCT,
    DAYS_PER_MONTH,
    Ages,
    Rate,
    by_year,
    measured,
    rate_at,
)
from ..forecast import (
    Demand,
    Units,
    Use,
    demand,
    interval,
    parts_per_failure,
    pieces_per_failure,
    within,
)

#: Failures of one unit in a month, by year of age: sound after the first year, then worn out.
TRUE_RATES = (0.004, 0.002, 0.004, 0.010, 0.022, 0.040)


def rate(per_month):
    return Rate(9, 900, per_month, per_month / 2, per_month * 2)


class TestRates(TestCase):
    def test_the_nearest_rate_that_is_known_is_taken(self):
        old, product, category = rate(0.03), rate(0.02), rate(0.01)
        ages, nothing = Ages({2: old}, 2, old), Ages({}, None, None)
        self.assertEqual(rate_at(2, ages, product, category), (old, BY_AGE))
        self.assertEqual(rate_at(1, ages, product, category), (product, BY_PRODUCT))
        self.assertEqual(rate_at(3, ages, product, category), (old, BY_OLD))
        self.assertEqual(rate_at(None, ages, product, category), (product, BY_PRODUCT))
        self.assertEqual(rate_at(2, nothing, None, category), (category, BY_CATEGORY))
        self.assertEqual(rate_at(2, nothing, None, None), (None, None))

    def test_the_last_years_are_added_up_until_they_tell_a_rate(self):
        counted = {0: (30, 3000), 1: (9, 2000), 2: (2, 1000), 3: (0, 500)}
        ages = by_year(counted)
        self.assertEqual((ages.old_from, ages.old), (1, measured(11, 3500)))
        self.assertEqual(rate_at(1, ages, None)[0], measured(9, 2000))
        self.assertEqual(rate_at(2, ages, None)[0], measured(11, 3500))

    def test_goods_that_fail_young_do_not_fail_old_as_often(self):
        ages = by_year({0: (30, 300), 1: (1, 300), 2: (0, 300)})
        everything = measured(31, 900)
        self.assertEqual(rate_at(2, ages, everything), (everything, BY_PRODUCT))
        self.assertEqual(by_year({}), Ages({}, None, None))

    def test_without_any_rate_nothing_is_expected_and_not_zero(self):
        self.assertIsNone(demand([Units(0, 5, 150, 150)], lambda _age: (None, None)))
        self.assertIsNone(demand([], lambda _age: (rate(0.1), BY_AGE)))

    def test_units_of_an_unknown_rate_add_nothing_to_the_others(self):
        rates = {0: (rate(0.01), BY_AGE), 1: (None, None)}
        units = [Units(0, 10, 10 * DAYS_PER_MONTH, 0), Units(1, 99, 99 * 31, 99 * 31)]
        self.assertEqual(demand(units, rates.get), Demand(0.1, 0.0))

    def test_few_failures_do_not_tell_what_a_failure_takes(self):
        self.assertEqual(parts_per_failure(Use(3, {7: 2, 8: 3}), None), {7: 2 / 3, 8: 1})
        self.assertIsNone(parts_per_failure(Use(2.9, {7: 2}), None))
        self.assertEqual(parts_per_failure(None, {7: 1.0}), {7: 1.0})
        self.assertEqual(parts_per_failure(Use(3, {}), {7: 1.0}), {})
        self.assertIsNone(pieces_per_failure([]))
        self.assertEqual(pieces_per_failure([Use(2, {7: 1}), Use(1, {8: 2})]), 1.0)


class TestDemand(TestCase):
    def test_it_is_what_counting_unit_by_unit_and_day_by_day_gives(self):
        random = Random(20260415)
        first, days = date(2026, 5, 1), 31
        rates = Ages({age: rate(r) for age, r in enumerate(TRUE_RATES)}, None, None)
        groups, failures, covered = {}, 0.0, 0.0
        for _unit in range(300):
            delivered = date(2021, 1, 1) + timedelta(random.randrange(1900))
            cover_end = delivered + timedelta(random.randrange(2500))
            middle = first + timedelta(days // 2)
            age = middle.year - delivered.year
            age -= (middle.month, middle.day) < (delivered.month, delivered.day)
            days_covered = 0
            for number in range(days):
                chance = TRUE_RATES[age] / DAYS_PER_MONTH
                failures += chance
                if first + timedelta(number) <= cover_end:
                    covered += chance
                    days_covered += 1
            units, unit_days, covered_days = groups.get(age, (0, 0, 0))
            groups[age] = units + 1, unit_days + days, covered_days + days_covered
        found = demand(
            [Units(age, *numbers) for age, numbers in groups.items()],
            lambda age: rate_at(age, rates, None, None),
        )
        self.assertAlmostEqual(found.failures, failures, 9)
        self.assertAlmostEqual(found.covered, covered, 9)

    def test_days_are_taken_from_the_months_they_lie_in(self):
        months = [(10, 1.0), (30, 6.0), (31, 3.1)]
        self.assertEqual([within(months, days) for days in (0, 5, 10, 40)], [0, 0.5, 1, 7])
        self.assertAlmostEqual(within(months, 50), 8.0)
        self.assertAlmostEqual(within(months, 142), 20.2)
        self.assertEqual(within([], 30), 0.0)


class TestInterval(TestCase):
    def test_one_in_ten_lies_outside_on_each_side(self):
        for mean in (0.05, 0.3, 1, 2.7, 8, 33.3):
            low, high = interval(mean)
            chances = [exp(-mean) * mean**count / factorial(count) for count in range(high + 1)]
            with self.subTest(mean=mean):
                self.assertLess(sum(chances[:low]), 0.1)
                self.assertGreaterEqual(sum(chances[: low + 1]), 0.1)
                self.assertGreaterEqual(sum(chances), 0.9)
                self.assertLess(sum(chances[:-1]), 0.9)

    def test_many_are_told_as_exactly_as_few(self):
        (low, high), (next_low, next_high) = interval(700.0), interval(700.1)
        self.assertLessEqual(abs(next_low - low), 1)
        self.assertLessEqual(abs(next_high - high), 1)
        low, high = interval(1e6)
        self.assertAlmostEqual((high - low) / 2, 1281.6, delta=1)

    def test_most_of_many_are_told_exactly_and_the_others_within_one(self):
        off = []
        for mean in (701 + 3.7 * number for number in range(20)):
            chances = [exp(n * log(mean) - mean - lgamma(n + 1)) for n in range(1000)]
            counted = list(accumulate(chances))
            exact = bisect_left(counted, 0.1), bisect_left(counted, 0.9)
            off += [told - right for told, right in zip(interval(mean), exact, strict=True)]
        self.assertLessEqual(set(off), {-1, 0, 1})
        self.assertLess(off.count(-1), 4)
        self.assertLess(off.count(1), 8)

    def test_nothing_is_nothing(self):
        self.assertEqual(interval(0), (0, 0))
        self.assertEqual(interval(-1), (0, 0))


class TestAgainstTheNaiveMean(TestCase):
    """Goods that grow old: whoever takes the mean of the past forgets that they do."""

    PAST, AHEAD = 66, 12  # months; after six years goods are thrown away
    YOUNG = 46  # months in which no goods grew as old as they will be

    def test_the_error_is_smaller_than_that_of_the_mean_of_the_past(self):
        for seed in range(5):
            random = Random(seed)
            sold = [random.randrange(20, 60) for _month in range(self.PAST)]
            counts = self._simulate(sold, random)
            past = [sum(counts[month].values()) for month in range(self.PAST)]
            truth = [
                sum(counts[month].values()) for month in range(self.PAST, self.PAST + self.AHEAD)
            ]
            forecast = self._forecast(sold, counts)
            naive, recent = sum(past) / len(past), sum(past[-12:]) / 12
            with self.subTest(seed=seed):
                error = self._error(forecast, truth)
                self.assertLess(error, 0.5 * self._error([naive] * self.AHEAD, truth))
                self.assertLess(error, self._error([recent] * self.AHEAD, truth))

    def test_most_months_lie_in_the_interval(self):
        inside = self._inside()
        self.assertGreater(inside, 0.7)
        self.assertLess(inside, 0.95)

    def test_most_months_lie_in_the_interval_of_goods_older_than_any_before(self):
        self.PAST = self.YOUNG
        self.assertGreater(self._inside(), 0.65)  # 0.57 with the rate of all ages

    def _inside(self):
        """Return the share of months whose failures lie in the interval that was forecast."""
        inside = months = 0
        for seed in range(20):
            random = Random(1000 + seed)
            sold = [random.randrange(20, 60) for _month in range(self.PAST)]
            counts = self._simulate(sold, random)
            for number, mean in enumerate(self._forecast(sold, counts)):
                low, high = interval(mean)
                inside += low <= sum(counts[self.PAST + number].values()) <= high
                months += 1
        return inside / months

    def _simulate(self, sold, random):
        """Return {failures by year of age} of each month; what fails is mended and stays."""
        months = []
        for month in range(self.PAST + self.AHEAD):
            failed = {}
            for age, quantity in self._in_use(sold, month):
                hits = sum(random.random() < TRUE_RATES[age] for _unit in range(quantity))
                failed[age] = failed.get(age, 0) + hits
            months.append(failed)
        return months

    def _in_use(self, sold, month):
        """Yield (year of age, units) of what was sold before ``month`` and is not worn out."""
        for bought, quantity in enumerate(sold[:month]):
            age = (month - bought) // 12
            if age < len(TRUE_RATES):
                yield age, quantity

    def _forecast(self, sold, counts):
        """Return what is expected of each month ahead, by the rates the past shows."""
        failures, exposure = {}, {}
        for month in range(self.PAST):
            for age, quantity in self._in_use(sold, month):
                exposure[age] = exposure.get(age, 0) + quantity
            for age, number in counts[month].items():
                failures[age] = failures.get(age, 0) + number
        ages = by_year({age: (failures.get(age, 0), exposure[age]) for age in exposure})
        product = measured(sum(failures.values()), sum(exposure.values()))
        ahead = []
        for month in range(self.PAST, self.PAST + self.AHEAD):
            units = {}
            for age, quantity in self._in_use(sold, month):
                units[age] = units.get(age, 0) + quantity
            cells = [Units(age, n, n * DAYS_PER_MONTH, 0) for age, n in units.items()]
            ahead.append(demand(cells, lambda age: rate_at(age, ages, product)).failures)
        return ahead

    def _error(self, forecast, truth):
        return sum(abs(a - b) for a, b in zip(forecast, truth, strict=True)) / len(truth)
