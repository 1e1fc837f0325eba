"""What Odoo's everyday work takes with our add-ons installed, beside a database without them.

Nothing here has to do with after-sales service: no plan, no contract, no visit, no referral.
"""

from __future__ import annotations

from odoo import Command, api
from odoo.tests import Form

from .bench_payment import register_payment
from .harness import Comparison, Prepare, one_by_one

GOAL = 1.1
TIMES = 5  # each piece of work is done in a run
RECORDS = 80  # in a list: a page of Odoo's
LINES = 5  # on a document
STOCK = 10_000
ADMIN = "base.user_admin"


class Company:
    """Odoo's own records in one of the two databases: customers, goods, documents."""

    def __init__(self, env: api.Environment):
        self.user = env.ref(ADMIN)
        self.customers = env["res.partner"].create(
            [{"name": f"Everyday {number}", "city": "Springfield"} for number in range(RECORDS)]
        )
        self.goods = env["product.product"].create(
            [
                {
                    "name": f"Everyday goods {number}",
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 50.0,
                    "categ_id": env["product.category"].create({"name": "Everyday"}).id,
                    "invoice_policy": "order",
                }
                for number in range(LINES)
            ]
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        for product in self.goods:
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, STOCK)
        self.orders = self.sell(env, RECORDS)
        env.flush_all()

    def sell(self, env, count):
        """Return quotations, one for each of the first customers."""
        return env["sale.order"].create(
            [
                {
                    "partner_id": self.customers[number].id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 2})
                        for product in self.goods
                    ],
                }
                for number in range(count)
            ]
        )

    # --- Work, each a function that prepares a run and returns its step --------------------------

    def new_quotation(self, env):
        """Fill in a quotation, as the browser asks for it field by field."""
        orders = env["sale.order"].with_user(self.user)
        customer, goods = self.customers[:1], self.goods[:2]

        def fill_in():
            form = Form(orders)
            form.partner_id = orders.env["res.partner"].browse(customer.id)
            for product in goods:
                with form.order_line.new() as line:
                    line.product_id = orders.env["product.product"].browse(product.id)
                    line.product_uom_qty = 3
            form.save()

        return fill_in

    def confirm(self, env):
        """Confirm orders, one by one."""
        orders = self.sell(env, TIMES).with_user(self.user)
        return lambda: one_by_one(orders, lambda order: order.action_confirm())

    def deliver(self, env):
        """Validate deliveries, one by one."""
        orders = self.sell(env, TIMES)
        orders.action_confirm()
        orders.picking_ids.action_assign()
        pickings = orders.picking_ids.with_user(self.user)
        return lambda: one_by_one(pickings, lambda picking: picking.button_validate())

    def receive(self, env):
        """Validate receipts that no order stands behind, one by one."""
        kind = env.ref("stock.picking_type_in")
        pickings = env["stock.picking"].create(
            [
                {
                    "picking_type_id": kind.id,
                    "move_ids": [
                        Command.create({"product_id": product.id, "product_uom_qty": 4})
                        for product in self.goods
                    ],
                }
                for _number in range(TIMES)
            ]
        )
        pickings.action_confirm()
        pickings.move_ids.picked = True
        pickings = pickings.with_user(self.user)
        return lambda: one_by_one(pickings, lambda picking: picking.button_validate())

    def bill(self, env):
        """Invoice orders and post their invoices, one by one."""
        orders = self.sell(env, TIMES)
        orders.action_confirm()
        orders = orders.with_user(self.user)
        return lambda: one_by_one(orders, lambda order: order._create_invoices().action_post())

    def pay(self, env):
        """Register payments by core's wizard, one by one."""
        orders = self.sell(env, TIMES)
        orders.action_confirm()
        invoices = orders._create_invoices(grouped=True).with_user(self.user)
        invoices.action_post()
        return lambda: one_by_one(invoices, register_payment)

    def bills_of_suppliers(self, env):
        """Post bills of suppliers, one by one."""
        bills = env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": self.customers[number].id,
                    "invoice_date": env["account.move"]._fields["date"].today(),
                    "invoice_line_ids": [
                        Command.create({"name": "Paper", "quantity": 1, "price_unit": 10.0})
                        for _line in range(LINES)
                    ],
                }
                for number in range(TIMES)
            ]
        )
        bills = bills.with_user(self.user)
        return lambda: one_by_one(bills, lambda bill: bill.action_post())

    def new_contacts(self, env):
        """Create contacts and change them, one by one."""
        people = env["res.partner"].with_user(self.user)

        def create():
            for number in range(4 * TIMES):
                person = people.create({"name": f"New {number}", "email": f"{number}@x.example"})
                person.write({"phone": "+1 555 0100", "city": "Springfield"})

        return create

    def open_session(self, env):
        """Ask for menus and for views, as often as a browser does while nothing changed."""
        menus = env["ir.ui.menu"].with_user(self.user)

        def ask():
            for _number in range(TIMES):
                env.invalidate_all()
                menus.load_web_menus(False)
                for model in ("sale.order", "res.partner", "stock.picking"):
                    menus.env[model].get_views([(False, "list"), (False, "form")])

        return ask

    def opening(self, model, records) -> Prepare:
        """Return the reading of records for their form, one by one, as a step."""

        def prepare(env):
            spec = Form(env[model].with_user(self.user))._view["fields_spec"]
            found = records(env)[:TIMES].with_user(self.user)

            return lambda: one_by_one(found, lambda one: one.web_read(spec))

        return prepare

    def listing(self, model, records) -> Prepare:
        """Return the reading of a page of a list, as a step."""

        def prepare(env):
            found = records(env).with_user(self.user)
            asked = found.get_views([(False, "list")])
            fields = asked["models"][model]["fields"]
            arch = asked["views"]["list"]["arch"]
            spec = {name: {} for name in fields if f'name="{name}"' in arch}
            return lambda: [
                found.web_search_read([("id", "in", found.ids)], spec, limit=RECORDS)
                for _number in range(TIMES)
                if not found.env.invalidate_all()
            ]

        return prepare


