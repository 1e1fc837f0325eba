# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_proof import poisoned

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralWindow(ReferralCommon):
    """Which orders count, until when, and how much at most (requirement 78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.env["res.partner"]

    def _period(self, months=12, limit=0.0):
        self.company.write(
            {
                "aftersales_referral_scope": "period",
                "aftersales_referral_months": months,
                "aftersales_referral_limit": limit,
            }
        )

    def _run_cron(self):
        cron = self.env.ref("aftersales_referral.cron_expire_referrals")
        with self.enter_registry_test_mode():
            cron.with_user(self.env.ref("base.user_root")).method_direct_trigger()
        self.env.invalidate_all()

    def _paid(self, order, amount=None):
        invoice = self._invoice(order)
        self._pay(invoice, amount)
        return invoice

    def test_the_last_day_counts_and_the_next_does_not(self):
        first = self._order(confirm=False)
        self.assertEqual(str(first.referral_id.date_end), "2028-03-15")
        second = self._order(
            confirm=False, partner=self.env["res.partner"].create({"name": "Second"})
        )
        with freeze_time("2028-03-15 23:59:59"):
            first.action_confirm()
        with freeze_time("2028-03-16 00:00:01"):
            second.action_confirm()
        self.assertRecordValues(
            first.referral_id | second.referral_id, [{"state": "qualified"}, {"state": "expired"}]
        )
        self.assertEqual(second.state, "sale")
        self.assertIn(
            "No order was confirmed by 03/15/2028", " ".join(second.message_ids.mapped("body"))
        )
        with freeze_time("2028-03-16"):
            self._paid(second)
        self.assertEarned(second, 0.0)

    def test_the_cron_expires_what_is_over_and_nothing_else(self):
        over = self._order(confirm=False).referral_id
        other = self.env["res.partner"].create({"name": "Open end"})
        self.company.aftersales_referral_months = 0
        endless = self._order(confirm=False, partner=other).referral_id
        self.assertFalse(endless.date_end)
        with freeze_time("2028-03-15"):
            self._run_cron()
        self.assertEqual((over.state, endless.state), ("registered", "registered"))
        with freeze_time("2028-03-16"):
            self._run_cron()
            self._run_cron()
        self.assertEqual((over.state, endless.state), ("expired", "registered"))
        self.assertEqual(over.reject_reason, "No order was confirmed by 03/15/2028.")

    def test_the_company_s_own_day_decides(self):
        self.company.partner_id.tz = "Pacific/Auckland"  # 11 hours ahead
        order = self._order(confirm=False)
        with freeze_time("2028-03-15 12:30:00"):
            order.action_confirm()
        self.assertEqual(order.referral_id.state, "expired")

    def test_the_cron_judges_what_a_confirmation_left_open(self):
        order = self._order(confirm=False)
        referral = order.referral_id
        order.sudo().write({"state": "sale"})  # as if judging had failed
        self.assertEqual(referral.state, "registered")
        self._run_cron()
        self.assertEqual(referral.state, "qualified")

    def test_one_that_cannot_be_judged_or_expired_stops_no_other(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(6)])
        orders = [self._order(confirm=False, partner=partner) for partner in partners]
        left, over = orders[:3], [order.referral_id for order in orders[3:]]
        for order in left:
            order.sudo().write({"state": "sale"})  # as if judging had failed
        spoilt = poisoned(left[1], "_judge_referral"), poisoned(over[1], "_expire")
        with freeze_time("2028-03-16"), spoilt[0], spoilt[1]:
            self._run_cron()
        states = [order.referral_id.state for order in orders]
        self.assertEqual([states[1], states[4]], ["registered", "registered"])
        self.assertEqual([states[3], states[5]], ["expired", "expired"])
        self.assertNotIn("registered", [states[0], states[2]])
        for record in (left[1], over[1]):
            self.assertIn("poison", "".join(record.sudo().activity_ids.mapped("note")))

    def test_every_order_of_the_period_is_rewarded_by_itself(self):
        self._period()
        first = self._order()
        referral = first.referral_id
        self._paid(first)
        with freeze_time("2027-09-01"):
            second = self._order(referrer=self.nobody, confirm=False)
            self.assertEqual((second.referrer_id, second.referral_id), (self.referrer, referral))
            second.action_confirm()
            self._paid(second)
        with freeze_time("2028-03-16"):
            late = self._order(referrer=self.nobody)
            self.assertFalse(late.referral_id)
            self._paid(late)
        self.assertEqual(referral.state, "qualified")
        self.assertEarned(first, 150.0)
        self.assertEarned(second, 150.0)
        self.assertEarned(late, 0.0)

    def test_a_salesperson_does_not_take_an_order_of_the_period_away(self):
        self._period()
        referral = self._order().referral_id
        order = self._order(referrer=self.nobody, confirm=False).with_user(self.salesperson)
        order.referrer_id = False
        order.action_confirm()
        self.assertEqual(order.referral_id, referral)

    def test_a_quotation_of_the_period_that_is_confirmed_too_late_is_told(self):
        self._period(months=1)
        self._order()
        order = self._order(confirm=False)
        with freeze_time("2027-04-16"):
            order.action_confirm()
        self.assertFalse(order.referral_id)
        self.assertIn("rewards orders until 04/15/2027 only", order.message_ids[0].body)

    def test_an_order_that_the_referrer_pays_is_told_to_earn_nothing(self):
        self._period()
        self._order()
        nobody = self.env["res.partner"]
        order = self._order(confirm=False, referrer=nobody, partner_invoice_id=self.referrer.id)
        order.action_confirm()
        self.assertFalse(order.referral_id)
        words = f"gets the invoice of {order.name} and cannot be rewarded for it"
        told = [body for body in order.message_ids.mapped("body") if words in body]
        self.assertEqual(len(told), 1, "said as it was saved, and not again")

    def test_naming_another_within_the_period_is_refused(self):
        self._period()
        self.company.aftersales_new_customer_months = 1
        self._order()
        rival = self.env["res.partner"].create({"name": "Rolf Rival"})
        self._contract(rival, self.plan)
        with freeze_time("2027-06-01"), self.assertRefused(UserError, "already referred by Rita"):
            self._order(referrer=rival, confirm=False)

    def test_orders_share_the_highest_reward_in_order_of_confirmation(self):
        self._period(limit=200.0)
        first, second, third = (self._order(confirm=False) for _each in range(3))
        for day, order in (("16", second), ("17", first), ("18", third)):
            with freeze_time(f"2027-03-{day}"):
                order.action_confirm()
        self._paid(third)
        self.assertEarned(third, 150.0)
        self._paid(first)
        self.assertEarned(first, 150.0)
        self.assertEarned(third, 50.0)
        self._paid(second)
        self.assertEarned(second, 150.0)
        self.assertEarned(first, 50.0)
        self.assertEarned(third, 0.0)

    def test_a_credit_note_leaves_its_part_of_the_limit_to_the_next_order(self):
        self._period(limit=200.0)
        first, second = self._order(), self._order()
        invoice = self._paid(first)
        self._paid(second)
        self.assertEarned(first, 150.0)
        self.assertEarned(second, 50.0)
        self._pay(self._credit(invoice, 600.0))
        self.assertEarned(first, 60.0)
        self.assertEarned(second, 140.0)

    def test_a_limit_is_frozen_and_first_orders_have_it_too(self):
        self.company.aftersales_referral_limit = 100.0
        order = self._order()
        self.company.aftersales_referral_limit = 10.0
        self._paid(order)
        self.assertEarned(order, 100.0)
        self._rows(order).invalidate_recordset()
        self.assertFalse(self.Commission.sudo()._settle(order), "twice has no effect")

    def test_limited_referrals_are_settled_with_as_many_queries_for_many_as_for_few(self):
        self._period(limit=160.0)
        counts = []
        for number in (1, 2, 12):  # the first fills caches
            orders = self.env["sale.order"]
            for each in range(number):
                partner = self.env["res.partner"].create({"name": f"{number}-{each}"})
                orders |= self._order(partner=partner) | self._order(partner=partner)
            for order in orders:
                self._invoice(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Commission.sudo()._settle(orders[::2])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
