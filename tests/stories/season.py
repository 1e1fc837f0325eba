"""A season of sales to Odoo's demo customers, so that calendar and lists have something to show."""

from . import cast, clicks

REFERENCE = "Season"
SALES = (
    ("Wood Corner", "vip", 200),
    ("Ready Mat", "gold", 80),
    ("OpenWood", "vip", 320),
    ("LightsUp", "standard", 60),
    ("Lumber Inc", "vip", 150),
    ("The Jackson Group", "gold", 90),
    ("Acme Corporation", "vip", 240),
    ("Azure Interior", "gold", 110),
)


def tell_season(env):
    """Sell and deliver to each of them, once per database."""
    cast.load_demo_data(env)
    if env["sale.order"].search([("client_order_ref", "=", REFERENCE)], limit=1):
        return
    people = {role: cast.user(env, role) for role in cast.ROLES}
    tiles = env.ref("aftersales_plans.product_paving_tile")
    for name, tier, quantity in SALES:
        order = clicks.sell(
            people["salesperson"],
            cast.customer(env, name),
            [(tiles, quantity, None), (env.ref(f"aftersales_plans.product_plan_{tier}"), 1, None)],
            client_order_ref=REFERENCE,
        )
        order.action_confirm()
        clicks.deliver(people["warehouse"], order.sudo().picking_ids)
