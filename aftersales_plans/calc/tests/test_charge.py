# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..charge import is_charged, with_surcharge


class TestCharge(TestCase):
    def test_work_on_billable_goods_is_charged(self):
        self.assertTrue(is_charged({"billable"}, included=True))
        self.assertTrue(is_charged({"billable", "contract"}, included=True))

    def test_a_plan_says_whether_it_includes_the_work(self):
        self.assertFalse(is_charged({"contract"}, included=True))
        self.assertTrue(is_charged({"contract"}, included=False))

    def test_guarantee_goodwill_and_refusal_cost_nothing(self):
        self.assertFalse(is_charged({"warranty", "goodwill", "refused"}, included=False))

    def test_after_hours_cost_more(self):
        self.assertEqual(with_surcharge(80.0, True, 50.0), 120.0)
        self.assertEqual(with_surcharge(80.0, False, 50.0), 80.0)
