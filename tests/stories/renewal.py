"""The renewal story: sold last year, offered, signed online; a call after a delivery."""

import base64
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time

from . import cast, clicks

REFERENCE = "Renewal story"
SOLD, OFFERED, DELIVERED, SIGNED = 340, 10, 5, 2  # days ago
SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
)


class RenewalStory:
    """What happened, for the table and the tests. Told once per database."""

    def __init__(self, env):
        self.env = env
        cast.load_demo_data(env)
        self.customer = cast.customer(
            env, "Deco Addict", street="77 Santa Barbara Rd", city="Pleasant Hill", zip="94523"
        )
        self.tiles = env.ref("aftersales_plans.product_paving_tile")
        self.plan_product = env.ref("aftersales_plans.product_plan_gold")
        self.people = {role: cast.user(env, role) for role in cast.ROLES}
        self.now = datetime.now().replace(hour=10, minute=0, second=0, microsecond=0)

    def told(self):
        """Return whether this database knows the story; then the records are found again."""
        orders = self.env["sale.order"]
        self.order = orders.search([("client_order_ref", "=", REFERENCE)], limit=1)
        self.second_order = orders.search(
            [("client_order_ref", "=", f"{REFERENCE}: more tiles")], limit=1
        )
        return bool(self.second_order)

    def tell(self):
        """Let everything happen, in order; nothing if it happened before."""
        if not self.told():
            with self.ago(SOLD):
                self.sell_last_year()
            with self.ago(OFFERED):
                self.offer()
            with self.ago(DELIVERED):
                self.deliver_more()
            with self.ago(SIGNED):
                self.sign()
                self.call()
        return self

    def ago(self, days):
        """Return the clock stopped so many days ago."""
        return freeze_time(self.now - timedelta(days=days))

    def sell_last_year(self):
        """Two hundred tiles with the GOLD plan; delivered, and the year begins."""
        self.order = clicks.sell(
            self.people["salesperson"],
            self.customer,
            [(self.tiles, 200, None), (self.plan_product, 1, None)],
            client_order_ref=REFERENCE,
        )
        self.order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.order.sudo().picking_ids)

    @property
    def contract(self):
        """The contract of the last term."""
        return self.order.sudo().aftersales_contract_ids

    @property
    def offer_order(self):
        """The renewal quotation."""
        return self.contract.renewal_line_ids.order_id

    @property
    def child(self):
        """The contract of the next term."""
        return self.contract.renewal_ids

    @property
    def followup(self):
        """The call after the delivery."""
        return self.env["aftersales.followup"].search(
            [("key", "=", f"courtesy/order/{self.second_order.id}")]
        )

    def offer(self):
        """The daily run makes the quotation and mails it."""
        self.contract._offer_renewal()

    def deliver_more(self):
        """The customer orders six more tiles, which come the same day."""
        self.second_order = clicks.sell(
            self.people["salesperson"],
            self.customer,
            [(self.tiles, 6, None)],
            client_order_ref=f"{REFERENCE}: more tiles",
        )
        self.second_order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.second_order.sudo().picking_ids)

    def sign(self):
        """The customer signs on the page of the quotation, as Odoo's portal takes it."""
        self.offer_order.write(
            {
                "signed_by": self.customer.name,
                "signed_on": fields.Datetime.now(),
                "signature": SIGNATURE,
            }
        )
        self.offer_order._validate_order()

    def call(self):
        """The salesperson calls after the silence, and the customer is satisfied."""
        self.second_order.sudo()._open_courtesy_call()
        call = self.followup.with_user(self.people["salesperson"]).sudo(False)
        call.action_satisfied()
