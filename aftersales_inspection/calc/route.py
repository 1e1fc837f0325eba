# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links to a map for a tour (requirement 37).

The addresses follow Google's published "Maps URLs" scheme, which needs no key and opens the
navigation of a phone.
"""

from urllib.parse import urlencode

MAPS = "https://www.google.com/maps"
MOST_STOPS = 11  # a start, nine places on the way and an end are all such a link may hold


def place(parts: list[str], latitude: float = 0.0, longitude: float = 0.0) -> str:
    """Return what a map can find: coordinates where they are known, else the address in words.

    :param parts: street, town and so on, empty ones are left out
    :return: empty when nothing is known
    """
    if latitude or longitude:
        return f"{latitude:.6f},{longitude:.6f}"
    return ", ".join(part.strip() for part in parts if part and part.strip())


def place_url(found: str) -> str:
    """Return the link that shows one place; empty for none."""
    return f"{MAPS}/search/?{urlencode({'api': 1, 'query': found})}" if found else ""


def stops(places: list[str]) -> list[str]:
    """Return ``places`` in their order without empty ones and without staying at the same one."""
    known = [found for found in places if found]
    return [found for index, found in enumerate(known) if index == 0 or found != known[index - 1]]


def route_url(places: list[str]) -> str:
    """Return one link through all ``places`` in their order; a single one is reached from here.

    :param places: from :func:`stops`, at least one and at most ``MOST_STOPS``
    """
    *before, last = places
    query = {"api": 1, "travelmode": "driving"}
    if before:
        query["origin"] = before[0]
    query["destination"] = last
    if before[1:]:
        query["waypoints"] = "|".join(before[1:])
    return f"{MAPS}/dir/?{urlencode(query)}"
