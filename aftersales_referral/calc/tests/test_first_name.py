# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest import TestCase

from ..first_name import first_name


class TestFirstName(TestCase):
    def test_only_the_first_name_is_left(self):
        for name, expected in (
            ("Anna Berger", "Anna"),
            ("Anna", "Anna"),
            ("Dr. Anna Berger", "Anna"),
            ("Berger, Anna Maria", "Anna"),
            ("Berger, ", "Berger"),
            ("Berger, Anna, MBA", "Anna"),
            ("  ", ""),
            (None, ""),
            ("anna@example.com", ""),
            ("Ö. Müller", "Ö."),
            ("Dr. Müller", ""),
        ):
            self.assertEqual(first_name(name), expected, name)
