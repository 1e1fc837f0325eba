"""What salespeople and the back office do all day."""

from __future__ import annotations

import itertools
from datetime import date

from locust import task

from .person import NOTHING, Person, journey

TILES = [["default_code", "=", "TILE-5050-G"]]


class Salesperson(Person):
    """Sells goods with a plan, as the customer likes it, and bills what was sold."""

    weight = 3

    def on_start(self):
        """Begin to count the people met."""
        super().on_start()
        self.met = itertools.count(1)

    @task(5)
    @journey
    def sell(self):
        """Write a quotation, compare the tiers, send it, confirm it."""
        self.pick("sale.order", [["state", "in", ["draft", "sent"]]], "sale.action_quotations")
        referred = self.chance.random() < 0.3
        form = self.form("sale.order")
        form.set(partner_id=self._meet() if referred else self._customer())
        if referred:
            form.set(referrer_id=self.find("res.partner", [["name", "like", "Load referrer"]]))
        self.think()
        quantity = self.chance.randint(5, 60)
        product = self.find("product.product", TILES, "Paving")
        form.add_line("order_line", product_id=product, product_uom_qty=quantity)
        form.save()
        if self.chance.random() < 0.8:  # somebody else may be asked again afterwards
            self._choose_tier(form.dialog(form.press("action_offer_aftersales_plans")))
            form.read()
            self.think()
        if self.chance.random() < 0.4:
            self._send(form)
        form.press("action_confirm")

    def _customer(self):
        domain = [["name", "like", "Load"], ["name", "not like", "referrer"]]
        return self.find("res.partner", domain, str(self.chance.randint(1, 9)))

    def _meet(self):
        """Write down somebody new, whom a customer sent; return the id."""
        form = self.form("res.partner")
        form.set(name=f"Load customer {self.login} {next(self.met)}")
        form.set(street="1 Load Street", city="Bayonne", email=f"new.{self.login}@example.com")
        self.think()
        return form.save().id

    def _choose_tier(self, offer):
        """Compare the plans side by side, untick nothing, choose one; return what it leads to."""
        self.think()
        fits = [option for option in offer.shown["option_ids"] if option["fits"]]
        option = self.chance.choice(fits)
        return self.browser.press("aftersales.plan.offer.option", [option["id"]], "action_choose")

    def _send(self, form):
        """Send the quotation, with its PDF."""
        mail = form.dialog(form.press("action_quotation_send"))
        self.think()
        mail.press("action_send_mail")
        form.read()

    @task(3)
    @journey
    def bill(self):
        """Make the invoice of an order that was delivered."""
        domain = [["invoice_status", "=", "to invoice"], ["partner_id.name", "like", "Load"]]
        order = self.pick("sale.order", domain, "sale.action_orders_to_invoice")
        if not order:
            return NOTHING
        self.form("sale.order", order)
        context = {"active_model": "sale.order", "active_ids": [order], "active_id": order}
        wizard = self.form("sale.advance.payment.inv", context=context)
        self.think()
        wizard.press("create_invoices")
        return None

    @task(1)
    @journey
    def offer_afterwards(self):
        """Offer a plan for goods that customers bought without one, and sell it."""
        domain = [["contract_id", "=", False], ["status", "=", "in_use"]]
        domain += [["partner_id.name", "like", "Load"]]
        asset = self.pick("aftersales.asset", domain, "aftersales_plans.aftersales_asset_action")
        if not asset:
            return NOTHING
        customer = self.form("res.partner", self.form("aftersales.asset", asset)["partner_id"])
        offer = customer.dialog(customer.press("action_offer_aftersales_plan"))
        order = self.form("sale.order", self._choose_tier(offer)["res_id"])
        self.think()
        order.press("action_confirm")

    @task(1)
    @journey
    def look(self):
        """See how things stand."""
        self.look_at_overview()
        self.think()
        contract = self.pick("aftersales.contract", [["state", "=", "active"]])
        if not contract:
            return NOTHING
        self.form("aftersales.contract", contract)
        return None


class BackOffice(Person):
    """Delivers, posts invoices, registers payments; without any right on our models."""

    weight = 1

    @task(4)
    @journey
    def deliver(self):
        """Validate a delivery that is ready."""
        domain = [["state", "in", ["confirmed", "assigned"]]]
        domain += [["picking_type_code", "=", "outgoing"], ["partner_id.name", "like", "Load"]]
        picking = self.pick("stock.picking", domain, "stock.action_picking_tree_outgoing")
        if not picking:
            return NOTHING
        form = self.form("stock.picking", picking)
        if form.shown["state"] == "confirmed":
            form.press("action_assign")
        self.think()
        action = form.press("button_validate")
        if action and action.get("res_model") == "confirm.stock.sms":
            form.dialog(action).press("dont_send_sms")

    @task(3)
    @journey
    def post(self):
        """Look an invoice through and post it."""
        domain = [["move_type", "=", "out_invoice"], ["state", "=", "draft"]]
        domain += [["partner_id.name", "like", "Load"]]
        move = self.pick("account.move", domain, "account.action_move_out_invoice_type")
        if not move:
            return NOTHING
        form = self.form("account.move", move)
        self.think()
        form.press("action_post")
        return None

    @task(3)
    @journey
    def pay(self):
        """Register the payment of an invoice, now and then a part of it."""
        domain = [["move_type", "=", "out_invoice"], ["state", "=", "posted"]]
        domain += [["payment_state", "in", ["not_paid", "partial"]]]
        domain += [["partner_id.name", "like", "Load"]]
        move = self.pick("account.move", domain, "account.action_move_out_invoice_type")
        if not move:
            return NOTHING
        form = self.form("account.move", move)
        wizard = form.dialog(form.press("action_register_payment"))
        self.think()
        if self.chance.random() < 0.2:
            wizard.set(amount=round(wizard["amount"] / 2, 2))
        wizard.set(payment_date=date.today().isoformat())
        wizard.press("action_create_payments")
        return None
