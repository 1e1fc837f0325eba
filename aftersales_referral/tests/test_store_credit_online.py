# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_store_credit import StoreCreditCommon

GONE = "The store credit deducted here is not available any more"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCreditOnline(HttpCase, StoreCreditCommon):
    """Customers sign and pay quotations that claim credit another order may have used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.env["payment.method"].create({"name": "Card", "code": "card_of_test"})
        cls.provider = cls.env["payment.provider"].create({"name": "Demo", "code": "none"})

    def _late(self):
        """Return a quotation of 160 that claims 100, which another order took meanwhile."""
        late = self._spend((self.goods_untaxed, 160.0), confirm=False, require_payment=True)
        late.action_quotation_sent()
        self._spend((self.goods_untaxed, 100.0))
        return late

    def _paid(self, order):
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "reference": order.name,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        payment._set_done()
        return payment

    def test_nobody_pays_for_credit_that_is_gone(self):
        late = self._late()
        values = {"access_token": late._portal_ensure_token(), "amount": late.amount_total}
        self.authenticate(None, None)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.make_jsonrpc_request(f"/my/orders/{late.id}/transaction", values)
        self.assertFalse(late.transaction_ids)

    def test_a_customer_who_signs_reads_whom_to_ask(self):
        late = self._late()
        public = self.env.ref("base.public_user")
        with self.assertRefused(UserError, GONE):
            late.with_user(public).sudo()._validate_order()

    def test_a_payment_for_credit_that_is_gone_is_kept_and_somebody_told(self):
        late = self._late()
        payment = self._paid(late)
        confirmed = payment._check_amount_and_confirm_order()
        self.assertFalse(confirmed)
        self.assertEqual(late.state, "sent")
        told = late.activity_ids
        self.assertEqual(told.user_id, self.salesperson)
        self.assertIn("store credit it claims is not available", told.note)
        self.assertCredit(0.0, 100.0, 100.0)

    def test_a_paid_quotation_whose_credit_is_there_is_confirmed(self):
        order = self._spend((self.goods_untaxed, 160.0), confirm=False)
        self.assertEqual(self._paid(order)._check_amount_and_confirm_order(), order)
        self.assertEqual((order.state, order.activity_ids.ids), ("sale", []))
        self.assertCredit(0.0, 100.0, 100.0)

    def test_a_payment_whose_order_is_refused_for_another_reason_says_so(self):
        order = self._order((self.goods_untaxed, 60.0), confirm=False, referrer=self.nobody)
        payment = self._paid(order)
        refused = UserError("Not now.")
        with (
            patch.object(type(order), "action_confirm", side_effect=refused),
            self.assertRefused(UserError, "Not now."),
        ):
            payment._check_amount_and_confirm_order()
