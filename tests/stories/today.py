"""What waits for everybody today: whoever logs in finds work of the role, and not only what was."""

from odoo import fields

from . import cast, clicks

REFERENCE = "Today"
VISITS = (("Wood Corner", 13), ("Lumber Inc", 15))  # Petra's, by the hour


class Today:
    """One open matter for each role. Told once per database, after the season."""

    def __init__(self, env):
        self.env = env
        cast.load_demo_data(env)
        self.people = {role: cast.user(env, role) for role in cast.ROLES}
        self.joel = cast.customer(env, "Joel Willis")
        self.online = cast.customer_online(env, self.joel)
        self.tiles = env.ref("aftersales_plans.product_paving_tile")

    def told(self):
        """Return whether this database knows of today."""
        return bool(self.env["sale.order"].search([("client_order_ref", "=", REFERENCE)], limit=1))

    def tell(self):
        """Leave something to do to everybody; nothing if it was left before."""
        if not self.told():
            self.offer()
            self.ask_for_too_much()
            self.report_online()
            self.name_a_friend()
            self.fill_the_day()
            self.propose_a_date()
            self.reward_again()
            self.replace()
        return self

    def offer(self):
        """A quotation without a plan, which the salesperson or the customer chooses."""
        quotation = clicks.sell(
            self.people["salesperson"],
            self.joel,
            [(self.tiles, 160, None)],
            client_order_ref=REFERENCE,
        )
        quotation.aftersales_compare_plans = True
        quotation.action_quotation_sent()

    def ask_for_too_much(self):
        """A discount above what the plan allows, which waits for the plan manager."""
        gold = self.env.ref("aftersales_plans.product_plan_gold")
        gold.aftersales_plan_id.discount_limit_percent = 10
        quotation = clicks.sell(
            self.people["salesperson"],
            cast.customer(self.env, "Nina Baker", street="12 Garden Road", city="Bayonne"),
            [(self.tiles, 80, None), (gold, 1, None)],
            client_order_ref=f"{REFERENCE}: discount",
        )
        quotation.order_line[1:].discount = 20
        quotation.action_ask_aftersales_approval()

    def report_online(self):
        """Joel Willis reports another broken tile; no agent has taken it yet."""
        contract = self.env["aftersales.contract"].search(
            [("partner_id", "=", self.joel.id), ("state", "=", "active")], limit=1
        )
        asset = contract.asset_ids.filtered(lambda asset: not asset.origin_asset_id)
        report = {
            "key": REFERENCE,
            "goods": [(asset, 1)],
            "description": "A corner broke off when we moved the table.",
            "date_occurred": self.env.company._aftersales_today(),
            "reported_as": "accident",
            "site_id": False,
            "reach_by": "+1 555-0199, in the evening",
            "company": self.env.company,
        }
        self.env["aftersales.claim"]._report_online(self.online, report, self.env["ir.attachment"])

    def name_a_friend(self):
        """Joel Willis names a friend, whom the salesperson has not called yet."""
        wizard = self.env["aftersales.referral.register"].with_user(self.people["agent"])
        wizard.create(
            {
                "referrer_id": self.joel.id,
                "contact_name": "Clara Berg",
                "phone": "+1 555-0177",
                "agreed": True,
                "consent_how": "He asked her",
            }
        ).action_register()

    def fill_the_day(self):
        """Petra has two visits this afternoon, and the customers wait for her."""
        petra = self.env.ref("aftersales_inspection.person_petra")
        visits = self.env["fsm.order"]
        for customer, hour in VISITS:
            start = fields.Datetime.now().replace(hour=hour, minute=0, second=0)
            visit = visits.search(
                [
                    ("location_id.owner_id.name", "=", customer),
                    ("aftersales_visit_number", "=", 1),
                    ("date_end", "=", False),
                ],
                limit=1,
            )
            visit.write(
                {
                    "person_id": petra.id,
                    "scheduled_date_start": start,
                    "scheduled_date_end": fields.Datetime.add(start, hours=2),
                }
            )

    def propose_a_date(self):
        """The customer is asked about the date of the next visit, and has not answered."""
        visits = self.env["fsm.order"].search(
            [
                ("location_id.owner_id", "=", self.joel.id),
                ("date_end", "=", False),
                ("scheduled_date_start", "!=", False),
            ],
            order="aftersales_visit_number",
            limit=1,
        )
        visits.action_propose_appointment()

    def reward_again(self):
        """A second neighbour pays, and the accountant has the reward to pay out."""
        order = clicks.sell(
            self.people["salesperson"],
            cast.customer(self.env, "Ivo Marsh", street="864 Lynn Street", city="Bayonne"),
            [(self.tiles, 60, None)],
            client_order_ref=f"{REFERENCE}: the neighbour",
        )
        order.referrer_id = self.joel
        order.action_confirm()
        clicks.deliver(self.people["warehouse"], order.sudo().picking_ids)
        bill = clicks.invoice(self.people["salesperson"], self.people["billing"], order)
        clicks.pay(self.people["billing"], bill)

    def replace(self):
        """A claim that was decided; the warehouse ships the replacement."""
        asset = self.env["aftersales.asset"].search([("partner_id.name", "=", "OpenWood")], limit=1)
        clicks.report_breakage(
            self.people["agent"],
            asset.partner_id,
            asset,
            3,
            self.env.ref("aftersales_plans.cause_wear"),
            "Three tiles at the ramp are cracked.",
        )
