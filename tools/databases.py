"""Template databases in two layers, and the copies that demo and tests work on.

base template      everything of others that our add-ons need; minutes to make, once
project template   a copy of it with our add-ons installed; remade when their files change
copy               one per test run, dropped afterwards

A database's comment holds the key of what it was made of. It is made under another name and renamed
when complete, so a database with the right comment is always whole. Attachments are stored in the
database instead of in files, so a copy of a database is a copy of everything.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import odoo_source, project, steps
from .steps import Failed

BASE = {False: "aftersales_base", True: "aftersales_base_demo"}  # by: with Odoo's demo data?
TEST_TEMPLATE = "aftersales_test_template"
DEMO = "aftersales_demo"
GROWN = "aftersales_grown_%d"  # by the number of its contracts
TEMPORARY = "aftersales_tmp_%d_%s"  # process id and purpose; stale when that process is gone
RECIPE = 2  # raise when the way of making a template changes


def odoo_options(database: str) -> list[str]:
    """Return the options that every start of Odoo gets."""
    return [
        f"--database={database}",
        f"--addons-path={project.ROOT}",
        f"--data-dir={project.BUILD / 'data'}",
        "--http-interface=127.0.0.1",
        "--max-cron-threads=1",
    ]


def ensure_test_template() -> None:
    """Have the template of the tests: our add-ons without demo data."""
    key = project.fingerprint(_base_key(False), project.installed_files())
    if key != _key(TEST_TEMPLATE):
        ensure_base(demo=False)
        _make(TEST_TEMPLATE, key, BASE[False], project.ADDONS, "--assets")


def ensure_on_top(name: str, modules: list[str], *parts: object) -> None:
    """Have a template with modules of others on top of the tests' template, which is there.

    :param parts: what else decides about the content, as for project.fingerprint
    """
    key = project.fingerprint(_key(TEST_TEMPLATE), modules, *parts)
    if key != _key(name):
        _make(name, key, TEST_TEMPLATE, modules, "--assets", about="3 min")


def ensure_demo() -> None:
    """Have the demo database; replace it, saying so, when the add-ons or the stories changed."""
    stories = project.files("tests/stories")
    key = project.fingerprint(_base_key(True), project.installed_files(), stories)
    old = _key(DEMO)
    if key != old:
        if old:
            steps.say("The add-ons or the stories changed: the demo database is made afresh.")
        ensure_base(demo=True)
        _make(DEMO, key, BASE[True], project.ADDONS)


def ensure_grown(size: int) -> str:
    """Have a database with ``size`` contracts, kept until what it is made of changes; its name."""
    name, recipe = GROWN % size, [project.ROOT / "benchmarks" / "crowd.py"]
    stories = project.files("tests/stories")
    key = project.fingerprint(_key(TEST_TEMPLATE), stories, recipe)
    if key != _key(name):
        drop(name)
        unfinished = TEMPORARY % (os.getpid(), name)
        create(unfinished, TEST_TEMPLATE)
        command = [sys.executable, "-m", "tools.inside_odoo", "grow", unfinished, str(size)]
        about = f"{size // 100_000 + 1} min"
        steps.run(f"Growing {size:,} contracts", command, name, about, cwd=project.ROOT)
        _finish(unfinished, name, key)
    return name


def existing(name: str) -> str:
    """Return the name of a database after a look whether it is there.

    :raise Failed: it is not
    """
    if _key(name) is None:
        raise Failed(f"There is no database {name} yet; `make demo` makes it.")
    return name


def _base_key(demo: bool) -> str:
    """Return the key of a base template."""
    odoo = odoo_source.ensure().identity
    constraints = project.CONSTRAINTS.relative_to(project.ROOT)
    return project.fingerprint(RECIPE, odoo, [constraints], project.external_modules(), demo)


def ensure_base(demo: bool) -> None:
    """Have the base template with or without Odoo's demo data."""
    key = _base_key(demo)
    if key != _key(BASE[demo]):
        options = ["--demo"] if demo else []
        _make(BASE[demo], key, None, project.external_modules(), *options)