def work(company: Company) -> list[tuple[str, Prepare]]:
    """Return everything that is compared, by its title."""

    def customers(env):
        return env["res.partner"].browse(company.customers.ids)

    def orders(env):
        return env["sale.order"].browse(company.orders.ids)

    def deliveries(env):
        confirmed = orders(env)[: 2 * TIMES]
        confirmed.action_confirm()
        return confirmed.picking_ids

    def invoices(env):
        confirmed = orders(env)[: 2 * TIMES]
        confirmed.action_confirm()
        return confirmed._create_invoices(grouped=True)

    def products(env):
        return env["product.template"].browse(company.goods.product_tmpl_id.ids)

    return [
        ("Load menus and views", company.open_session),
        ("Fill in a quotation of 2 lines", company.new_quotation),
        ("Open quotations", company.opening("sale.order", orders)),
        ("List quotations", company.listing("sale.order", orders)),
        ("Open contacts", company.opening("res.partner", customers)),
        ("List contacts", company.listing("res.partner", customers)),
        ("Create contacts and change them", company.new_contacts),
        ("Open products", company.opening("product.template", products)),
        ("Confirm orders", company.confirm),
        ("Open deliveries", company.opening("stock.picking", deliveries)),
        ("Deliver", company.deliver),
        ("Receive", company.receive),
        ("Invoice orders", company.bill),
        ("Open invoices", company.opening("account.move", invoices)),
        ("Post bills of suppliers", company.bills_of_suppliers),
        ("Register payments", company.pay),
    ]


def comparisons(env: api.Environment, bare: api.Environment) -> list[Comparison]:
    """Compare the same work in the two databases."""
    return [
        Comparison(f"{title}, with and without our add-ons", plain, ours, GOAL, plain_env=bare)
        for (title, ours), (_title, plain) in zip(
            work(Company(env)), work(Company(bare)), strict=True
        )
    ]
