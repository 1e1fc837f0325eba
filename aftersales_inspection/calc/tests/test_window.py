# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta
from unittest import TestCase

from ..window import Window, open_part, target_day, windows


class TestWindows(TestCase):
    def test_vip_has_four_windows_that_fill_the_year(self):
        self.assertEqual(
            windows(date(2026, 3, 15), 12, 3),
            [
                Window(1, date(2026, 3, 15), date(2026, 6, 14)),
                Window(2, date(2026, 6, 15), date(2026, 9, 14)),
                Window(3, date(2026, 9, 15), date(2026, 12, 14)),
                Window(4, date(2026, 12, 15), date(2027, 3, 14)),
            ],
        )

    def test_gold_has_two_and_standard_one(self):
        self.assertEqual(len(windows(date(2026, 1, 1), 12, 6)), 2)
        self.assertEqual(
            windows(date(2026, 1, 1), 12, 12), [Window(1, date(2026, 1, 1), date(2026, 12, 31))]
        )

    def test_windows_are_anchored_to_the_first_day_not_to_one_another(self):
        self.assertEqual(
            [window.first for window in windows(date(2027, 1, 31), 4, 1)],
            [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)],
        )

    def test_the_last_window_is_clipped_to_the_term(self):
        self.assertEqual(
            windows(date(2026, 1, 1), 8, 3)[-1], Window(3, date(2026, 7, 1), date(2026, 8, 31))
        )

    def test_an_interval_longer_than_the_term_gives_one_visit(self):
        self.assertEqual(
            windows(date(2026, 1, 1), 6, 12), [Window(1, date(2026, 1, 1), date(2026, 6, 30))]
        )

    def test_no_interval_means_no_visits(self):
        self.assertEqual(windows(date(2026, 1, 1), 12, 0), [])


class TestDaysOfTheCalendar(TestCase):
    def test_windows_of_29_30_and_31_january_meet_the_end_of_february_and_part_again(self):
        for start, firsts in (
            (date(2027, 1, 29), [(2027, 1, 29), (2027, 2, 28), (2027, 3, 29), (2027, 4, 29)]),
            (date(2027, 1, 30), [(2027, 1, 30), (2027, 2, 28), (2027, 3, 30), (2027, 4, 30)]),
            (date(2027, 1, 31), [(2027, 1, 31), (2027, 2, 28), (2027, 3, 31), (2027, 4, 30)]),
            (date(2028, 1, 31), [(2028, 1, 31), (2028, 2, 29), (2028, 3, 31), (2028, 4, 30)]),
        ):
            found = windows(start, 4, 1)
            self.assertEqual([window.first for window in found], [date(*day) for day in firsts])
            for window, following in zip(found, found[1:], strict=False):
                self.assertEqual(window.last + timedelta(days=1), following.first)

    def test_a_contract_of_the_leap_day_ends_on_the_last_of_february(self):
        self.assertEqual(
            windows(date(2028, 2, 29), 12, 6),
            [
                Window(1, date(2028, 2, 29), date(2028, 8, 28)),
                Window(2, date(2028, 8, 29), date(2029, 2, 27)),
            ],
        )


class TestTargetDay(TestCase):
    window = Window(1, date(2026, 3, 1), date(2026, 3, 31))

    def test_the_target_lies_before_the_end_of_the_window(self):
        self.assertEqual(target_day(self.window, 14), date(2026, 3, 17))

    def test_the_target_never_lies_before_the_window(self):
        self.assertEqual(target_day(self.window, 60), date(2026, 3, 1))
        self.assertEqual(target_day(self.window, 999_999_999), date(2026, 3, 1))


class TestOpenPart(TestCase):
    QUARTER = Window(1, date(2026, 1, 1), date(2026, 3, 31))

    def check(self, target, suspensions, expected):
        window, aim = open_part(self.QUARTER, target, suspensions)
        self.assertEqual((window.first, window.last, aim), expected)

    def test_without_suspension_the_whole_window_is_open(self):
        day = date(2026, 3, 17)
        self.check(day, [], (date(2026, 1, 1), date(2026, 3, 31), day))

    def test_suspensions_before_and_after_the_window_change_nothing(self):
        day = date(2026, 3, 17)
        around = [
            (date(2025, 11, 1), date(2025, 11, 30)),
            (date(2026, 4, 1), date(2026, 4, 30)),
        ]
        self.check(day, around, (date(2026, 1, 1), date(2026, 3, 31), day))

    def test_the_part_that_holds_the_target_is_searched(self):
        rest = (date(2026, 2, 1), date(2026, 2, 10))
        day = date(2026, 3, 17)
        self.check(day, [rest], (date(2026, 2, 11), date(2026, 3, 31), day))

    def test_a_target_inside_the_rest_moves_to_the_longest_part(self):
        rest = (date(2026, 3, 1), date(2026, 3, 31))
        day = date(2026, 3, 17)
        self.check(day, [rest], (date(2026, 1, 1), date(2026, 2, 28), date(2026, 2, 28)))

    def test_of_two_parts_the_longest_is_searched_wherever_it_lies(self):
        rest = (date(2026, 1, 21), date(2026, 2, 9))
        self.check(
            date(2026, 1, 25), [rest], (date(2026, 2, 10), date(2026, 3, 31), date(2026, 2, 10))
        )
        rests = [(date(2026, 1, 2), date(2026, 1, 3)), (date(2026, 3, 1), date(2026, 3, 20))]
        self.check(
            date(2026, 3, 10), rests, (date(2026, 1, 4), date(2026, 2, 28), date(2026, 2, 28))
        )

    def test_the_part_of_the_target_is_searched_though_another_is_longer(self):
        rest = (date(2026, 1, 21), date(2026, 2, 9))
        for day in (date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 20)):
            self.check(day, [rest], (date(2026, 1, 1), date(2026, 1, 20), day))

    def test_a_part_of_a_single_day_is_a_part(self):
        rest = (date(2026, 1, 2), date(2026, 3, 31))
        day = date(2026, 1, 1)
        self.check(date(2026, 3, 17), [rest], (day, day, day))

    def test_rests_before_and_after_the_window_take_nothing_from_it(self):
        outside = [
            (date(2025, 12, 1), date(2025, 12, 31)),
            (date(2026, 4, 1), date(2026, 4, 30)),
        ]
        day = date(2026, 3, 17)
        self.check(day, outside, (date(2026, 1, 1), date(2026, 3, 31), day))
        inside = (date(2026, 2, 1), date(2026, 2, 10))
        self.check(day, [*outside, inside], (date(2026, 2, 11), date(2026, 3, 31), day))

    def test_rests_of_the_first_and_of_the_last_day_count(self):
        rests = [
            (date(2025, 12, 1), date(2026, 1, 1)),
            (date(2026, 3, 31), date(2026, 4, 30)),
        ]
        day = date(2026, 3, 17)
        self.check(day, rests, (date(2026, 1, 2), date(2026, 3, 30), day))

    def test_the_window_keeps_its_number(self):
        window, _aim = open_part(self.QUARTER._replace(number=3), date(2026, 3, 17), [])
        self.assertEqual(window.number, 3)
