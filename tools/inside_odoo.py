"""Scripts that run inside Odoo, as processes: `python -m tools.inside_odoo <script> ...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import databases, project

# Scripts and styles that the pages of browser tests load
BUNDLES = (
    *("web.assets_web", "web.assets_web_print", "web.fullcalendar_lib", "web.chartjs_lib"),
    *("web.assets_frontend", "web.assets_frontend_minimal", "web.assets_frontend_lazy"),
    *("web.assets_tests", "web_tour.automatic", "portal.assets_chatter"),
)


def install(database: str, modules: list[str], *, demo: bool, assets: bool) -> None:
    """Install modules into a database that may be empty.

    :param demo: whether an empty database gets Odoo's demo data; a filled one stays as it is
    :param assets: whether to make the scripts and styles of pages once, for all browser tests
    :raise SystemExit: a module is not there, or not installed at the end
    """
    registry = Registry.new(database, update_module=True, new_db_demo=demo)
    with registry.cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        env["ir.attachment"].force_storage()
        env["ir.module.module"].update_list()
    registry = Registry.new(database, install_modules=modules)
    with registry.cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        installed = env["ir.module.module"].search([("state", "=", "installed")])
        missing = set(modules) - set(installed.mapped("name"))
        if missing:
            sys.exit(f"not installed: {', '.join(sorted(missing))}")
        if assets:
            _make_assets(env)


def _make_assets(env) -> None:
    """Keep the bundles that browsers ask for; a test that makes one itself waits seconds for it."""
    for name in BUNDLES:
        env["ir.qweb"]._get_asset_bundle(name, css=True, js=False).css()
        env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()


def tell(database: str) -> None:
    """Tell every story in the database, as the superuser, and keep what happened."""
    from tests.stories import tell_all

    with Registry(database).cursor() as cursor:
        tell_all(api.Environment(cursor, SUPERUSER_ID, {}))


def bench(database: str, arguments: list[str]) -> None:
    """Print how long our add-ons take beside the same work without them; nothing is kept.

    :param arguments: the other databases of ``benchmarks.harness``, and what it is to run
    """
    from benchmarks import harness

    harness.main(database, *arguments)


def scale(arguments: list[str]) -> None:
    """Print what takes longer among very many contracts: databases, smallest first, and words."""
    from benchmarks import scale as benchmark

    databases = [one for one in arguments if one.startswith("aftersales_")]
    sys.exit(benchmark.main(databases, [one for one in arguments if one not in databases]))


def grow(database: str, size: str) -> None:
    """Fill an empty database with so many contracts."""
    from benchmarks import scale as benchmark

    benchmark.grow(database, int(size))


def terms(database: str) -> None:
    """Write the terms of the add-ons and their translations anew; say what is missing."""
    from . import translations

    with Registry(database).cursor() as cursor:
        missing = translations.write(api.Environment(cursor, SUPERUSER_ID, {}))
    for (addon, language), number in missing.items():
        print(f"{addon} {language}: {number} of its terms without a translation")


def load_prepare(database: str, users: str, address: str, bus: str, mail_port: str) -> None:
    """Tell the stories in a copy of the demo database, and let in who will work there."""
    from benchmarks.load import world

    tell(database)
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        world.prepare(env, int(users), address, bus, int(mail_port))
        _make_assets(env)


def load_check(database: str, path: str) -> None:
    """Write down what does not hold after people worked in the database."""
    from benchmarks.load import aftermath

    with Registry(database).cursor() as cursor:
        found = aftermath.differences(api.Environment(cursor, SUPERUSER_ID, {}))
        Path(path).write_text(json.dumps(found))
        cursor.rollback()


def main(script: str, *arguments: str) -> None:
    """Start Odoo without serving and run one of the scripts."""
    demo, assets = "--demo" in arguments, "--assets" in arguments
    database, *others = [one for one in arguments if one not in ("--demo", "--assets")]
    options = [*databases.odoo_options(database), "--no-http"]
    if script == "tell":
        options.append(f"--logfile={project.LOGS / 'story.log'}")
    if script in ("bench", "scale", "grow", "terms", "load_prepare", "load_check"):
        options.append("--log-level=warn")
    config.parse_config(options, setup_logging=True)
    if script == "install":
        install(database, others, demo=demo, assets=assets)
    elif script == "bench":
        bench(database, others)
    elif script == "scale":
        scale([database, *others])
    elif script == "grow":
        grow(database, *others)
    elif script == "terms":
        terms(database)
    elif script == "load_prepare":
        load_prepare(database, *others)
    elif script == "load_check":
        load_check(database, *others)
    else:
        tell(database)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
