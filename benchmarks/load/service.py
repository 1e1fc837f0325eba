"""What agents, technicians, the plan manager and the accountant do all day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from locust import task

from .person import NOTHING, Person, journey

OURS = [["partner_id.name", "like", "Load"]]


class Decider(Person):
    """Decides claims."""

    abstract = True

    @task(3)
    @journey
    def decide(self):
        """Decide what waits, whether customers reported it online or an agent may not decide it."""
        domain = [["state", "in", ["draft", "submitted"]], *OURS]
        claim = self.pick("aftersales.claim", domain, "aftersales_plans.aftersales_claim_action")
        if not claim:
            return NOTHING
        form = self.form("aftersales.claim", claim)
        cause = self.find("aftersales.cause")
        for line in form.shown["line_ids"]:
            form.change_line("line_ids", line["id"], cause_id=cause)
        self.think()
        form.press("action_approve")
        return None


class Agent(Decider):
    """Takes calls, decides claims, agrees on dates."""

    weight = 2

    @task(4)
    @journey
    def take_a_call(self):
        """Take a claim by phone and approve it."""
        self.browser.open_list("aftersales.claim", [], "aftersales_plans.aftersales_claim_action")
        domain = [["status", "=", "in_use"], ["contract_ids.state", "=", "active"], *OURS]
        asset = self.pick("aftersales.asset", domain, "aftersales_plans.aftersales_asset_action")
        if not asset:
            return NOTHING
        owner = self.form("aftersales.asset", asset)["partner_id"]
        form = self.form("aftersales.claim").set(partner_id=owner)
        form.set(description="A pot fell on it.")
        cause = self.find("aftersales.cause")
        form.add_line("line_ids", asset_id=asset, quantity=1, cause_id=cause)
        self.think()
        form.press("action_approve")

    @task(2)
    @journey
    def propose(self):
        """Propose the date of a visit to a customer who can answer online."""
        domain = [["location_id.partner_id.name", "like", "Load portal"], ["is_closed", "=", False]]
        domain += [["appointment_state", "in", [False, "change_asked"]]]
        visit = self.pick("fsm.order", domain, order="scheduled_date_start")
        if not visit:
            return NOTHING
        form = self.form("fsm.order", visit)
        self.think()
        form.press("action_propose_appointment")
        return None

    @task(1)
    @journey
    def look(self):
        """See what waits, and how a contract stands."""
        self.look_at_overview()
        self.think()
        contract = self.pick("aftersales.contract", [["state", "=", "active"], *OURS])
        if not contract:
            return NOTHING
        self.form("aftersales.contract", contract)
        return None


class Technician(Person):
    """Makes visits, on a phone."""

    weight = 2

    @task(3)
    @journey
    def visit(self):
        """Start a visit, answer what it asks, write down what was found, complete it."""
        action = self.browser.call(
            "/web/action/load", action_id="aftersales_inspection.aftersales_visit_action_mine"
        )
        view = next(view for view, kind in action["views"] if kind == "form")
        mine = [["person_id.partner_id.user_ids", "=", self.browser.uid]]
        mine += [["aftersales_kind", "=", "inspection"], ["is_closed", "=", False]]
        visit = self.pick("fsm.order", mine, order="scheduled_date_start")
        if not visit:
            return NOTHING
        form = self.form("fsm.order", visit, view=view)
        if not form.shown["is_started"]:
            form.press("action_start")
        self.think()
        failed = self._answer(form)
        self.think()
        asset = self._inspected(form)
        if failed and asset:
            self._find(form, asset)
        form.set(conclusion="remarks" if failed else "pass", conclusion_note="Seen and noted.")
        form.press("action_complete")

    def _answer(self, form):
        """Answer the checklist, as the phone does; tell whether something failed."""
        failed = self.chance.random() < 0.5
        for number, check in enumerate(form.shown["check_ids"]):
            verdict = "not_ok" if failed and not number else "ok"
            form.change_line("check_ids", check["id"], verdict=verdict, number=1, text="Fine")
        if form.typed:
            form.save()
        return failed

    def _inspected(self, form):
        assets = [check["asset_id"] for check in form.shown["check_ids"] if check["asset_id"]]
        return assets and assets[0]["id"]

    def _find(self, form, asset):
        cause = self.find("aftersales.cause")
        form.add_line(
            "finding_ids",
            asset_id=asset,
            condition="broken",
            cause_id=cause,
            action="replace",
            quantity=1,
            note="Cracked",
        )

    @task(1)
    @journey
    def look_ahead(self):
        """Look at tomorrow, and at one visit."""
        mine = [["person_id.partner_id.user_ids", "=", self.browser.uid]]
        visit = self.pick("fsm.order", mine, "aftersales_inspection.aftersales_visit_action_mine")
        if not visit:
            return NOTHING
        self.form("fsm.order", visit)
        return None


class Manager(Decider):
    """Sees to it that it all goes well."""

    weight = 1

    @task(3)
    @journey
    def overview(self):
        """Look at the numbers and the list behind one."""
        return self.look_at_overview()

    @task(2)
    @journey
    def calendar(self):
        """Look at a month of visits, and drag one to the next day."""
        first = date.today().replace(day=1)
        around = [
            ["scheduled_date_start", "<=", (first + timedelta(days=37)).isoformat()],
            ["scheduled_date_end", ">=", (first - timedelta(days=7)).isoformat()],
        ]
        arch, _fields = self.browser.load_views("fsm.order", "calendar")
        names = [field.get("name") for field in arch.iter("field")]
        names += ["scheduled_date_start", "scheduled_date_end"]
        shown = self.rpc("fsm.order", "search_read", domain=around, fields=names)
        self.think()
        open_ones = [one for one in shown if not one.get("is_closed")]
        if not open_ones:
            return NOTHING
        visit = self.chance.choice(open_ones)
        moved = {name: next_day(visit[name]) for name in names[-2:]}
        self.rpc("fsm.order", "web_save", [visit["id"]], moved, specification={})
        return None

    @task(2)
    @journey
    def contracts(self):
        """Read contracts, with all that hangs on them."""
        contract = self.pick(
            "aftersales.contract", [], "aftersales_plans.aftersales_contract_action"
        )
        if not contract:
            return NOTHING
        self.form("aftersales.contract", contract)
        self.think()
        self.print("aftersales_plans.aftersales_contract_report_action", contract)
        return None

    def print(self, report, record_id):
        """Print a document."""
        action = self.browser.call("/web/action/load", action_id=report)
        self.browser.get(
            f"/report/pdf/{action['report_name']}/{record_id}", name="PDF of a contract"
        )

    @task(1)
    @journey
    def profit(self):
        """Look at profit by plan and at failures by product."""
        for model, groups in (
            ("aftersales.profit", ["plan_id"]),
            ("aftersales.failure.report", ["product_id"]),
        ):
            self.browser.load_views(model, "list")
            self.rpc(model, "formatted_read_group", [], groupby=groups, aggregates=["__count"])
            self.think()


class Accountant(Person):
    """Pays referrers and looks after the books."""

    weight = 1

    @task(3)
    @journey
    def pay_out(self):
        """Prepare a payout run, look it over, post it."""
        rows = self.browser.open_list(
            "aftersales.payout.run", [], "aftersales_referral.aftersales_payout_run_action"
        )
        if any(row.get("state") == "posting" for row in rows):
            return NOTHING
        form = self.form("aftersales.payout.run")
        form.press("action_prepare")
        self.think()
        form.press("action_post" if form.shown["payout_ids"] else "action_cancel")

    @task(2)
    @journey
    def pay_bill(self):
        """Pay the bill of a payout in money."""
        domain = [["move_type", "=", "in_invoice"], ["state", "=", "posted"]]
        domain += [["payment_state", "=", "not_paid"], ["partner_id.name", "like", "Load"]]
        move = self.pick("account.move", domain, "account.action_move_in_invoice_type")
        if not move:
            return NOTHING
        form = self.form("account.move", move)
        wizard = form.dialog(form.press("action_register_payment"))
        self.think()
        wizard.press("action_create_payments")
        return None

    @task(2)
    @journey
    def read_ledger(self):
        """Read the ledger, what is open by age, and the numbers of the overview."""
        self.browser.open_list(
            "aftersales.commission", [], "aftersales_referral.aftersales_commission_action"
        )
        self.think()
        self.browser.open_list(
            "aftersales.commission.aged",
            [],
            "aftersales_referral.aftersales_commission_aged_action",
        )
        self.think()
        return self.look_at_overview()

    @task(1)
    @journey
    def check(self):
        """Compare ledger and books now."""
        self.browser.open_list("aftersales.ledger.check")
        self.browser.press("aftersales.ledger.check", [], "action_run")


def next_day(moment):
    """Return the same time of the next day, as the server writes it.

    >>> next_day("2026-12-31 09:30:00")
    '2027-01-01 09:30:00'
    """
    return str(datetime.fromisoformat(moment) + timedelta(days=1))
