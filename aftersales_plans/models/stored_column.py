# SPDX-License-Identifier: LGPL-3.0-or-later
"""New stored columns in tables with years of rows, where Odoo would compute each row."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists


def add_column(cr, table, column, kind):
    """Add a stored column to ``table``, empty, for ``_auto_init`` to find it there.

    :param kind: PostgreSQL's name of the type
    :return: whether it was added: not where the table is new or has the column
    """
    missing = table_exists(cr, table) and not column_exists(cr, table, column)
    if missing:
        create_column(cr, table, column, kind)
    return missing


def fill_column(cr, table, column, kind, value):
    """Add a stored column to ``table`` and fill it by the database, all rows at once.

    Nothing happens where the table is new or has the column.

    :param kind: PostgreSQL's name of the type
    :param value: ``SQL``, over columns the table had before
    """
    if add_column(cr, table, column, kind):
        name = SQL.identifier(column)
        cr.execute(SQL("UPDATE %s SET %s = %s", SQL.identifier(table), name, value))


def default_column(cr, table, column, kind, value):
    """Add a stored column to ``table`` with ``value`` in all rows: PostgreSQL writes none for that.

    :param kind: PostgreSQL's name of the type, as ``SQL``
    :return: whether it was added: not where the table is new or has the column
    """
    missing = table_exists(cr, table) and not column_exists(cr, table, column)
    if missing:
        where, name = SQL.identifier(table), SQL.identifier(column)
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s", where, name, kind, value))
        cr.execute(SQL("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", where, name))
    return missing
