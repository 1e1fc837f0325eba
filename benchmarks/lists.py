"""Whether a list reads a large table as a whole when it opens, and what it takes.

Every window action of our add-ons is opened as everybody who may: its domain, the filters that are
on by default, the order and first page of its list and the count beside it; then each field of the
search box with a word typed into it, each filter and each group-by. So are the tiles of the
overview. The rows that each query really reads count, not only its time.
"""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

from .plans import watched

ADDONS = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")
ROLES = ("salesperson", "agent", "technician", "accountant", "manager")
PAGE = 80  # records of a list
SLOW = 0.2  # seconds
MANY = 0.5  # rows read, of as many as there are contracts
COUNTED = 10_001  # at which the web client stops to count
TYPED = "Customer 77"  # what somebody types into the search box


class Look(NamedTuple):
    """One look at a list: who looks, at what, and how."""

    role: str
    action: str
    what: str  # list, count, filter …, search …, group by …
    seconds: float
    scans: tuple[str, ...]  # tables of which many rows were read, and how
    queries: tuple[str, ...]  # those that did


def main(database: str) -> bool:
    """Print what read many rows or took long; return whether a list or a tile did."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"lang": "en_US"})
        found = list(looks(env))
        cursor.rollback()
    print(table(found))
    return any(look.scans and look.what in ("opens", "number") for look in found)


def users(env: api.Environment) -> dict:
    """Return {role: user}: the people of the story, and the plan manager of the crowd."""
    return {role: env["res.users"].search([("login", "=", role)]) for role in ROLES}


def actions(env: api.Environment):
    """Return our window actions that open a list of stored or computed rows."""
    names = env["ir.model.data"].search(
        [("model", "=", "ir.actions.act_window"), ("module", "in", ADDONS)]
    )
    found = env["ir.actions.act_window"].browse(names.mapped("res_id"))
    return found.filtered(
        lambda action: (
            action.target != "new"
            and not env[action.res_model]._transient
            and "list" in action.view_mode
        )
    )


def looks(env: api.Environment, words: list[str] | tuple = ()):
    """Yield every look of everybody at everything whose action or role has one of the words."""
    for role, user in users(env).items():
        own = env(user=user, su=False)
        for action in actions(env):
            name = action.get_external_id()[action.id].partition(".")[2]
            if words and not any(word in f"{role} {name}" for word in words):
                continue
            if action.group_ids and not action.group_ids & user.all_group_ids:
                continue
            if own[action.res_model].has_access("read"):
                yield from _looks_at(own, role, name, action)
        tiled = own["aftersales.tile"].has_access("read")
        if tiled and (not words or "tiles" in words):
            for tile in own["aftersales.tile"].search([("is_shown", "=", True)]):
                yield _look(
                    own, role, f"tile {tile.name}", "number", lambda t=tile: t.with_prefetch().count
                )


def _looks_at(env, role, name, action):
    context = _evaluated(env, action.context, {})
    model = env[action.res_model].with_context(**context)
    domain = Domain(_evaluated(env, action.domain, []))
    screen = Screen(model, action)
    default = Domain.AND([domain, *screen.defaults(context)])

    def opened(found):
        model.web_search_read(
            found,
            screen.names,
            limit=PAGE,
            order=screen.order,
            count_limit=COUNTED,
        )

    yield _look(env, role, name, "opens", lambda: opened(default))
    for title, found in screen.filters():
        yield _look(env, role, name, f"filter {title}", lambda f=found: opened(domain & f))
    for title, found in screen.searches(TYPED):
        yield _look(env, role, name, f"search {title}", lambda f=found: opened(domain & f))
    for group in screen.groups():
        yield _look(
            env,
            role,
            name,
            f"group by {group}",
            lambda g=group: model.formatted_read_group(default, [g], ["__count"], limit=PAGE),
        )


def _look(env, role, action, what, do) -> Look:
    """Do it twice: the first one fills caches that a request has; explain what the second asks."""
    savepoint = env.cr.savepoint()
    try:
        for _round in range(2):
            env.invalidate_all()
            start = time.perf_counter()
            with watched(env) as reads:
                do()
            seconds = time.perf_counter() - start - reads.seconds
    except (AccessError, UserError, ValueError) as error:
        return Look(role, action, what, 0.0, (), (f"refused: {error}",))
    finally:
        savepoint.close(rollback=True)
    many = _large(env)
    bad = [(read, key) for read in reads for key, rows in read.items() if rows > many]
    return Look(
        role,
        action,
        what,
        seconds,
        tuple(sorted({f"{table} ({how})" for _read, (table, how) in bad})),
        tuple(dict.fromkeys(read.query for read, _key in bad)),
    )


def _large(env) -> float:
    """Return how many rows a look may read of one table."""
    env.cr.execute("SELECT reltuples FROM pg_class WHERE relname = 'aftersales_contract'")
    return max(env.cr.fetchone()[0] * MANY, PAGE * 2)


class Screen:
    """What the client knows of a list: fields, order, and what can be searched by."""

    def __init__(self, model, action):
        self.model = model
        views = action.view_ids.filtered(lambda view: view.view_mode == "list").view_id
        shown = [(views[:1].id or False, "list"), (action.search_view_id.id or False, "search")]
        archs = {kind: view["arch"] for kind, view in model.get_views(shown)["views"].items()}
        self.list, self.search = (etree.fromstring(archs[kind]) for kind in ("list", "search"))
        self.order = self.list.get("default_order") or None
        self.names = {
            field.get("name"): {"fields": {"display_name": {}}}
            if model._fields[field.get("name")].relational
            else {}
            for field in self.list.xpath("//field[not(ancestor::field) and not(ancestor::groupby)]")
            if field.get("column_invisible") not in ("1", "True")
        }

    def defaults(self, context):
        """Return the domains of filters that are on when the list opens."""
        wanted = {key.removeprefix("search_default_") for key, on in context.items() if on
                  and key.startswith("search_default_")}  # fmt: skip
        return [found for name, found in self._filters() if name in wanted]

    def filters(self):
        """Yield the filters with a domain."""
        yield from self._filters()

    def _filters(self):
        for node in self.search.xpath("//filter[@domain]"):
            yield node.get("name"), Domain(_evaluated(self.model.env, node.get("domain"), []))

    def searches(self, typed):
        """Yield what the box searches for when somebody types a word."""
        for node in self.search.xpath("//search/field|//search/group/field"):
            field = self.model._fields[node.get("name")]
            if node.get("filter_domain"):
                found = _evaluated(self.model.env, node.get("filter_domain"), [], typed)
            elif field.type in ("char", "text", "html", "many2one", "many2many", "one2many"):
                found = [(field.name, node.get("operator") or "ilike", typed)]
            else:
                continue
            yield field.name, Domain(found)

    def groups(self):
        """Yield what the list can be grouped by."""
        for node in self.search.xpath("//filter[contains(@context, 'group_by')]"):
            group = _evaluated(self.model.env, node.get("context"), {}).get("group_by")
            yield group if isinstance(group, str) else group[0]


def _evaluated(env, text, empty, typed=None):
    """Return the value of a literal of a view, as the client works it out."""
    names = {
        "uid": env.uid, "self": typed, "raw_value": typed, "time": safe_time,
        "datetime": safe_datetime, "context_today": safe_datetime.datetime.today,
        "allowed_company_ids": env.companies.ids, "current_company_id": env.company.id,
        "active_id": 0, "active_ids": [], "context": {}, "user": env.user,
        "company_id": env.company.id,
    }  # fmt: skip
    text = re.sub(r"\s+", " ", text or "").strip()
    return safe_eval(text, names) if text else empty


def table(found: list[Look]) -> str:
    """Return the looks that read a large table as a whole, or took long, and how many there are."""
    form = "{:12} {:44} {:34} {:>7}  {}"
    lines = [form.format("", "", "", "ms", "read as a whole")]
    for look in sorted(found, key=lambda look: (not look.scans, -look.seconds)):
        if look.scans or look.seconds > SLOW:
            milliseconds = f"{look.seconds * 1000:.0f}"
            lines.append(
                form.format(
                    look.role, look.action[:44], look.what[:34], milliseconds, ", ".join(look.scans)
                )
            )
    lines.append(
        f"{len(found)} looks, {sum(bool(look.scans) for look in found)} read a whole table"
    )
    return "\n".join(lines)
