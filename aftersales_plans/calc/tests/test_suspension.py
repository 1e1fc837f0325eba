from datetime import date
from unittest import TestCase

from ..period import Period, contract_years, term
from ..suspension import moved_day, moved_period, suspended_days

SPRING = Period(date(2026, 3, 10), date(2026, 4, 9))
SUMMER = Period(date(2026, 7, 1), date(2026, 7, 10))


class TestSuspension(TestCase):
    def test_31_days_move_the_end(self):
        year = term(date(2026, 1, 1), 12)
        self.assertEqual(SPRING.days, 31)
        self.assertEqual(moved_period(year, [SPRING]), Period(year.first, date(2027, 1, 31)))

    def test_the_running_year_grows_and_later_ones_move(self):
        moved = [moved_period(year, [SPRING]) for year in contract_years(date(2026, 1, 1), 24)]
        self.assertEqual(
            moved,
            [
                Period(date(2026, 1, 1), date(2027, 1, 31)),
                Period(date(2027, 2, 1), date(2028, 1, 31)),
            ],
        )

    def test_what_ended_before_stays(self):
        self.assertEqual(moved_day(date(2026, 3, 10), [SPRING]), date(2026, 3, 10))
        self.assertEqual(moved_day(date(2026, 3, 11), [SPRING]), date(2026, 4, 11))

    def test_the_second_suspension_is_reached_because_of_the_first(self):
        boundary = date(2026, 6, 20)  # 21 July with the first alone: inside the second's reach
        self.assertEqual(moved_day(boundary, [SUMMER]), boundary)
        self.assertEqual(moved_day(boundary, [SUMMER, SPRING]), date(2026, 7, 31))

    def test_suspended_days_of_a_part_of_the_term(self):
        part = Period(date(2026, 1, 1), date(2026, 3, 12))
        self.assertEqual(suspended_days(part, [SPRING, SUMMER]), 3)