def _make(
    name: str, key: str, source: str | None, modules: list[str], *options: str, about: str = ""
) -> None:
    """Make a database and put it in the place of the old one.

    :param key: of what it is made of
    :param source: the database it is a copy of; None: empty
    :param modules: to install
    :param options: for the script that installs
    :param about: how long it takes
    """
    unfinished = TEMPORARY % (os.getpid(), name)
    drop(unfinished)
    create(unfinished, source)
    what, usual = ("the add-ons", "30 s") if source else ("Odoo's modules", "90 s")
    title = f"{what} in {name}"
    log = install(unfinished, modules, *options, log=name, title=title, about=about or usual)
    if source:
        _report_warnings(log)
    _finish(unfinished, name, key)


def _finish(unfinished: str, name: str, key: str) -> None:
    """Put a complete database in the place of the old one."""
    drop(name)
    old, new = sql.Identifier(unfinished), sql.Identifier(name)
    with _connection() as cursor:
        cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(old, new))
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(new, sql.Literal(key)))


def install(
    database: str,
    modules: list[str],
    *options: str,
    log: str = "install",
    title: str = "",
    about: str = "20 s",
) -> Path:
    """Install modules into a database and return the log.

    :param options: for the script that installs
    :param log: name of the log file
    :param title: what is installed where, if it is not the names of the modules
    :param about: how long it takes
    :raise Failed: a module is not there, or not installed at the end
    """
    command = [sys.executable, "-m", "tools.inside_odoo", "install", *options, database, *modules]
    title = f"Installing {title or ', '.join(modules)}"
    return steps.run(title, command, log, about, cwd=project.ROOT)


def _report_warnings(log: Path) -> None:
    """Say how often Odoo warned while it installed the add-ons: a sound add-on gives no cause."""
    pattern = r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) \S+ (.*)"
    warnings = re.findall(pattern, log.read_text(errors="replace"), re.M)
    if warnings:
        steps.say(f"{len(warnings)} warnings in {log}, the first: {warnings[0][:200]}")


@contextmanager
def copy(template: str, purpose: str) -> Iterator[str]:
    """Yield the name of a fresh copy of a template, which is dropped at the end of the block."""
    name = TEMPORARY % (os.getpid(), purpose)
    drop(name)
    create(name, template)
    try:
        yield name
    finally:
        drop(name)


def create(name: str, template: str | None) -> None:
    """Create a database; without a template an empty one, sorted by code points, as Odoo does.

    :raise Failed: the template does not exist, or the user may not create databases
    """
    empty = sql.SQL("template0 LC_COLLATE 'C' ENCODING 'unicode'")
    source = sql.Identifier(template) if template else empty
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    create = create.format(sql.Identifier(name), source)  # a third of the time of WAL_LOG
    try:
        with _connection() as cursor:
            cursor.execute(create)
    except psycopg2.Error as error:
        raise Failed(f"cannot create the database {name}: {error}") from error


def drop(name: str) -> None:
    """Drop a database, and the connections to it, if it exists."""
    if not name.startswith("aftersales_"):
        raise ValueError(f"{name} is not ours")
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with _connection() as cursor:
        try:
            cursor.execute(statement)  # sends the server's own cleaner away, which FORCE may not
        except psycopg2.errors.ObjectInUse:
            cursor.execute(statement + sql.SQL(" WITH (FORCE)"))


def drop_stale() -> None:
    """Drop the databases of runs that were killed: process gone, nobody connected."""
    with _connection() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'aftersales\\_tmp\\_%'"
            " AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)"
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        if not os.path.exists(f"/proc/{name.split('_')[2]}"):
            drop(name)


def _key(name: str) -> str | None:
    """Return the key that a database was made with, None where there is none."""
    with _connection() as cursor:
        comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        cursor.execute(comment, [name])
        row = cursor.fetchone()
    return row and row[0]


@contextmanager
def _connection() -> Iterator[psycopg2.extensions.cursor]:
    """Yield a cursor on the server's maintenance database; every statement is committed by itself.

    :raise Failed: the server cannot be reached
    """
    try:
        connection = psycopg2.connect(dbname="postgres")
    except psycopg2.Error as error:
        raise Failed(f"cannot connect to PostgreSQL: {error}") from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
