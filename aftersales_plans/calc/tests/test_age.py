# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..age import BANDS, age_band, months_old


class TestAge(TestCase):
    def test_only_whole_months_count(self):
        self.assertEqual(months_old(date(2026, 3, 1), date(2026, 3, 31)), 0)
        self.assertEqual(months_old(date(2026, 3, 1), date(2026, 4, 1)), 1)
        self.assertEqual(months_old(date(2026, 3, 15), date(2027, 3, 14)), 11)
        self.assertEqual(months_old(date(2024, 2, 29), date(2026, 2, 28)), 24)

    def test_what_broke_before_it_was_delivered_is_new(self):
        self.assertEqual(months_old(date(2026, 3, 1), date(2025, 12, 1)), 0)

    def test_every_age_has_one_band(self):
        self.assertEqual(
            [age_band(months) for months in (0, 2, 3, 11, 12, 23, 24, 35, 36, 59, 60, 240)],
            [
                "months_3", "months_3", "year_1", "year_1", "year_2", "year_2", "year_3", "year_3",
                "year_5", "year_5", "older", "older",
            ],
        )  # fmt: skip
        ends = [end for end in BANDS.values() if end is not None]
        self.assertEqual(ends, sorted(ends))
