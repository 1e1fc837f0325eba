"""The oracles' own arithmetic, by examples worked out with pencil and paper."""

import unittest
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from odoo.addons.aftersales_plans.calc import forecast, gamma
from odoo.addons.aftersales_plans.calc.failure import poisson_interval

from .chance import APPROXIMATE_ABOVE, between, chance_up_to, gamma_up_to, is_between, mean_of
from .charge import begun
from .cost import given_free
from .goods import Registered
from .money import Money
from .parts import months_from
from .price import full_months, on_curve
from .script import PLANS, REDUCTIONS, make_up
from .tables import Days, Row, cents, month_ends


class TestOracle(unittest.TestCase):
    def money(self, *rests, **values):
        """Return books without a database, and one contract of a year."""
        money = Money.__new__(Money)
        money.rests = defaultdict(set)
        for first, last in rests:
            money.rests[1] |= set(Days(first, last))
        contract = {
            "id": 1, "state": "active", "date_closed": None,
            "date_start": date(2026, 3, 15), "date_end": date(2027, 3, 14),
        }  # fmt: skip
        return money, Row(contract | values)

    def test_a_year_from_15_march_earns_960_of_1200_by_new_year(self):
        money, contract = self.money()
        share = money.share(contract, date(2026, 12, 31))
        self.assertEqual(share, Fraction(292, 365))
        self.assertEqual(cents(1200 * share), Decimal("960.00"))
        self.assertEqual(money.share(contract, date(2026, 3, 14)), 0)
        self.assertEqual(money.share(contract, date(2026, 3, 15)), Fraction(1, 365))
        self.assertEqual(money.share(contract, date(2027, 3, 14)), 1)

    def test_suspended_days_earn_nothing(self):
        rest = (date(2026, 4, 1), date(2026, 4, 10))
        money, contract = self.money(rest, date_end=date(2027, 3, 24))
        self.assertEqual(money.share(contract, date(2026, 3, 31)), Fraction(17, 365))
        self.assertEqual(money.share(contract, date(2026, 4, 10)), Fraction(17, 365))
        self.assertEqual(money.share(contract, date(2026, 4, 11)), Fraction(18, 365))

    def test_what_is_closed_earned_all_of_it(self):
        money, contract = self.money(state="cancelled", date_closed=date(2026, 6, 1))
        self.assertEqual(money.share(contract, date(2026, 5, 31)), Fraction(78, 365))
        self.assertEqual(money.share(contract, date(2026, 6, 30)), 1)

    def test_units_live_until_they_go_and_age_on_their_birthday(self):
        registered = Registered.__new__(Registered)
        asset = {"product_id": 7, "quantity": 2.0, "date_delivered": date(2024, 2, 29)}
        registered.assets = [Row(asset, date_out=date(2025, 3, 10))]
        registered.failures = [
            Row(product_id=7, quantity=1.0, day=day, date_delivered=date(2024, 2, 29))
            for day in (date(2025, 2, 27), date(2025, 2, 28), date(2026, 1, 1))
        ]
        known = registered.known(date(2025, 12, 31))[7]
        self.assertEqual((known.failures, known.unit_days), (2, 2 * 375))
        ages = registered.known_by_age(date(2025, 12, 31))
        self.assertEqual(ages[7, 0], (1, 2 * 365))
        self.assertEqual(ages[7, 1], (1, 2 * 10))

    def test_small_arithmetic(self):
        self.assertEqual(cents(Fraction(5, 1000)), Decimal("0.01"))
        self.assertEqual(cents(Fraction(-5, 1000)), Decimal("-0.01"))
        ends = [date(2024, 2, 29), date(2024, 3, 31)]
        self.assertEqual(month_ends(date(2024, 2, 1), date(2024, 3, 31)), ends)
        self.assertEqual(on_curve(((3, 1.0), (7, 1.3)), Fraction(5)), Fraction(115, 100))
        self.assertEqual(full_months(date(2024, 1, 31), date(2024, 2, 29)), 0)
        self.assertAlmostEqual(given_free(1.0, 1), 0.6321, places=4)
        months = months_from(date(2026, 1, 30), 1)
        self.assertEqual(months, [(date(2026, 1, 30), date(2026, 2, 1)),
                                  (date(2026, 2, 1), date(2026, 3, 1))])  # fmt: skip

    def test_intervals_by_pencil(self):
        self.assertEqual(between(0.1), (0, 0))  # no event: e^-0.1, 90.5 %
        self.assertEqual(between(0.11), (0, 1))  # 89.6 %
        self.assertAlmostEqual(chance_up_to(1, 2.0), 3 * 2.718281828459045**-2)
        self.assertAlmostEqual(mean_of(0)[1], 2.995732273553991)  # -ln 0.05
        self.assertAlmostEqual(gamma_up_to(1, 1.0), 1 - 2.718281828459045**-1)

    def test_what_is_taken_off_leaves_less(self):
        plans = {plan.code: plan for plan in PLANS}
        replacements, causes, _labour, response, visits = REDUCTIONS
        self.assertEqual(visits.off(plans["VIP"]).visit_months, 12)
        self.assertEqual(visits.off(plans["STANDARD"]), plans["STANDARD"])
        self.assertEqual(replacements.off(plans["STANDARD"]), plans["STANDARD"])
        self.assertFalse(replacements.off(plans["VIP"]).unlimited)
        self.assertEqual(causes.off(plans["TIME"]), plans["TIME"])
        self.assertEqual(response.off(plans["GOLD"]).response, 48)

    def test_begun_steps_count_whole(self):
        start, end = datetime(2026, 6, 1, 8), datetime(2026, 6, 1, 9, 12)
        self.assertEqual(begun(start, end, 15), Fraction(5, 4))
        self.assertEqual(begun(start, end, 30), Fraction(3, 2))

    def test_the_script_is_the_same_for_the_same_seed(self):
        self.assertEqual(make_up(30)[:10], make_up(10))
        self.assertNotEqual(make_up(10), make_up(10, seed=1))


class TestIntervals(unittest.TestCase):
    """Our intervals are those of the definition: sums of chances, and areas below a density."""

    def test_counts(self):
        means = [tenth / 10 for tenth in range(0, 300)] + [47.3, 119.6, 350.2, 699.9]
        for mean in means:
            self.assertEqual(forecast.interval(mean), between(mean), mean)
        for mean in (APPROXIMATE_ABOVE + 0.1, 1234.5, 9876.5):
            self.assertTrue(is_between(forecast.interval(mean), mean), mean)

    def test_means_of_counts(self):
        for failures in (0, 1, 2, 3, 4, 7, 10, 29, 100, 413, 2500):
            for ours, expected in zip(poisson_interval(failures), mean_of(failures), strict=True):
                self.assertAlmostEqual(ours, expected, delta=1e-8 * max(1, expected))

    def test_gamma_of_any_shape(self):
        for shape in (0.5, 1.0, 2.75, 3.0, 8.4, 40.0, 333.3):
            for z, probability in ((-1.6448536269514722, 0.05), (1.6448536269514722, 0.95)):
                value = gamma.gamma_quantile(shape, z, probability)
                self.assertAlmostEqual(gamma_up_to(shape, value), probability, 8)
                self.assertAlmostEqual(gamma.gamma_below(shape, value), probability, 8)
            for part in (0.1, 0.9, 1.0, 1.1, 1.9):
                ours = gamma.gamma_below(shape, shape * part)
                self.assertAlmostEqual(ours, gamma_up_to(shape, shape * part), 8)
