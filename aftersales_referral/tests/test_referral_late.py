# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralLate(ReferralCommon):
    """After the confirmation a plan manager names the referrer, with a note (requirement 78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.env["res.partner"]
        cls.manager = cls._user(
            "mona", "aftersales_plans.group_manager,sales_team.group_sale_salesman_all_leads"
        )

    def _wizard(self, order, user=None, note="Both confirm it"):
        action = order.with_user(user or self.manager).sudo(False).action_name_referrer()
        form = Form(
            self.env[action["res_model"]]
            .with_user(user or self.manager)
            .with_context(**action["context"])
        )
        form.referrer_id = self.referrer
        form.note = note
        return form.save()

    def test_what_is_paid_is_settled_at_once(self):
        order = self._order(referrer=self.nobody)
        self._pay(self._invoice(order), 600.0)
        with freeze_time("2027-03-20"):
            self._wizard(order).action_apply()
        self.assertRecordValues(
            order.referral_id,
            [{"state": "qualified", "rate": 15.0, "origin_order_id": order.id}],
        )
        self.assertEqual(order.referrer_id, self.referrer)
        self.assertEqual(str(order.referral_id.date), "2027-03-20")
        self.assertEarned(order, 75.0)
        for record in (order, order.referral_id):
            said = " ".join(record.message_ids.mapped("body"))
            self.assertIn("mona", said)
            self.assertIn("after the sale: Both confirm it", said)

    def test_only_a_manager_and_only_with_a_note(self):
        order = self._order(referrer=self.nobody)
        with self.assertRefused(AccessError, "After-Sales|not allowed"):
            self._wizard(order, user=self.salesperson)
        mine = order.with_user(self.salesperson).sudo(False)
        with self.assertRefused(AccessError, "Only a plan manager names a referrer"):
            mine._name_referrer_late(self.referrer, "Please")
        with self.assertRefused(UserError, "Write down why the referrer of"):
            order.with_user(self.manager).sudo(False)._name_referrer_late(self.referrer, "  ")
        with self.assertRefused(UserError, "use the button Name Referrer"):
            order.with_user(self.manager).sudo(False).referrer_id = self.referrer

    def test_the_contract_of_the_day_of_the_order_counts(self):
        order = self._order(referrer=self.nobody)
        with freeze_time("2027-03-20"):
            self.contract._close("cancelled")
        with freeze_time("2027-05-01"):
            self._wizard(order).action_apply()
            self.assertRecordValues(
                order.referral_id, [{"rate": 15.0, "contract_id": self.contract.id}]
            )

    def test_the_other_rules_hold(self):
        self._order(referrer=self.nobody)
        with freeze_time("2027-03-20"):
            second = self._order(referrer=self.nobody)
        with self.assertRefused(UserError, "is not a new customer"):
            self._wizard(second).action_apply()
        stranger = self.env["res.partner"].create({"name": "Nobody's customer"})
        third = self._order(referrer=self.nobody, partner=stranger)
        self.contract.sudo().referral_percent = 0.0
        with self.assertRefused(UserError, "no active service contract that rewards"):
            self._wizard(third).action_apply()
        self.assertFalse(third.referral_id)
        self.assertFalse(third.referrer_id)

    def test_orders_after_it_do_not_make_the_customer_a_known_one(self):
        first = self._order(referrer=self.nobody)
        with freeze_time("2027-03-20"):
            self._order(referrer=self.nobody)
            self._wizard(first).action_apply()
        self.assertEqual(first.referral_id.state, "qualified")

    def test_an_order_with_a_referral_is_re_assigned_instead(self):
        order = self._order()
        with self.assertRefused(UserError, "Open that referral to re-assign or reject it"):
            self._wizard(order).action_apply()

    def test_a_rejected_referral_makes_room(self):
        order = self._order()
        self._pay(self._invoice(order))
        first = order.referral_id
        first.reject_reason = "Entered by mistake"
        first.action_reject()
        self.assertEarned(order, 0.0)
        self._wizard(order).action_apply()
        self.assertNotEqual(order.referral_id, first)
        self.assertEarned(order, 150.0)
        self.assertEqual(self._rows(order).mapped("amount"), [150.0, -150.0, 150.0])
