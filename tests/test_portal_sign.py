"""A customer signs a quotation with a plan: it works without any right on our models."""

from odoo import Command
from odoo.tests import HttpCase, tagged

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
