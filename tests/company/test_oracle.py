"""The oracles' own arithmetic, by examples worked out with pencil and paper."""

import unittest
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .cost import given_free
from .goods import Registered
from .money import Money
from .parts import months_from
from .price import full_months, on_curve
from .script import make_up
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

    def test_the_script_is_the_same_for_the_same_seed(self):
        self.assertEqual(make_up(30)[:10], make_up(10))
        self.assertNotEqual(make_up(10), make_up(10, seed=1))
