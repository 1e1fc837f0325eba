# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import HttpCase, tagged

from .common import ReferralCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


@tagged("post_install", "-at_install")
class TestReferralSign(ReferralCommon, HttpCase):
    """Customers, warehouse and billing click as always: rights on our models are not needed."""

    def _sent(self, **vals):
        order = self._order(confirm=False, require_signature=True, require_payment=False, **vals)
        order.action_quotation_sent()
        return order

    def _sign(self, order):
        self.authenticate(None, None)
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order._portal_ensure_token(), "name": "Ned", "signature": PIXEL},
        )

    def test_signing_qualifies_and_nothing_of_it_is_on_the_page(self):
        self.referrer.write({"street": "Lane 1", "zip": "1000"})
        self.customer.write({"street": "Lane 1", "zip": "1000"})
        order = self._sent()
        page = self.url_open(order.get_portal_url()).text
        for word in ("Rita Referrer", "same address", "Expected Commission"):
            self.assertNotIn(word, page)
        self.assertTrue(self._sign(order).get("force_refresh"))
        self.assertEqual((order.state, order.referral_id.state), ("sale", "qualified"))
        self.assertNotIn("Rita Referrer", self.url_open(order.get_portal_url()).text)

    def test_signing_an_order_whose_reward_waits_tells_the_accountant(self):
        self.company.aftersales_minimum_margin_percent = 99.0
        self.company.aftersales_accountant_id = self.accountant
        order = self._sent()
        self.assertTrue(self._sign(order).get("force_refresh"))
        self.assertEqual((order.state, order.referral_approval), ("sale", "waiting"))
        self.assertEqual(order.referral_id.activity_ids.user_id, self.accountant)

    def test_signing_an_order_whose_referral_fails_the_rules_works(self):
        order = self._sent()
        self.customer.write({"vat": "BE0477472701"})
        self.referrer.write({"vat": "BE0477472701"})
        self.assertTrue(self._sign(order).get("force_refresh"))
        self.assertEqual((order.state, order.referral_id.state), ("sale", "rejected"))

    def test_paying_online_confirms_and_qualifies(self):
        order = self._sent()
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "qualified"))

    def test_salesperson_warehouse_and_billing_go_on_whatever_the_referral_is(self):
        goods = self._product("Pump", 1000.0, is_storable=True, invoice_policy="delivery")
        order = self._order((goods, 1000.0), confirm=False)
        order.referral_id.reject_reason = "No."
        order.referral_id.action_reject()
        order.with_user(self.salesperson).sudo(False).action_confirm()
        warehouse = self._user("wendy", "stock.group_stock_user")
        picking = order.picking_ids.with_user(warehouse).sudo(False)
        picking.move_ids.quantity = 1
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        invoice = order.with_user(self.biller).sudo(False)._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_user(self.biller).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEarned(order, 0.0)
