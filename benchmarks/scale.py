"""What takes longer among very many contracts than among few: `make scale`.

Every part looks at databases that were grown before and leaves them as they were.
"""

from __future__ import annotations

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from . import due, lists, memory, portal_pages, reports
from .crowd import Crowd

#: By the word that asks for it; each gets the databases, the smallest first, and returns whether a
#: goal is missed.
PARTS = {
    "due": due.main,
    "pages": portal_pages.main,
    "lists": lambda *databases: lists.main(databases[-1]),
    "reports": lambda *databases: reports.main(databases[-1]),
    "memory": lambda *databases: memory.main(databases[-1]),
}


def grow(database: str, size: int) -> None:
    """Fill a database in which nothing happened yet with ``size`` contracts, and keep it."""
    with Registry(database).cursor() as cursor:
        Crowd.grown(api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True}), size)


def main(databases: list[str], words: list[str]) -> int:
    """Measure the parts that are asked for; return 1 if a goal is missed."""
    missed = [PARTS[word](*databases) for word in words]
    return int(any(missed))
