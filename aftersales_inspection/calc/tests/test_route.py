# SPDX-License-Identifier: AGPL-3.0-or-later
from unittest import TestCase
from urllib.parse import parse_qs, urlsplit

from ..route import MOST_STOPS, place, place_url, route_url, stops


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class TestRoute(TestCase):
    def test_coordinates_win_over_words_and_nothing_stays_nothing(self):
        self.assertEqual(place(["1 Elm Street"], 48.2, 16.37), "48.200000,16.370000")
        self.assertEqual(place(["Greenwich"], 51.48, 0.0), "51.480000,0.000000")
        self.assertEqual(place(["1 Elm Street", "", None, " Linz "]), "1 Elm Street, Linz")
        self.assertEqual(place([False, None]), "")
        self.assertEqual(place_url(""), "")

    def test_a_place_is_quoted(self):
        url = place_url("Haus & Hof, Größe 5/7 #2")
        self.assertEqual(query(url), {"api": "1", "query": "Haus & Hof, Größe 5/7 #2"})
        self.assertNotIn("#", url)

    def test_staying_at_a_place_is_one_stop_but_coming_back_is_another(self):
        self.assertEqual(stops(["A", "A", "", "B", "A"]), ["A", "B", "A"])
        self.assertEqual(stops(["A", "B", "B", "A"]), ["A", "B", "A"])

    def test_a_route_keeps_the_order(self):
        self.assertEqual(
            query(route_url(["A", "B", "C", "D"])),
            {
                "api": "1",
                "travelmode": "driving",
                "origin": "A",
                "waypoints": "B|C",
                "destination": "D",
            },
        )

    def test_of_three_stops_one_is_on_the_way(self):
        self.assertEqual(query(route_url(["A", "B", "C"]))["waypoints"], "B")

    def test_two_stops_have_nothing_between_and_one_starts_from_here(self):
        self.assertEqual(
            query(route_url(["A", "B"])),
            {"api": "1", "travelmode": "driving", "origin": "A", "destination": "B"},
        )
        self.assertEqual(
            query(route_url(["A"])), {"api": "1", "travelmode": "driving", "destination": "A"}
        )

    def test_the_most_a_link_holds(self):
        places = [str(number) for number in range(MOST_STOPS)]
        self.assertEqual(query(route_url(places))["waypoints"].count("|"), 8)
