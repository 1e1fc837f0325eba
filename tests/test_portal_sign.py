"""A customer signs or pays a quotation with a plan: it works without any right on our models."""

from inspect import signature

from odoo import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_plans.controllers.waiting_quotation_pages import WaitingQuotationPages
from odoo.addons.aftersales_plans.tests.common_discount import DiscountCase
from odoo.addons.sale.controllers.portal import CustomerPortal

from .stories import cast

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


@tagged("post_install", "-at_install")
class TestPortalSign(HttpCase):
    def test_signing_opens_the_contract(self):
        cast.load_demo_data(self.env)
        customer = self.env["res.partner"].create({"name": "Signe", "city": "Oslo"})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create({"product_id": self.env.ref(f"aftersales_plans.{name}").id})
                    for name in ("product_paving_tile", "product_plan_gold")
                ],
            }
        )
        order.action_quotation_sent()
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order._portal_ensure_token(), "name": "Signe", "signature": PIXEL},
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.aftersales_contract_ids.plan_id.code, "GOLD")
        self.assertEqual(order.aftersales_contract_ids.state, "draft")

    def test_signing_enters_the_visits_sold(self):
        training = self.env["product.product"].create(
            {"name": "Training", "type": "service", "aftersales_visit_kind": "training"}
        )
        customer = self.env["res.partner"].create(
            {"name": "Signe", "street": "1 Fjord Road", "city": "Oslo"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [Command.create({"product_id": training.id, "product_uom_qty": 2})],
            }
        )
        order.action_quotation_sent()
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order._portal_ensure_token(), "name": "Signe", "signature": PIXEL},
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(
            order.order_line.aftersales_visit_ids.mapped("location_id.partner_id"), customer
        )
        self.assertEqual(len(order.order_line.aftersales_visit_ids), 2)


@tagged("post_install", "-at_install")
class TestPortalWait(HttpCase, DiscountCase):
    """Quotations whose prices we are not done with: nobody signs them, nobody pays them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.env["payment.method"].create({"name": "Card", "code": "card_of_test"})
        cls.provider = cls.env["payment.provider"].create({"name": "Demo", "code": "none"})

    def held(self, **values):
        """Return a quotation, sent before somebody lowered its price too far."""
        order, line = self.offer_plan(10)
        order.sudo().write({"require_signature": False, "require_payment": True, **values})
        order.action_quotation_sent()
        line.discount = 50
        return order

    def unpriced(self):
        """Return a quotation whose plan costs a share of goods that have no price."""
        self.plan.write({"price_policy": "percent", "price_percent": 10})
        self.goods.list_price = 0
        order, line = self.offer_plan()
        self.assertEqual(line.price_unit, 0)
        order.sudo().write({"state": "sent", "require_signature": True, "require_payment": True})
        return order

    def pay(self, order, amount=None):
        """Start a payment as the form to pay does; return what the form gets."""
        order = order.sudo()
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/transaction",
            {
                "access_token": order._portal_ensure_token(),
                "amount": amount or order.amount_total,
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": order.get_portal_url(),
            },
        )

    def sign(self, order):
        """Sign as the dialog does; return what it gets."""
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.sudo()._portal_ensure_token(),
                "name": "Signe",
                "signature": PIXEL,
            },
        )

    def assertUntouched(self, order):
        """Fail where anything was signed, paid or confirmed."""
        self.assertEqual((order.state, order.signature), ("sent", False))
        self.assertFalse(order.sudo().transaction_ids)
        self.assertFalse(order.sudo().aftersales_contract_ids)

    def assertWaits(self, order):
        """Fail unless paying, signing and the page say in words that we are not done."""
        self.authenticate(None, None)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay(order, amount=1)
        self.assertIn("still working on this quotation", self.sign(order)["error"])
        url = order.sudo().get_portal_url(query_string="&payment_amount=1000")
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("still working on this quotation", page.text)
        self.assertNotIn("o_sale_portal_paynow", page.text)
        self.assertUntouched(order)

    def test_nobody_pays_what_waits_for_approval(self):
        self.assertWaits(self.held())

    def test_nobody_signs_what_waits_for_approval(self):
        self.assertWaits(self.held(require_signature=True, require_payment=False))

    def test_nobody_pays_a_plan_whose_price_is_not_known(self):
        self.assertWaits(self.unpriced())

    def test_what_was_paid_while_a_price_is_not_known_waits_and_is_told(self):
        order = self.unpriced()
        values = {"provider_id": self.provider.id, "payment_method_id": self.method.id}
        payment = self.env["payment.transaction"].create(
            {
                **values,
                "reference": "T-waits",
                "amount": 1,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        self.assertFalse(payment._check_amount_and_confirm_order())
        self.assertEqual(order.state, "sent")
        self.assertIn("The customer has paid", order.message_ids[0].body)

    def test_pages_of_core_are_called_as_ever(self):
        for name in ("portal_order_page", "portal_quote_accept"):
            ours, core = (
                [*signature(getattr(pages, name)).parameters.values()]
                for pages in (WaitingQuotationPages, CustomerPortal)
            )
            named = [one for one in ours if one.kind is one.POSITIONAL_OR_KEYWORD]
            self.assertEqual(named, core[: len(named)], name)

    def test_a_stranger_learns_nothing_of_what_waits(self):
        order = self.held()
        self.authenticate(None, None)
        for address in ("transaction", "accept"):
            with self.subTest(address), mute_logger("odoo.http"):
                try:
                    answer = self.make_jsonrpc_request(
                        f"/my/orders/{order.id}/{address}", {"access_token": "guessed"}
                    )["error"]
                except JsonRpcException as refusal:
                    answer = str(refusal)
                self.assertNotIn("still working", answer)
        self.assertUntouched(order)

    def test_what_was_approved_is_paid_and_confirmed(self):
        order = self.held()
        self.by(self.decider, order).action_approve_aftersales_prices()
        new_test_user(self.env, "t-payer", "base.group_portal", partner_id=self.customer.id)
        self.authenticate("t-payer", "t-payer")
        self.pay(order)
        payment = order.sudo().transaction_ids
        self.assertEqual(payment.amount, order.amount_total)
        payment._set_done()
        payment._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sale")
