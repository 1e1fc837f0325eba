"""Rows copied in the database: a long history without living it."""

from __future__ import annotations

from odoo import api
from odoo.tools import SQL


def copy_rows(env: api.Environment, table: str, row_id: int, count: int, **columns: SQL) -> list:
    """Copy one row ``count`` times and return the new ids.

    :param columns: what differs; ``n`` is the number of the copy, from 1
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND column_name != 'id'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [columns.get(name, SQL("mould.%s", SQL.identifier(name))) for name in names]
    rows = env.execute_query(
        SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s "
            "FROM %(table)s AS mould, generate_series(1, %(count)s) AS n "
            "WHERE mould.id = %(id)s ORDER BY n RETURNING id",
            table=SQL.identifier(table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values),
            count=count,
            id=row_id,
        )
    )
    env.invalidate_all()
    return [new for (new,) in rows]
