"""The STANDARD story: one replacement a year is free, the second is billed."""

from . import cast, clicks

REFERENCE = "STANDARD story"


class StandardStory:
    """What happened, for the table and the tests. Told once per database."""

    def __init__(self, env):
        self.env = env
        cast.load_demo_data(env)
        self.customer = cast.customer(
            env, "Gemini Furniture", street="317 Fairchild Dr", city="Fairfield", zip="94535"
        )
        self.tiles = env.ref("aftersales_plans.product_paving_tile")
        self.plan_product = env.ref("aftersales_plans.product_plan_standard")
        self.people = {role: cast.user(env, role) for role in cast.ROLES}

    def told(self):
        """Return whether this database knows the story; then the records are found again."""
        self.order = self.env["sale.order"].search([("client_order_ref", "=", REFERENCE)], limit=1)
        return bool(self.order)

    @property
    def contract(self):
        """The contract the order opened."""
        return self.order.sudo().aftersales_contract_ids

    def tell(self):
        """Let everything happen, in order; nothing if it happened before."""
        if not self.told():
            self.sell_and_deliver()
            self.break_two_things()
        return self

    def sell_and_deliver(self):
        """Forty tiles with the STANDARD plan; delivered, invoiced, paid."""
        self.order = clicks.sell(
            self.people["salesperson"],
            self.customer,
            [(self.tiles, 40, None), (self.plan_product, 1, None)],
            client_order_ref=REFERENCE,
        )
        self.order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.order.sudo().picking_ids)
        bill = clicks.invoice(self.people["salesperson"], self.people["billing"], self.order)
        clicks.pay(self.people["billing"], bill)

    def break_two_things(self):
        """The customer breaks a tile twice in the year; the second time is paid for."""
        asset = self.contract.asset_ids
        accident = self.env.ref("aftersales_plans.cause_accident")
        first, second = (
            clicks.report_breakage(
                self.people["agent"], self.customer, asset, 1, accident, description
            )
            for description in ("A wheel cracked it.", "A ladder fell on it.")
        )
        clicks.deliver(self.people["warehouse"], first.sudo().picking_ids)
        quotation = second.sudo().sale_order_id.with_user(self.people["salesperson"]).sudo(False)
        quotation.action_confirm()
        clicks.deliver(self.people["warehouse"], quotation.sudo().picking_ids)
        bill = clicks.invoice(self.people["salesperson"], self.people["billing"], quotation)
        clicks.pay(self.people["billing"], bill)
