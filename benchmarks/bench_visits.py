"""What planning a year of visits costs, beside the bare rows and beside recurring orders."""

from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models

from .harness import Comparison, Prepare

BESIDE_OTHERS = True  # needs their add-ons
CONTRACTS = 1_000
FEW = 100  # beside recurring orders, which take minutes for more
BATCHES = (25, 250)  # contracts of four visits each: 100 and 1,000 rows
GROWTH = 9  # queries per table: ten of Odoo's INSERTs of 100 rows instead of one
TECHNICIANS = 10
MONTHS_BETWEEN = 3
SILENT = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
#: What a visit is made of; ``Order.create`` gets all of it, so that nothing is left to compute.
GIVEN = (
    "name", "company_id", "stage_id", "team_id", "type", "priority", "location_id", "person_id",
    "request_early", "request_late", "scheduled_date_start", "scheduled_date_end",
    "aftersales_contract_id", "aftersales_visit_number", "aftersales_window_start",
    "aftersales_window_end",
)  # fmt: skip


def sites(env: api.Environment, count: int):
    """Return ``count`` addresses that have their location."""
    partners = env["res.partner"].create(
        [{"name": f"Bench site {number}", "city": "Springfield"} for number in range(count)]
    )
    env["fsm.location"].create(
        [{"partner_id": partner.id, "owner_id": partner.id} for partner in partners]
    )
    return partners


def contracts(env: api.Environment, count: int):
    """Return ``count`` running contracts, each with a site of its own and no visits yet."""
    env["fsm.person"].search([]).active = False
    env["fsm.person"].create([{"name": f"Bench {number}"} for number in range(TECHNICIANS)])
    plan = env["aftersales.plan"].create(
        {"name": "Bench", "code": "BENCH-V", "visit_interval_months": MONTHS_BETWEEN}
    )
    first = env.company._aftersales_today()
    return env["aftersales.contract"].create(
        [
            {
                "plan_id": plan.id,
                "partner_id": site.id,
                "site_id": site.id,
                "visit_interval_months": MONTHS_BETWEEN,
                "date_start": first,
                "date_end": first + relativedelta(months=12, days=-1),
                "state": "active",
            }
            for site in sites(env, count)
        ]
    )


def plan_visits(count: int) -> Prepare:
    """Plan the visits of ``count`` contracts: windows, locations, technicians, slots, rows."""

    def prepare(env):
        windows = {contract: contract._windows() for contract in contracts(env, count)}
        return lambda: env["aftersales.visit.planner"]._plan(windows)

    return prepare


def create_rows(count: int) -> Prepare:
    """Create the same rows, everything given, by one ``create``."""

    def prepare(env):
        visits = plan_visits(count)(env)()
        rows = [
            {
                name: value.id if isinstance(value, models.BaseModel) else value
                for name, value in ((name, visit[name]) for name in GIVEN)
            }
            for visit in visits
        ]
        visits.unlink()
        return lambda: env["fsm.order"].with_context(**SILENT).create(rows)

    return prepare


def generate_recurring(count: int) -> Prepare:
    """Let fieldservice_recurring generate a year's orders of as many sites, four each."""

    def prepare(env):
        every = env["fsm.frequency"].create(
            {"name": "Quarter", "interval": MONTHS_BETWEEN, "interval_type": "monthly"}
        )
        frequency = env["fsm.frequency.set"].create(
            {
                "name": "Year",
                "schedule_days": 360,
                "fsm_frequency_ids": [Command.link(every.id)],
            }
        )
        person = env["fsm.person"].create({"name": "Bench"})
        locations = env["fsm.location"].search([("partner_id", "in", sites(env, count).ids)])
        recurring = env["fsm.recurring"].create(
            [
                {
                    "location_id": location.id,
                    "fsm_frequency_set_id": frequency.id,
                    "scheduled_duration": 2.0,
                    "start_date": fields.Datetime.now(),
                    "person_id": person.id,
                    "state": "progress",
                }
                for location in locations
            ]
        )
        return recurring._generate_orders

    return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare planning with bare rows, with itself ten times smaller, and with recurring orders."""
    return [
        Comparison(
            f"Plan {CONTRACTS:,} contracts beside bare create() of the rows",
            create_rows(CONTRACTS),
            plan_visits(CONTRACTS),
            1 / 0.7,
        ),
        Comparison(
            "Plan 100 visits in one batch, 1,000 visits",
            *map(plan_visits, BATCHES),
            None,
            more_queries=GROWTH,
        ),
        Comparison(
            f"Plan {FEW} contracts beside fieldservice_recurring",
            generate_recurring(FEW),
            plan_visits(FEW),
            1 / 5,
        ),
    ]
