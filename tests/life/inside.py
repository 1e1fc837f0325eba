"""What is done to a database from inside Odoo; started by ``process.run``.

    python -m tests.life.inside SCRIPT DATABASE FOLDER_OF_ADDONS ARGUMENT...

Every script answers with a line of JSON, its last one.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.life import core, old_orders
from tools import databases, project


@contextmanager
def environment(database):
    """Yield an environment of the superuser; what is done in it is kept."""
    with Registry(database).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})


def make_old_orders(database, addons, number):
    """Have orders of years ago, sold, delivered and invoiced, before our add-ons are there."""
    with environment(database) as env:
        old_orders.make(env, int(number))


def install(database, addons, *modules):
    """Install modules one after another, into an empty database too.

    Answer after each how many queries it took, and which modules there are.
    """
    Registry.new(database, update_module=True)  # an empty one gets Odoo's base
    answer = []
    for module in modules:
        before = sql_db.sql_counter
        registry = Registry.new(database, update_module=True, install_modules=[module])
        answer.append([sql_db.sql_counter - before, sorted(registry._init_modules)])
    return answer


def upgrade(database, addons, *modules):
    """Upgrade modules to the version of the folder."""
    Registry.new(database, update_module=True, upgrade_modules=modules)


def tell(database, addons):
    """Tell the stories of the add-ons' own version."""
    with environment(database) as env:
        if Path(addons) == project.ROOT:
            from tests.stories import tell_all
        else:
            sys.path.insert(0, addons)
            from stories import tell_all
        tell_all(env)


def look(database, addons):
    """Answer what is wrong: views, jobs and counters."""
    with environment(database) as env:
        return core.broken_views(env) + core.broken_counters(env) + core.failing_jobs(env)


def uninstall(database, addons, module):
    """Uninstall a module, with what depends on it, as the button does."""
    with environment(database) as env:
        env["ir.module.module"].search([("name", "=", module)]).button_immediate_uninstall()


def work(database, addons):
    """Let core do its work with every order there is; answer what could not be done."""
    with environment(database) as env:
        return core.broken_views(env) + core.work(env)


SCRIPTS = (make_old_orders, install, upgrade, tell, look, uninstall, work)


def main(script: str, database: str, addons: str, *arguments: str) -> None:
    """Run a script and print its answer."""
    options = [one for one in databases.odoo_options(database) if "addons-path" not in one]
    options += [f"--addons-path={addons}", "--no-http", "--max-cron-threads=0"]
    config.parse_config([*options, "--log-level=warn"], setup_logging=True)
    answer = {one.__name__: one for one in SCRIPTS}[script](database, addons, *arguments)
    print(f"\n{json.dumps(answer)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
