# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..scope import Deal, is_as_good, is_fewer, is_later, is_lower_limit

CENT = 0.01


class TestScope(TestCase):
    def test_fewer_replacements_promise_less(self):
        self.assertTrue(is_fewer(2, 1))
        self.assertFalse(is_fewer(2, 2))
        self.assertFalse(is_fewer(2, 3))
        self.assertTrue(is_fewer(0, 5, unlimited=True))

    def test_a_later_answer_promises_less_and_none_the_least(self):
        self.assertTrue(is_later(8, 9))
        self.assertTrue(is_later(1, 0))
        self.assertFalse(is_later(8, 8))
        self.assertFalse(is_later(8, 1))
        self.assertFalse(is_later(0, 0))

    def test_a_lower_limit_pays_less_and_no_limit_pays_all(self):
        self.assertTrue(is_lower_limit(500, 499))
        self.assertTrue(is_lower_limit(0, 0.5))
        self.assertFalse(is_lower_limit(500, 500))
        self.assertFalse(is_lower_limit(500, 0))
        self.assertFalse(is_lower_limit(0, 0))


class TestDeal(TestCase):
    def test_a_discount_is_a_percentage_of_the_full_price(self):
        self.assertAlmostEqual(Deal(0.4, 0.5, 10.0, None).discount, 20.0)
        self.assertIsNone(Deal(480.0, 0.0, 10.0, None).discount)

    def test_what_rounding_takes_is_not_too_deep(self):
        for net, too_deep in ((540.0, False), (539.996, False), (539.99, True), (400.0, True)):
            self.assertEqual(Deal(net, 600.0, 10.0, None).is_too_deep(CENT), too_deep, net)
            self.assertEqual(is_as_good(net, 600.0, 10.0, CENT), not too_deep, net)

    def test_where_there_is_no_full_price_nothing_is_too_deep(self):
        self.assertFalse(Deal(-5.0, 0.0, 10.0, None).is_too_deep(CENT))
        self.assertTrue(Deal(0.0, 0.5, 10.0, None).is_too_deep(CENT))

    def test_a_cent_less_than_its_cost_is_below_it(self):
        for net, below in ((300.0, False), (299.996, False), (299.99, True), (0.0, True)):
            self.assertEqual(Deal(net, 600.0, 10.0, 300.0).is_below_cost(CENT), below, net)
        self.assertFalse(Deal(0.0, 600.0, 10.0, None).is_below_cost(CENT))
