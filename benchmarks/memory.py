"""How much memory our daily jobs need, each in a process of its own: `make scale ARGS=memory`.

Each job does its work for real on everything that is due, committed piece by piece as at night;
so it gets a copy of the grown database. What counts is how much more the process holds at its
peak than before the job.
"""

from __future__ import annotations

import multiprocessing
import re
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_all

GOAL = 50  # MB
ADDONS = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")


def main(database: str) -> bool:
    """Print a line per job; return whether a goal is missed."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        owned = [("model", "=", "ir.cron"), ("module", "in", ADDONS)]
        ids = env["ir.model.data"].search(owned).mapped("res_id")
        jobs = [(cron.id, cron.name) for cron in env["ir.cron"].browse(ids).sorted("name")]
    close_all()
    missed = False
    print("{:56} {:>9} {:>9}".format("", "seconds", "grew MB"))
    for cron, name in jobs:
        with multiprocessing.get_context("fork").Pool(1) as process:
            seconds, grown = process.apply(run, (database, cron))
        missed |= grown > GOAL
        print(f"{name[:56]:56} {seconds:9.1f} {grown:9.0f}{' !' * (grown > GOAL)}", flush=True)
    return missed


def run(database: str, cron: int) -> tuple[float, float]:
    """Let a job do its work once, as often as Odoo calls it again; return (seconds, MB it grew)."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["res.partner"].search([], limit=1).read(["display_name"])  # what every process loads
        before, start = _peak_mb(), time.perf_counter()
        job = env["ir.cron"].browse(cron)
        job.method_direct_trigger()
        return time.perf_counter() - start, _peak_mb() - before


def _peak_mb() -> float:
    """Return the most memory this process has held so far."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024
