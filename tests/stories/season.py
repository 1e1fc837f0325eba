"""A season of sales to Odoo's demo customers, so that calendar and lists have something to show."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time

from . import cast, clicks

REFERENCE = "Season"
NEEDS = {"vip": "hand_holder", "gold": "risk_avoider", "standard": "basic_needs"}
SALES = (  # customer, plan, tiles, days ago
    ("Wood Corner", "vip", 200, 75),
    ("OpenWood", "vip", 320, 72),
    ("Lumber Inc", "vip", 150, 69),
    ("Acme Corporation", "vip", 240, 66),
    ("Ready Mat", "vip", 80, 64),
    ("The Jackson Group", "gold", 90, 160),
    ("Azure Interior", "gold", 110, 165),
    ("LightsUp", "standard", 60, 30),
)


def tell_season(env):
    """Sell and deliver to each of them in the last months, once per database."""
    cast.load_demo_data(env)
    if env["sale.order"].search([("client_order_ref", "=", REFERENCE)], limit=1):
        return
    people = {role: cast.user(env, role) for role in cast.ROLES}
    tiles = env.ref("aftersales_plans.product_paving_tile")
    for number, (name, tier, quantity, days_ago) in enumerate(SALES):
        customer = cast.customer(
            env,
            name,
            street=f"{number + 1} Market Street",
            city="Bayonne",
            phone=f"+1 555-016{number}",
        )
        customer.aftersales_segment = NEEDS[tier]
        technician = ("petra", "tomas")[number % 2]
        clicks.prefer(env.ref(f"aftersales_inspection.person_{technician}"), customer)
        plan = env.ref(f"aftersales_plans.product_plan_{tier}")
        with freeze_time(datetime.now().replace(hour=10) - timedelta(days=days_ago)):
            order = clicks.sell(
                people["salesperson"],
                customer,
                [(tiles, quantity, None), (plan, 1, None)],
                client_order_ref=REFERENCE,
            )
            order.action_confirm()
            clicks.deliver(people["warehouse"], order.sudo().picking_ids)
