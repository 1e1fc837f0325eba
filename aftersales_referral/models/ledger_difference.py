# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a comparison of the ledger finds: plain values, turned into sentences or lines."""

from typing import NamedTuple

UNMATCHED, LATE, UNEXPLAINED, FAILED = "unmatched", "late", "unexplained", "failed"
KINDS = [
    (UNMATCHED, "Unmatched"),
    (LATE, "Late"),
    (UNEXPLAINED, "Unexplained"),
    (FAILED, "Not Compared"),
]
CARDS = "cards"  # the key of the one difference that is about all cards of a company


class Difference(NamedTuple):
    """One thing that does not agree with another."""

    kind: str  # one of the constants above
    key: str  # the same difference has the same key on every day
    text: str  # a sentence, without the company
    ours: float = 0.0  # what ledger, cards or lots say, company currency
    books: float = 0.0  # what journal items or documents say, company currency
    about: tuple = ()  # ((field of aftersales.ledger.check.line, id), …)
