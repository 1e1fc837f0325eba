"""How long customers' pages take with few and very many contracts: `make scale ARGS=pages`."""

from __future__ import annotations

import statistics
import time

from werkzeug.test import Client

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.tests.common import new_test_user

from .crowd import Crowd

ROUNDS = 60  # requests of each page
GOAL = 1.5  # the larger ÷ the smaller, at the 95th percentile
PAGES = (
    "/my",
    "/my/service-contracts",
    "/my/service-contracts/{contract}",
    "/my/assets",
    "/my/assets/{asset}",
    "/my/claims",
    "/my/claims/{claim}",
    "/my/claims/new",
    "/my/visits",
    "/my/visits/{visit}",
    "/my/rewards",
    "/my/referrals",
)


def main(*databases: str) -> bool:
    """Print a line per page, return whether a goal is missed; any status but 200 ends it."""
    times = []
    for database in databases:
        with Registry(database).cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            times.append(measure(env, _pages(env)))
    print(table(list(PAGES), times[0], times[-1]))
    return any(
        _percentiles(times[-1][page])[1] > GOAL * _percentiles(times[0][page])[1] for page in PAGES
    )


def _pages(env: api.Environment) -> dict[str, str]:
    """Return {page: its address} for the customer of the story, who gets a login."""
    crowd = Crowd(env)
    if not env["res.users"].search([("login", "=", "scale")]):
        new_test_user(env, "scale", "base.group_portal", partner_id=crowd.customer.id)
        env.cr.commit()
    contract = crowd.contract
    ids = {
        "contract": contract.id,
        "asset": contract.asset_ids[:1].id,
        "claim": contract.claim_ids[:1].id,
        "visit": contract.visit_ids[:1].id,
    }
    return {page: page.format(**ids) for page in PAGES}


def measure(env: api.Environment, pages: dict[str, str]) -> dict[str, list[float]]:
    """Return the seconds each request of each page took, pages taking turns."""
    client = log_in(env)
    times: dict[str, list[float]] = {page: [] for page in pages}
    for number in range(ROUNDS + 1):
        for page, address in pages.items():
            start = time.perf_counter()
            response = client.get(address)
            response.get_data()
            seconds = time.perf_counter() - start
            if response.status_code != 200:
                raise SystemExit(f"{page}: {response.status}")
            if number:  # the first round fills the caches
                times[page].append(seconds)
    return times


def log_in(env: api.Environment) -> Client:
    """Return a browser in this process in which the customer is logged in."""
    user = env["res.users"].search([("login", "=", "scale")])
    session = http.root.session_store.new()
    session.update(http.get_default_session(), db=env.cr.dbname, uid=user.id, login=user.login)
    session.session_token = user._compute_session_token(session.sid)
    session.context = dict(user.with_user(user).context_get())
    http.root.session_store.save(session)
    env.cr.commit()
    client = Client(http.root)
    client.set_cookie("session_id", session.sid)
    return client


def table(pages: list[str], small: dict, large: dict) -> str:
    """Return the median and the 95th percentile of each page in ms, and their ratio."""
    form = "{:36} {:>8} {:>8} {:>8} {:>8} {:>7}"
    lines = [form.format("", "p50", "p95", "p50", "p95", "ratio")]
    for page in pages:
        p50, p95 = zip(*(_percentiles(times[page]) for times in (small, large)), strict=True)
        missed = " !" if p95[1] > GOAL * p95[0] else ""
        figures = [round(1000 * seconds) for seconds in (p50[0], p95[0], p50[1], p95[1])]
        lines.append(form.format(page, *figures, f"{p95[1] / p95[0]:.2f}{missed}"))
    return "\n".join(lines)


def _percentiles(seconds):
    cuts = statistics.quantiles(seconds, n=20)
    return cuts[9], cuts[18]
