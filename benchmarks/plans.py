"""How many rows of which tables a query really reads, by the plan PostgreSQL ran."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from odoo import api
from odoo.tools import SQL

SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


class Read(dict):
    """{(table, how): rows} of one query, and its text."""

    def __init__(self, query: str, rows: dict):
        super().__init__(rows)
        self.query = query


class Watched(list):
    """What each query of a block read, and the seconds that finding it out took."""

    seconds = 0.0


@contextmanager
def watched(env: api.Environment) -> Iterator[Watched]:
    """Explain and analyse each SELECT of the block right before it runs, with its settings."""
    reads, cursor, execute = Watched(), env.cr, env.cr.execute

    def explain(query, params=None, *arguments, **options):
        start = time.perf_counter()
        code, values = (query.code, query.params) if isinstance(query, SQL) else (query, params)
        text = cursor._obj.mogrify(code, values or None)
        if re.match(rb"\s*(SELECT|WITH)\b", text, re.IGNORECASE) and b"nextval" not in text:
            cursor._obj.execute(b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + text)
            rows: dict[tuple[str, str], int] = {}
            _walk(_plan(cursor._obj.fetchone()[0]), rows)
            reads.append(Read(text.decode(), rows))
        reads.seconds += time.perf_counter() - start
        return execute(query, params, *arguments, **options)

    with patch.object(cursor, "execute", explain):
        yield reads


def _plan(found) -> dict:
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def _walk(node: dict, rows: dict) -> None:
    """Add up what the node and those below it read."""
    if node["Node Type"] in SCANS:
        key = node["Relation Name"], node["Node Type"]
        removed = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        rows[key] = rows.get(key, 0) + round(node["Actual Loops"] * (node["Actual Rows"] + removed))
    for child in node.get("Plans", ()):
        _walk(child, rows)
