"""What a plan costs at the sale and at the delivery, beside the same order without one."""

from __future__ import annotations

from odoo import Command, api

from .harness import Comparison, Prepare, one_by_one

ORDERS = 5  # in a run, one after the other
LINES = 10  # goods on the larger of the two orders
QUANTITY = 3
STOCK = 10_000


class Shop:
    """A customer and two shelves of the same goods: registered on delivery, and not."""

    def __init__(self, env: api.Environment):
        self.user = env.ref("base.user_admin")
        self.customer = env["res.partner"].create(
            {"name": "Bench Ltd", "street": "1 Elm Street", "city": "Springfield"}
        )
        self.registered = self.goods(env, registers=True)
        self.unregistered = self.goods(env, registers=False)
        self.service = self.sold_service(env, name="Plain service")
        self.plan = self.sold_service(
            env,
            name="Plan without visits",
            aftersales_plan_id=self.new_plan(env, code="BENCH-0").id,
        )
        self.visited_plan = self.sold_service(
            env,
            name="Plan with four visits",
            aftersales_plan_id=self.new_plan(env, code="BENCH-4", visit_interval_months=3).id,
        )
        env["fsm.person"].search([]).active = False
        env["fsm.person"].create({"name": "Tess"})

    def goods(self, env, registers):
        """Return stocked products of a category that registers assets or does not."""
        category = env["product.category"].create(
            {"name": f"Registers: {registers}", "aftersales_register_assets": registers}
        )
        products = env["product.product"].create(
            [
                {
                    "name": f"Goods {number}",
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 50.0,
                    "categ_id": category.id,
                }
                for number in range(LINES)
            ]
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        for product in products:
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, STOCK)
        return products

    def new_plan(self, env, **terms):
        """Return a plan of the company."""
        return env["aftersales.plan"].create({"name": "Bench", "replacements_included": 3, **terms})

    def sold_service(self, env, **values):
        """Return a service product."""
        return env["product.product"].create({"type": "service", "list_price": 100.0, **values})

    def orders(self, env, goods, service):
        """Return quotations of all ``goods`` and one service each, as a user writes them."""
        products = [(product, QUANTITY) for product in goods] + [(service, 1)]
        quotation = {
            "partner_id": self.customer.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in products
            ],
        }
        return env["sale.order"].create([quotation] * ORDERS).with_user(self.user)

    def confirming(self, goods, service) -> Prepare:
        """Return the confirmation of such orders, one by one, as a step."""

        def prepare(env):
            orders = self.orders(env, goods, service)
            return lambda: one_by_one(orders, lambda order: order.action_confirm())

        return prepare

    def delivering(self, goods, service) -> Prepare:
        """Return the validation of such orders' deliveries, one by one, as a step."""

        def prepare(env):
            orders = self.orders(env, goods, service)
            orders.action_confirm()
            orders.picking_ids.action_assign()
            pickings = orders.picking_ids.with_user(self.user)
            return lambda: one_by_one(pickings, lambda picking: picking.button_validate())

        return prepare


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Return what is measured, for a small and for a larger order; the last shows the noise."""
    shop = Shop(env)
    found = []
    for count in (1, LINES):
        plain, ours = shop.unregistered[:count], shop.registered[:count]
        found += [
            Comparison(
                f"Confirm an order with a plan, {count} goods",
                shop.confirming(plain, shop.service),
                shop.confirming(ours, shop.plan),
                1.25,
            ),
            Comparison(
                f"Deliver goods that become assets, {count} goods",
                shop.delivering(plain, shop.service),
                shop.delivering(ours, shop.service),
                1.25,
            ),
            Comparison(
                f"Deliver, start the contract, plan 4 visits, {count} goods",
                shop.delivering(plain, shop.service),
                shop.delivering(ours, shop.visited_plan),
                2.5,
            ),
        ]
    same = shop.delivering(shop.unregistered, shop.service)
    return [*found, Comparison("The same delivery twice: the noise", same, same, None)]
