# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..analytic import blend


class TestBlend(TestCase):
    def test_a_line_weighs_what_it_costs(self):
        self.assertEqual(
            blend([(300.0, {"1": 100.0}), (100.0, {"1": 50.0, "2": 50.0})]), {"1": 87.5, "2": 12.5}
        )

    def test_a_line_without_distribution_dilutes_the_others(self):
        self.assertEqual(blend([(100.0, {"1": 100.0}), (300.0, None)]), {"1": 25.0})

    def test_a_line_of_less_than_nothing_weighs_like_another(self):
        self.assertEqual(blend([(-100.0, {"1": 100.0}), (100.0, {"2": 100.0})])["1"], 50.0)

    def test_percent_have_two_digits(self):
        self.assertEqual(
            blend([(1.0, {"1": 100.0}), (2.0, {"2": 100.0})]), {"1": 33.33, "2": 66.67}
        )

    def test_lines_that_cost_nothing_have_no_distribution(self):
        self.assertEqual(blend([(0.0, {"1": 100.0})]), {})
        self.assertEqual(blend([]), {})
        self.assertEqual(blend([(1.0, {"1": 0.0})]), {})
