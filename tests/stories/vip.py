"""The VIP story: sold, delivered, inspected, replaced, referred, paid out, spent.

Told by ``make demo`` and by ``tests/test_story_vip.py``, through the same methods as the buttons.
"""

from odoo import fields

from . import cast, clicks

REFERENCE = "VIP story"


class VipStory:
    """What happened, for the table and the tests. Told once per database."""

    def __init__(self, env):
        self.env = env
        cast.load_demo_data(env)
        self.company = env.company
        self.customer = cast.customer(
            env, "Joel Willis", is_company=False, street="858 Lynn Street", city="Bayonne"
        )
        self.neighbour = cast.customer(
            env, "Maria Santos", is_company=False, street="860 Lynn Street", city="Bayonne"
        )
        self.tiles = env.ref("aftersales_plans.product_paving_tile")
        self.plan_product = env.ref("aftersales_plans.product_plan_vip")
        self.people = {role: cast.user(env, role) for role in cast.ROLES}

    def told(self):
        """Return whether this database knows the story; then the records are found again."""
        self.order = self._order(REFERENCE)
        self.neighbours_order = self._order(f"{REFERENCE}: the neighbour")
        self.credit_order = self._order(f"{REFERENCE}: store credit")
        return bool(self.credit_order)

    def _order(self, reference):
        return self.env["sale.order"].search([("client_order_ref", "=", reference)], limit=1)

    def tell(self):
        """Let everything happen, in order; nothing if it happened before."""
        if not self.told():
            self.name_the_accountant()
            self.know_the_site()
            self.sell_and_deliver()
            self.inspect()
            self.break_one_more()
            self.bring_a_neighbour()
            self.pay_out()
            self.spend()
        return self

    def name_the_accountant(self):
        """Ada hears of rewards to approve; with her the demo company is set up."""
        if not self.company.aftersales_accountant_id:
            self.company.aftersales_accountant_id = self.people["accountant"]

    def know_the_site(self):
        """Petra looks after the customer's site; a STANDARD customer gets whoever is free."""
        clicks.prefer(self.env.ref("aftersales_inspection.person_petra"), self.customer)

    def sell_and_deliver(self):
        """A salesperson sells 120 m² of tiles with the VIP plan; delivered, invoiced, paid."""
        square_metre = self.env.ref("uom.product_uom_square_meter")
        self.order = clicks.sell(
            self.people["salesperson"],
            self.customer,
            [(self.tiles, 120, square_metre), (self.plan_product, 1, None)],
            client_order_ref=REFERENCE,
        )
        self.order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.order.sudo().picking_ids)
        bill = clicks.invoice(self.people["salesperson"], self.people["billing"], self.order)
        clicks.pay(self.people["billing"], bill)

    @property
    def contract(self):
        """The contract the order opened."""
        return self.order.sudo().aftersales_contract_ids

    @property
    def asset(self):
        """The delivered tiles, without those replaced since."""
        return self.contract.asset_ids.filtered(lambda asset: not asset.origin_asset_id)

    def inspect(self):
        """The technician makes the first visit today and finds two broken tiles."""
        visit = self.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)
        visit.person_id = self.env.ref("aftersales_inspection.person_petra")
        clicks.inspect(
            self.people["technician"],
            visit,
            fields.Datetime.now().replace(hour=9, minute=0, second=0),
            [
                {
                    "asset_id": self.asset,
                    "condition": "broken",
                    "cause_id": self.env.ref("aftersales_plans.cause_wear"),
                    "action": "replace",
                    "quantity": 2,
                    "note": "Two tiles by the gate are cracked",
                }
            ],
            conclusion="remarks",
            conclusion_note="The paving is sound; two cracked tiles will be replaced.",
        )
        claim = visit.claim_ids.with_user(self.people["agent"]).sudo(False)
        claim.action_approve()
        clicks.deliver(self.people["warehouse"], claim.sudo().picking_ids)

    def break_one_more(self):
        """The customer phones: one more tile broken by accident."""
        claim = clicks.report_breakage(
            self.people["agent"],
            self.customer,
            self.asset,
            1,
            self.env.ref("aftersales_plans.cause_accident"),
            "A flower pot fell on it.",
        )
        clicks.deliver(self.people["warehouse"], claim.sudo().picking_ids)

    def bring_a_neighbour(self):
        """A neighbour orders for 1,000.00 and pays in two halves: 75.00 and 75.00."""
        self.company.aftersales_hold_days = 0  # so that the story can pay out today
        self.neighbours_order = clicks.sell(
            self.people["salesperson"],
            self.neighbour,
            [(self.tiles, 100, None)],
            client_order_ref=f"{REFERENCE}: the neighbour",
        )
        self.neighbours_order.referrer_id = self.customer
        self.neighbours_order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.neighbours_order.sudo().picking_ids)
        bill = clicks.invoice(
            self.people["salesperson"], self.people["billing"], self.neighbours_order
        )
        clicks.pay(self.people["billing"], bill, bill.amount_total / 2)
        clicks.pay(self.people["billing"], bill)

    def pay_out(self):
        """100.00 as store credit, 50.00 as money."""
        accountant = self.people["accountant"]
        self.customer.write(
            {
                "referral_tax_status": "individual",
                "referral_self_billing_date": self.company._aftersales_today(),
            }
        )
        for method, amount in (("credit", 100.0), ("cash", 50.0)):
            payout = (
                self.env["aftersales.payout"]
                .with_user(accountant)
                .create({"referrer_id": self.customer.id, "method": method, "amount": amount})
            )
            payout.action_post()
            if payout.bill_id:
                clicks.pay(accountant, payout.bill_id)

    def spend(self):
        """The customer spends 60.00 of the credit on six more tiles, and is invoiced."""
        self.credit_order = clicks.sell(
            self.people["salesperson"],
            self.customer,
            [(self.tiles, 6, None)],
            client_order_ref=f"{REFERENCE}: store credit",
        )
        self.credit_order._update_programs_and_rewards()
        for card, rewards in self.credit_order._get_claimable_rewards().items():
            if card.aftersales_wallet:
                self.credit_order._apply_program_reward(rewards[:1], card)
        self.credit_order.action_confirm()
        clicks.deliver(self.people["warehouse"], self.credit_order.sudo().picking_ids)
        clicks.invoice(self.people["salesperson"], self.people["billing"], self.credit_order)
