"""What lies in the tables of a database, whatever code is installed: schema, rows, names."""

from __future__ import annotations

import json

import psycopg2

#: Structure, without comments (labels of columns) and the order of columns.
SCHEMA = """
    SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v', 'm')
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
     UNION
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION
    SELECT 'sequence ' || relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND relname !~ '_id_seq$'
       AND relname !~ '^ir_sequence_\\d+' AND relname !~ '^base_'
"""
TEXTS = """
    SELECT c.table_name, array_agg(c.column_name::text)
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'character varying', 'jsonb')
     GROUP BY 1
"""
RULES = """
    SELECT data.name, rule.domain_force, rule.perm_read, rule.perm_write, rule.perm_create,
           rule.perm_unlink, rule.active, array(
               SELECT known.name FROM rule_group_rel rel
                 JOIN ir_model_data known ON known.model = 'res.groups'
                  AND known.res_id = rel.group_id
                WHERE rel.rule_group_id = rule.id ORDER BY 1)
      FROM ir_rule rule
      JOIN ir_model_data data ON data.model = 'ir.rule' AND data.res_id = rule.id
     WHERE data.module LIKE 'aftersales\\_%'
"""
#: What an add-on's data make, by what tells one from another.
MADE = {
    "ir_act_client": "name->>'en_US'",
    "ir_act_report_xml": "name->>'en_US'",
    "ir_act_server": "name->>'en_US'",
    "ir_act_window": "name->>'en_US'",
    "ir_asset": "name",
    "ir_config_parameter": "key",
    "ir_cron": "cron_name",
    "ir_model": "model",
    "ir_model_access": "name",
    "ir_model_fields": "model || '.' || name",
    "ir_module_category": "name->>'en_US'",
    "ir_rule": "name",
    "ir_sequence": "name",
    "ir_ui_menu": "name->>'en_US'",
    "ir_ui_view": "name",
    "mail_activity_type": "name->>'en_US'",
    "mail_message_subtype": "name->>'en_US'",
    "mail_template": "name->>'en_US'",
    "onboarding_onboarding": "name->>'en_US'",
    "res_groups": "name->>'en_US'",
    "res_groups_privilege": "name->>'en_US'",
}


def ask(database, query, *values):
    """Return the rows of a query."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall()
    finally:
        connection.close()


def spoil(database, *statements):
    """Change a database behind everybody's back, for tests that must see it."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def schema(database):
    """Return columns, indexes and constraints as a set of lines."""
    return {line for (line,) in ask(database, SCHEMA)}


def rows(database, tables):
    """Return {table: {id: {column: value}}}; rows without id are their own key."""
    found = {}
    for table in tables:
        lines = [one for (one,) in ask(database, f'SELECT to_jsonb(t) FROM "{table}" t')]
        found[table] = {one.get("id") or json.dumps(one, sort_keys=True): one for one in lines}
    return found


def with_rows(database, *patterns):
    """Return the tables whose names match one of the patterns (LIKE), by name."""
    return [
        name
        for (name,) in ask(
            database,
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r' AND relname LIKE ANY(%s) ORDER BY relname",
            list(patterns),
        )
    ]


def changes(before, after):
    """Return {(table, column): (rows, an example)} of what is not as before; new rows may be."""
    found = {}
    for table, old in before.items():
        for key, row in old.items():
            now = after[table].get(key)
            if now is None:
                found.setdefault((table, "lost"), []).append(row)
                continue
            for column, value in row.items():
                if column not in now or now[column] != value:
                    pair = (key, value, now.get(column, "no such column"))
                    found.setdefault((table, column), []).append(pair)
    return {place: (len(pairs), pairs[0]) for place, pairs in found.items()}


def made(database):
    """Return what modules made in a database: {(table, name): how many}."""
    found = {}
    for table, name in MADE.items():
        query = f'SELECT {name}, count(*) FROM "{table}" GROUP BY 1'
        found |= {(table, key): count for key, count in ask(database, query)}
    return found


def mentions(database, word):
    """Return {table.column: how many rows} of texts that hold a word."""
    found = {}
    for table, columns in ask(database, TEXTS):
        counts = ", ".join(f'count(*) FILTER (WHERE "{one}"::text LIKE %s)' for one in columns)
        (row,) = ask(database, f'SELECT {counts} FROM "{table}"', *[f"%{word}%"] * len(columns))
        found |= {f"{table}.{column}": count for column, count in zip(columns, row, strict=True)}
    return {place: count for place, count in found.items() if count}


def orphans(database):
    """Return columns and tables that belong to nothing which is installed."""
    columns = ask(
        database,
        """
        SELECT c.table_name || '.' || c.column_name
          FROM information_schema.columns c
          JOIN ir_model m ON replace(m.model, '.', '_') = c.table_name
     LEFT JOIN ir_model_fields f ON f.model = m.model AND f.name = c.column_name
         WHERE c.table_schema = 'public' AND f.id IS NULL
        """,
    )
    tables = ask(
        database,
        """
        SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
           AND c.relname LIKE '%%aftersales%%'
           AND NOT EXISTS (SELECT FROM ir_model m WHERE replace(m.model, '.', '_') = c.relname)
           AND NOT EXISTS (SELECT FROM ir_model_relation r WHERE r.name = c.relname)
        """.replace("%%", "%"),
    )
    return {name for (name,) in columns + tables}


def columns(database, tables):
    """Return {table: its columns}."""
    return {
        table: [
            name
            for (name,) in ask(
                database,
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s ORDER BY 1",
                table,
            )
        ]
        for table in tables
    }


def digests(database, known):
    """Return {table: one text for all its rows}, of the columns that are known of each table.

    Contacts of users are left out: whoever gets a group is written, and the contact with it.
    """
    found = {}
    for table, names in known.items():
        row = "ROW({})".format(", ".join(f'"{name}"' for name in names))
        query = f"SELECT md5(string_agg(md5({row}::text), '' ORDER BY id)) FROM \"{table}\""
        if table == "res_partner":
            query += " WHERE id NOT IN (SELECT partner_id FROM res_users)"
        ((found[table],),) = ask(database, query)
    return found


def rules(database):
    """Return {name: what a rule of ours says}, wherever the operators of its domain stand."""
    return {
        name: ("".join(sorted("".join((domain or "").split()))), *others)
        for name, domain, *others in ask(database, RULES)
    }


def names(database):
    """Return the names of all data of ours."""
    query = "SELECT module || '.' || name FROM ir_model_data WHERE module LIKE 'aftersales\\_%'"
    return {name for (name,) in ask(database, query)}
