# SPDX-License-Identifier: LGPL-3.0-or-later
"""Two transactions that decide about the same thing at once: only one may go on."""

from odoo.tools import SQL


def take_turn(records):
    """Let the later of two transactions that are about the same records fail: Odoo repeats it.

    Odoo runs at REPEATABLE READ: a lock does not refresh what was read before it, but two that
    write the same row conflict, whatever they write (design §3). Without it, two that make the
    same rows end at a UNIQUE, which nobody repeats. Call it before reading what is decided by.
    """
    if records:
        records.env.execute_query(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                tuple(sorted(records.ids)),
            )
        )
