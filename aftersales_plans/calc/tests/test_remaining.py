# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest import TestCase

from ..remaining import Event, Held, remaining

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
CASA, VILLA = 1, 2


class TestRemaining(TestCase):
    def test_what_never_came_back_is_all_there(self):
        self.assertEqual(remaining([Event(7, CASA, 5, MONDAY)]), {7: Held(5, None)})

    def test_a_return_and_its_own_return_are_counted(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(7, CASA, -3, TUESDAY), Event(7, CASA, 1, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events), {7: Held(3, TUESDAY)})

    def test_more_back_than_out_leaves_nothing(self):
        events = [Event(7, CASA, 5, MONDAY), Event(7, CASA, -9, FRIDAY)]
        self.assertEqual(remaining(events), {7: Held(0, FRIDAY)})

    def test_goods_without_a_delivery_are_taken_from_the_newest_of_the_same_customer(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(8, CASA, 2, MONDAY), Event(9, VILLA, 4, TUESDAY),
            Event(None, CASA, -3, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(
            remaining(events), {7: Held(4, FRIDAY), 8: Held(0, FRIDAY), 9: Held(4, None)}
        )

    def test_a_lot_at_two_customers_is_taken_from_neither_for_a_third(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(9, VILLA, 4, TUESDAY), Event(None, None, -3, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events), {7: Held(5, None), 9: Held(4, None)})

    def test_a_serial_number_is_where_it_was_delivered_last(self):
        events = [
            Event(7, CASA, 1, MONDAY), Event(None, None, -1, TUESDAY), Event(9, VILLA, 1, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events, unique=True), {7: Held(0, TUESDAY), 9: Held(1, None)})

    def test_a_serial_number_comes_back_from_whoever_brings_it(self):
        events = [Event(7, CASA, 1, MONDAY), Event(9, VILLA, 1, TUESDAY)]
        brought = [*events, Event(None, None, -1, FRIDAY)]
        self.assertEqual(remaining(brought, unique=True), {7: Held(1, None), 9: Held(0, FRIDAY)})
        self.assertEqual(remaining(brought), {7: Held(1, None), 9: Held(1, None)})

    def test_a_delivery_that_gave_nothing_was_not_returned_to(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(8, CASA, 2, MONDAY), Event(None, CASA, -2, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events), {7: Held(5, None), 8: Held(0, FRIDAY)})

    def test_a_delivery_of_nothing_is_none(self):
        self.assertEqual(remaining([Event(7, CASA, 0, MONDAY)]), {})

    def test_a_return_of_something_unknown_changes_nothing(self):
        self.assertEqual(remaining([Event(7, CASA, -1, MONDAY)]), {})

    def test_a_lot_that_one_customer_alone_holds_comes_back_from_there(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(8, CASA, 2, MONDAY), Event(None, VILLA, -3, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events), {7: Held(4, FRIDAY), 8: Held(0, FRIDAY)})

    def test_who_gave_all_back_holds_nothing(self):
        events = [
            Event(7, CASA, 5, MONDAY), Event(9, VILLA, 4, TUESDAY), Event(9, VILLA, -4, TUESDAY),
            Event(None, None, -3, FRIDAY),
        ]  # fmt: skip
        self.assertEqual(remaining(events), {7: Held(2, FRIDAY), 9: Held(0, TUESDAY)})
