"""Orders of years ago, in a database that never had our add-ons.

One is sold, delivered and invoiced by Odoo itself; the others are its rows once more, written by
the database with numbers of their own, so that twenty thousand take seconds.
"""

from __future__ import annotations

from odoo import Command, fields
from odoo.tests import freeze_time

SOLD = "2019-05-14 09:00:00"

#: Tables of an order, by what refers to what; {table: columns that must differ between copies}
TABLES = {
    "res_partner": ("name", "complete_name"),
    "sale_order": ("name", "access_token"),
    "sale_order_line": (),
    "stock_picking": ("name",),
    "stock_move": (),
    "stock_move_line": (),
    "account_move": ("name", "access_token", "payment_reference"),
    "account_move_line": (),
    "sale_order_line_invoice_rel": (),
}


def make(env, number):
    """Have ``number`` old orders."""
    with freeze_time(SOLD):
        order = sell(env)
    env.flush_all()
    rows = {
        "res_partner": order.partner_id.ids,
        "sale_order": order.ids,
        "sale_order_line": order.order_line.ids,
        "stock_picking": order.picking_ids.ids,
        "stock_move": order.picking_ids.move_ids.ids,
        "stock_move_line": order.picking_ids.move_line_ids.ids,
        "account_move": order.invoice_ids.ids,
        "account_move_line": order.invoice_ids.line_ids.ids,
    }
    copy_rows(env, rows, number - 1)


def sell(env):
    """Sell, deliver and invoice one product; return the order."""
    product = env["product.product"].create(
        {"name": "Old paving", "is_storable": True, "list_price": 10.0}
    )
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Old customer"}).id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 3})],
        }
    )
    order.action_confirm()
    order.picking_ids.move_ids.write({"quantity": 3, "picked": True})
    order.picking_ids.with_context(skip_sms=True)._action_done()
    order.picking_ids.date_done = fields.Datetime.now()
    order._create_invoices().action_post()
    return order


def copy_rows(env, rows, times):
    """Write the rows ``times`` more; what refers to one of them refers to its copy.

    :param rows: {table: ids}
    """
    env.cr.execute("CREATE TEMPORARY TABLE old_copy (source text, old int, n int, new int)")
    for table, ids in rows.items():
        env.cr.execute(
            "INSERT INTO old_copy SELECT %(table)s, id, n, nextval(%(sequence)s)"
            "  FROM unnest(%(ids)s) id, generate_series(1, %(times)s) n",
            {"table": table, "sequence": f"{table}_id_seq", "ids": ids, "times": times},
        )
    env.cr.execute("CREATE INDEX ON old_copy (source, old, n)")
    env.cr.execute("ANALYZE old_copy")
    for table, different in TABLES.items():
        copy_table(env.cr, table, different)


def copy_table(cr, table, different):
    """Write a table's copies: their own id, references to copies, numbers that differ."""
    cr.execute(
        """
        SELECT a.attname, target.relname
          FROM pg_attribute a
     LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'f'
           AND c.conkey = ARRAY[a.attnum]
     LEFT JOIN pg_class target ON target.oid = c.confrelid
         WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
        """,
        [table],
    )
    columns, values, joins = [], [], []
    for column, target in cr.fetchall():
        columns.append(f'"{column}"')
        if column == "id":
            values.append("own.new")
        elif target in TABLES:
            joins.append(
                f"LEFT JOIN old_copy {column}_ ON {column}_.source = '{target}'"
                f' AND {column}_.old = t."{column}" AND {column}_.n = own.n'
            )
            values.append(f'COALESCE({column}_.new, t."{column}")')
        elif column in different:
            values.append(f"t.\"{column}\" || '-' || own.n")
        else:
            values.append(f't."{column}"')
    own = "JOIN old_copy own ON own.source = %s AND own.old = t.id"
    if '"id"' not in columns:  # lines and their invoice lines
        own = "JOIN old_copy own ON own.source = 'sale_order_line' AND own.old = t.order_line_id"
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
        f" FROM {table} t {own} {' '.join(joins)}",
        [table] if '"id"' in columns else [],
    )
