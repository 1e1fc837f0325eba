# SPDX-License-Identifier: AGPL-3.0-or-later
import unittest

from ..check import Limits, judge


class TestCheck(unittest.TestCase):
    """Answers against what is expected (requirement 5)."""

    def test_nothing_answered_is_open(self):
        for kind in ("ok", "measure", "text", "photo"):
            self.assertEqual(judge(kind, None, Limits(1, 2)), "open", kind)
        self.assertEqual(judge("text", ""), "open")
        self.assertEqual(judge("photo", False), "open")

    def test_ok_passes_and_not_ok_fails(self):
        self.assertEqual(judge("ok", "ok"), "passed")
        self.assertEqual(judge("ok", "not_ok"), "failed")

    def test_what_is_only_noted_passes(self):
        self.assertEqual(judge("text", "A17"), "passed")
        self.assertEqual(judge("photo", True), "passed")

    def test_a_measure_passes_on_both_limits_and_fails_beyond_them(self):
        limits = Limits(1.5, 3.0)
        for number, result in (
            (1.499, "failed"),
            (1.5, "passed"),
            (2.2, "passed"),
            (3.0, "passed"),
            (3.001, "failed"),
        ):
            self.assertEqual(judge("measure", number, limits), result, number)

    def test_a_measure_may_be_limited_on_one_side_or_not_at_all(self):
        self.assertEqual(judge("measure", -40.0, Limits(most=0.0)), "passed")
        self.assertEqual(judge("measure", 0.1, Limits(most=0.0)), "failed")
        self.assertEqual(judge("measure", 0.0, Limits(least=0.0)), "passed")
        self.assertEqual(judge("measure", -0.1, Limits(least=0.0)), "failed")
        self.assertEqual(judge("measure", 1e9), "passed")

    def test_zero_is_an_answer(self):
        self.assertEqual(judge("measure", 0.0), "passed")

    def test_sums_of_tenths_do_not_fail_on_a_limit(self):
        self.assertEqual(judge("measure", 0.1 + 0.2, Limits(most=0.3)), "passed")
