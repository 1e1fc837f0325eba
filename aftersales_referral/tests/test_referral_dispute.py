# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralDispute(ReferralCommon):
    """Disputes are logged by whoever hears of them and decided by a manager (requirement 78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["aftersales.plan"].create(
            {"name": "GOLD", "code": "GOLDT", "referral_percent": 10.0}
        )
        cls.rival = cls.env["res.partner"].create({"name": "Rolf Rival"})
        with freeze_time("2027-02-01"):
            cls._contract(cls.rival, cls.gold)
        cls.manager = cls._user("mona", "aftersales_plans.group_manager")

    def _log(self, referral, user=None, **context):
        form = Form(
            self.env["aftersales.referral.dispute"]
            .with_user(user or self.salesperson)
            .with_context(**(context or {"default_referral_id": referral.id}))
        )
        form.claimant_id = self.rival
        form.claimed_since = "2027-03-01"
        form.note = "He showed a message"
        form.save().action_apply()

    def _reassign(self, referral, referrer=None, day="2027-03-01", user=None):
        wizard = (
            self.env["aftersales.referral.reassign"]
            .with_user(user or self.manager)
            .create(
                {
                    "referral_id": referral.id,
                    "referrer_id": (referrer or self.rival).id,
                    "date": day,
                    "reason": "Rolf was first",
                }
            )
        )
        return self.env["aftersales.referral"].browse(wizard.action_apply()["res_id"])

    def test_a_dispute_is_told_to_a_manager_who_keeps_the_referrer(self):
        referral = self._order().referral_id
        self._log(referral)
        self.assertRecordValues(
            referral,
            [
                {
                    "dispute_state": "open",
                    "claimant_id": self.rival.id,
                    "dispute_note": "He showed a message",
                }
            ],
        )
        activity = referral.activity_ids
        self.assertTrue(activity.user_id.has_group("aftersales_plans.group_manager"))
        self.assertIn("Rolf Rival claims", referral.message_ids[0].body)
        with self.assertRefused(UserError, "is disputed already"):
            self._log(referral)
        with self.assertRefused(AccessError, "Only a plan manager decides"):
            referral.with_user(self.salesperson).sudo(False).action_keep_referrer()
        referral.with_user(self.manager).sudo(False).action_keep_referrer()
        self.assertEqual(referral.dispute_state, "decided")
        self.assertFalse(referral.activity_ids)
        self.assertIn(
            "Rita Referrer stays the referrer", " ".join(referral.message_ids.mapped("body"))
        )

    def test_what_is_over_is_not_disputed(self):
        order = self._order(confirm=False)
        referral = order.referral_id
        referral.sudo()._set_state("rejected")
        with self.assertRefused(UserError, "is over: name the right referrer on the order"):
            referral._open_dispute(self.rival, "2027-03-01", "He showed a message")

    def test_a_salesperson_disputes_another_s_registration_from_the_quotation(self):
        registered = self._order(confirm=False).referral_id
        other = self._user("sam", "sales_team.group_sale_salesman")
        order = self._order(
            confirm=False, referrer=self.env["res.partner"], user_id=other.id
        ).with_user(other)
        order.sudo().referrer_id = False
        with self.assertRefused(UserError, "Log Referral Dispute"):
            order.referrer_id = self.rival
        self._log(None, other, active_model="sale.order", active_id=order.id)
        self.assertEqual(registered.claimant_id, self.rival)
        stranger = self._order(
            confirm=False,
            referrer=self.env["res.partner"],
            user_id=other.id,
            partner=self.env["res.partner"].create({"name": "Stranger"}),
        )
        with self.assertRefused(UserError, "Nobody has registered Stranger"):
            self._log(None, other, active_model="sale.order", active_id=stranger.id)
        with self.assertRaises(AccessError):
            self._log(registered, other)

    def test_nothing_of_a_dispute_is_written_by_hand(self):
        referral = self._order().referral_id.with_user(self.salesperson).sudo(False)
        for vals in ({"claimant_id": self.rival.id}, {"dispute_state": "decided"}):
            with self.assertRefused(UserError, "cannot be changed by hand"):
                referral.write(vals)
        with self.assertRefused(UserError, "there is nothing to dispute"):
            referral._open_dispute(self.referrer, "2027-03-01", "Mine")

    def test_re_assigning_moves_orders_and_what_was_earned(self):
        order = self._order()
        self._pay(self._invoice(order), 600.0)
        old = order.referral_id
        self._log(old)
        form = Form(
            self.env["aftersales.referral.reassign"]
            .with_user(self.manager)
            .with_context(default_referral_id=old.id)
        )
        self.assertEqual(form.referrer_id, self.rival)
        self.assertEqual(str(form.date), "2027-03-01")
        new = self._reassign(old)
        self.assertRecordValues(
            old | new,
            [
                {
                    "state": "rejected",
                    "reject_reason": "Re-assigned to Rolf Rival: Rolf was first",
                    "rate": 15.0,
                    "dispute_state": "decided",
                },
                {
                    "state": "qualified",
                    "reject_reason": False,
                    "rate": 10.0,
                    "dispute_state": False,
                },
            ],
        )
        self.assertEqual((str(new.date), new.source), ("2027-03-01", "salesperson"))
        self.assertEqual(new.date_end, old.date_end)
        self.assertEqual((order.referrer_id, order.referral_id), (self.rival, new))
        self.assertFalse(old.activity_ids)
        self.assertEqual(self._rows(order, self.referrer).mapped("amount"), [75.0, -75.0])
        self.assertEqual(self._rows(order, self.rival).mapped("amount"), [50.0])
        self._pay(order.invoice_ids)
        self.assertEarned(order, 100.0)

    def test_an_open_registration_is_re_assigned_with_its_quotation(self):
        order = self._order(confirm=False)
        old = order.referral_id
        new = self._reassign(old)
        self.assertEqual((old.state, new.state), ("rejected", "registered"))
        self.assertEqual(order.referral_id, new)
        order.action_confirm()
        self.assertEqual(new.state, "qualified")

    def test_nothing_that_was_paid_out_is_re_assigned(self):
        order = self._order()
        self._pay(self._invoice(order))
        payout = self._payout(100.0)
        with self.assertRefused(UserError, "is owed .*50.00 only, so part of it was paid out"):
            self._reassign(order.referral_id)
        self.assertEqual(order.referral_id.state, "qualified")
        payout.action_cancel()
        self._reassign(order.referral_id)
        self.assertEarned(order, 100.0)

    def test_only_a_manager_re_assigns_with_a_reason(self):
        referral = self._order().referral_id
        with self.assertRaises(AccessError):
            self._reassign(referral, user=self.salesperson)
        with self.assertRefused(AccessError, "Only a plan manager decides"):
            referral.with_user(self.salesperson).sudo(False)._reassign(
                self.rival, referral.date, "Mine"
            )
        with self.assertRefused(UserError, "Write down why"):
            referral.with_user(self.manager).sudo(False)._reassign(self.rival, referral.date, " ")
        with self.assertRefused(UserError, "names Rita Referrer already"):
            self._reassign(referral, self.referrer)
        with self.assertRefused(UserError, "a day to come"):
            self._reassign(referral, day="2027-03-16")

    def test_the_rules_hold_for_the_new_referrer(self):
        order = self._order()
        colleague = self.env["res.partner"].create({"name": "Same phone", "phone": "0470 123456"})
        self._contract(colleague, self.plan)
        self.customer.phone = "0470123456"
        stranger = self.env["res.partner"].create({"name": "No plan"})
        archived = self.env["res.partner"].create({"name": "Gone", "active": False})
        for referrer, exception, words in (
            (colleague, ValidationError, "both have the same phone number"),
            (stranger, UserError, "No plan has no active service contract"),
            (archived, UserError, "Gone is archived"),
        ):
            with self.assertRefused(exception, words):
                self._reassign(order.referral_id, referrer)
        over = order.referral_id
        over.reject_reason = "No"
        over.action_reject()
        with self.assertRefused(UserError, "is over and cannot be re-assigned"):
            self._reassign(over)

    def test_a_manager_without_sales_rights_opens_a_referral_and_decides(self):
        referral = self._order().referral_id.with_user(self.manager).sudo(False)
        with Form(referral) as form:
            self.assertEqual(form.order_count, 1)
        self._reassign(referral)
        self.assertEqual(referral.state, "rejected")
