# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import poisoned

from .common import TODAY
from .common_credit import CreditCommon

LOGGER = "odoo.addons.aftersales_referral"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditExpiry(CreditCommon):
    """Lots run out on their day, each with its entry, announced before (requirement 81)."""

    def _expire(self):
        self._run("cron_expire_credit")

    def _expiry(self, lot):
        return lot.movement_ids.filtered(lambda movement: movement.kind == "expired")

    # --- Booking -------------------------------------------------------------------------------

    def test_a_lot_is_booked_as_income_the_day_after_its_last_day(self):
        lot, other = self._goodwill(100.0, "2027-04-15"), self._goodwill(30.0, "2027-05-01")
        with freeze_time("2027-04-15"):
            self._expire()
            self.assertEqual(lot.remaining, 100.0)
        with freeze_time("2027-04-16"):
            self._expire()
        movement = self._expiry(lot)
        self.assertEqual((lot.remaining, movement.amount), (0.0, -100.0))
        self.assertLines(
            movement.move_id,
            (self.L, self.referrer, 100.0),
            (self.breakage, self.referrer, -100.0),
        )
        self.assertEqual(str(movement.move_id.date), "2027-04-16")
        self.assertEqual((other.remaining, self._card().points), (30.0, 30.0))
        self.assertEqual(self._card().history_ids[0].used, 100.0)
        self.assertBalance(self.L, 30.0)
        self.assertBalance(self.breakage, 100.0)
        self.assertInvariants()

    def test_the_contact_shows_no_credit_that_ran_out_before_it_is_booked(self):
        self._goodwill(100.0, "2027-04-15")
        self._goodwill(30.0, "2027-05-01")
        contact = self.referrer.with_user(self.salesperson)
        self.assertEqual(contact.aftersales_credit, 130.0)
        with freeze_time("2027-04-16"):
            self.env.invalidate_all()
            self.assertEqual((contact.aftersales_credit, contact.aftersales_lot_count), (30.0, 2))

    def test_every_lot_has_its_own_entry_and_a_second_run_changes_nothing(self):
        lots = self._goodwill(10.0, "2027-04-01") + self._goodwill(20.0, "2027-04-01")
        with freeze_time("2027-04-02"):
            self._expire()
            entries = self._expiry(lots).move_id
            self._expire()
        self.assertEqual(len(entries), 2)
        self.assertEqual(sorted(self._expiry(lots).mapped("amount")), [-20.0, -10.0])
        self.assertBalance(self.L, 0.0)
        self.assertInvariants()

    def test_what_never_expires_and_what_is_spent_stays_out(self):
        never, spent = self._goodwill(10.0, False), self._goodwill(60.0, "2027-04-01")
        self._quotation().action_confirm()
        self.assertEqual(spent.remaining, 0.0)
        with freeze_time("2037-04-02"):
            self._expire()
        self.assertEqual(never.remaining, 10.0)
        self.assertFalse(self._expiry(never + spent))
        self.assertInvariants()

    def test_in_a_locked_period_it_is_booked_on_the_first_open_day(self):
        lot = self._goodwill(10.0, "2027-04-01")
        self.company.fiscalyear_lock_date = "2027-04-30"
        with freeze_time("2027-05-03"):
            self._expire()
        self.assertEqual(str(self._expiry(lot).move_id.date), "2027-05-01")
        self.assertInvariants()

    def test_the_day_is_that_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Kiritimati"  # fourteen hours ahead
        lot = self._goodwill(10.0, "2027-04-01")
        with freeze_time("2027-04-01 09:00:00"):
            self._expire()
            self.assertEqual(lot.remaining, 10.0)
        with freeze_time("2027-04-01 11:00:00"):
            self._expire()
        self.assertEqual(lot.remaining, 0.0)

    def test_without_an_account_it_waits_nothing_fails_and_settings_say_so(self):
        lot = self._goodwill(10.0, "2027-04-01")
        self.company.aftersales_breakage_account_id = False
        settings = self.env["res.config.settings"].create({})
        self.assertIn("Expired Store Credit", settings.aftersales_reward_problem)
        with freeze_time("2027-04-04"):
            with self.assertLogs(LOGGER, "WARNING") as logs:
                self._expire()
            self.assertIn("set Expired Store Credit", logs.output[0])
            self.assertEqual(lot.remaining, 10.0)
            self.assertInvariants()
            late = self.Commission._compare_expired(self.company)
            self.assertRegex(late[0].text, r"expired on 2027-04-01, and .*10\.00 of it waits")
            self.company.aftersales_breakage_account_id = self.breakage
            self._expire()
            self.assertFalse(self.Commission._compare_expired(self.company))
        self.assertEqual(lot.remaining, 0.0)
        self.assertEqual(str(self._expiry(lot).move_id.date), "2027-04-02")
        self.assertInvariants()

    def test_one_bad_lot_does_not_stop_the_others(self):
        bad, good = self._goodwill(10.0, "2027-04-01"), self._goodwill(20.0, "2027-04-01")
        expire = type(self.Lot)._expire

        def refuse(lot):
            if lot == bad:
                raise ValueError(lot)
            return expire(lot)

        with (
            freeze_time("2027-04-02"),
            patch.object(type(self.Lot), "_expire", refuse),
            mute_logger("odoo.addons.aftersales_plans.models.never_fail"),
        ):
            self._expire()
        self.assertEqual((bad.remaining, good.remaining), (10.0, 0.0))
        self.assertInvariants()

    def test_a_run_that_was_cut_off_goes_on_where_it_stopped(self):
        lots = self.Lot.union(*(self._goodwill(10.0, "2027-04-01") for _n in range(4)))
        time_left = iter([10, 10, 0])  # the slot is used up after the second lot
        with freeze_time("2027-04-02"):
            with patch.object(
                type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: next(time_left)
            ):
                self.Lot.sudo()._cron_expire()
            self.assertEqual(sorted(lots.mapped("remaining")), [0.0, 0.0, 10.0, 10.0])
            self.assertInvariants()
            self._expire()
        self.assertEqual(set(lots.mapped("remaining")), {0.0})
        self.assertEqual(self._expiry(lots).mapped("amount"), [-10.0] * 4)
        self.assertBalance(self.breakage, 40.0)
        self.assertInvariants()

    def test_what_an_order_gives_back_of_an_expired_lot_can_be_spent_for_60_days(self):
        lot = self._goodwill(60.0, "2027-04-01")
        order = self._order(confirm=False)
        card = self._card().sudo()
        card._change_points(-60.0, "Spent", order)
        with freeze_time("2027-04-10"):
            card._change_points(60.0, "Given back", order)
            fresh = lot.search([("origin_lot_id", "=", lot.id)])
            self.assertEqual((fresh.remaining, str(fresh.date_expiry)), (60.0, "2027-06-09"))
            self.assertInvariants()
        with freeze_time("2027-06-10"):
            self._expire()
        self.assertEqual(fresh.remaining, 0.0)
        self.assertBalance(self.breakage, 60.0)
        self.assertInvariants()

    # --- Spending ------------------------------------------------------------------------------

    def test_expired_credit_cannot_be_spent_before_the_daily_run_either(self):
        lot = self._goodwill(60.0, "2027-04-01")
        with freeze_time("2027-04-02"):
            order = self._quotation()
            self.assertEqual(self._credit_of(order), 0.0)
            order.action_confirm()
        self.assertEqual(lot.remaining, 60.0)
        self.assertInvariants()

    def test_what_ran_out_is_no_store_credit_of_the_contact_before_the_daily_run(self):
        self._goodwill(60.0, "2027-04-01")
        self._goodwill(25.0, until=None)
        for day, left in (("2027-04-01", 85.0), ("2027-04-02", 25.0)):
            with freeze_time(day):
                self.env.invalidate_all()
                self.assertEqual(self.referrer.aftersales_credit, left, day)
        self.assertEqual(self.referrer.aftersales_lot_count, 2)

    def test_confirming_expires_what_is_due_and_spends_the_rest(self):
        old, new = self._goodwill(50.0, "2027-04-01"), self._goodwill(80.0, "2027-09-01")
        with freeze_time("2027-04-02"):
            self._quotation().action_confirm()
        self.assertEqual((old.remaining, new.remaining), (0.0, 20.0))
        self.assertEqual(self._expiry(old).amount, -50.0)
        self.assertInvariants()

    def test_a_quotation_that_claims_expired_credit_is_not_confirmed(self):
        lot = self._goodwill(60.0, "2027-04-01")
        order = self._quotation()
        self.assertEqual(self._credit_of(order), -60.0)
        with freeze_time("2027-04-02"):
            for _before_and_after_the_run in range(2):
                with self.assertRefused(
                    UserError,
                    r"claims .*60\.00.*Rita Referrer has .*0\.00 left.*04/01/2027.*Reward",
                ):
                    order.action_confirm()
                self._expire()
            self.assertEqual((order.state, lot.remaining), ("draft", 0.0))
            self._claim(order)
            self.assertEqual((self._credit_of(order), order.amount_total), (0.0, 60.0))
            order.action_confirm()
        self.assertInvariants()

    def test_what_cannot_be_booked_as_expired_is_not_spent_either(self):
        old, new = self._goodwill(50.0, "2027-04-01"), self._goodwill(20.0, "2027-09-01")
        self.company.aftersales_breakage_account_id = False
        with freeze_time("2027-04-02"):
            order = self._quotation()
            self.assertEqual(self._credit_of(order), -20.0)
            order.action_confirm()
            self.assertEqual((old.remaining, new.remaining), (50.0, 0.0))
            self.assertInvariants()
            line = order.order_line.filtered("coupon_id")
            with self.assertRefused(UserError, r"50\.00 of the store credit of Rita.*expired"):
                line.write({"price_unit": -30.0, "points_cost": 30.0})
        self.assertInvariants()

    # --- Telling -------------------------------------------------------------------------------

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "loyalty.card"), ("res_id", "in", self._card().ids)]
        )

    def _announce(self):
        self._run("cron_announce_credit")

    def test_the_owner_is_told_once_of_all_that_expires_within_30_days(self):
        first, second = self._goodwill(60.0, "2027-04-14"), self._goodwill(25.5, "2027-04-10")
        later = self._goodwill(40.0, "2027-04-15")
        self._announce()
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.referrer)
        self.assertEqual(mail.subject, f"Your store credit at {self.company.name} expires soon")
        body = mail.body_html
        self.assertLess(body.index("April 10, 2027"), body.index("April 14, 2027"))
        for amount in ("25.50", "60.00", "125.50"):
            self.assertIn(amount, body)
        self.assertNotIn("April 15, 2027", body)
        self.assertEqual(str(first.date_announced), TODAY)
        self.assertTrue(second.date_announced)
        self._announce()
        self.assertEqual(len(self._mails()), 1)
        with freeze_time("2027-03-16"):
            self._announce()
        self.assertEqual(len(self._mails()), 2)
        self.assertEqual(str(later.date_announced), "2027-03-16")

    def test_what_was_spent_meanwhile_is_not_announced(self):
        lot = self._goodwill(60.0, "2027-04-20")
        gone = self._goodwill(10.0, "2027-04-18")
        self._quotation((self.goods_untaxed, 25.0)).action_confirm()
        self.assertEqual((gone.remaining, lot.remaining), (0.0, 45.0))
        with freeze_time("2027-04-01"):
            self._announce()
        body = self._mails().body_html
        self.assertIn("45.00", body)
        self.assertNotIn("April 18, 2027", body)
        self.assertFalse(gone.date_announced)

    def test_nothing_is_sent_when_it_is_switched_off_or_nobody_reads_it(self):
        self._goodwill(60.0, "2027-04-10")
        self.company.aftersales_credit_notice_days = 0
        self._announce()
        self.company.aftersales_credit_notice_days = 30
        self.referrer.active = False
        self._announce()
        self.referrer.active = True
        self._card().sudo().active = False
        self._announce()
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "loyalty.card")]))

    def test_without_an_address_somebody_calls_and_the_mail_follows_the_address(self):
        lot = self._goodwill(60.0, "2027-04-10")
        self.referrer.write({"email": False, "user_id": self.salesperson.id})
        for _twice in range(2):
            self._announce()
        activity = self.referrer.activity_ids
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertRegex(str(activity.note), r"60\.00 of store credit expires on 04/10/2027")
        self.assertFalse(self._mails() or lot.date_announced)
        self.referrer.email = "rita@example.com"
        self._announce()
        self.assertTrue(self._mails() and lot.date_announced)
        self.assertFalse(self.referrer.activity_ids)

    def test_who_called_is_not_asked_to_call_again_until_something_changed(self):
        self._goodwill(60.0, "2027-04-10")
        self.referrer.write({"email": False, "user_id": self.salesperson.id})
        self._announce()
        self.referrer.activity_ids.action_feedback("Called, he will come by")
        self._announce()
        self.assertFalse(self.referrer.activity_ids)
        self._goodwill(25.5, "2027-04-12")
        self._announce()
        self.assertIn("25.50", html2plaintext(self.referrer.activity_ids.note))

    def test_where_the_template_was_deleted_somebody_calls(self):
        lot = self._goodwill(60.0, "2027-04-10")
        self.referrer.user_id = self.salesperson
        self.env.ref("aftersales_referral.mail_template_credit_expires").unlink()
        self._announce()
        self.assertIn(
            "The template of the mail was deleted: call.", self.referrer.activity_ids.note
        )
        self.assertFalse(lot.date_announced)

    def test_who_wants_no_mails_is_told_of_own_money_all_the_same_and_at_once(self):
        self._goodwill(60.0, "2027-04-10")
        self.referrer.aftersales_no_contact = True
        self._announce()
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertFalse(mail.scheduled_date)

    def test_with_nobody_to_call_the_log_says_so(self):
        self._goodwill(60.0, "2027-04-10")
        self.referrer.write({"email": False, "user_id": False})
        card = self._card()
        accountants = self.patch(
            type(self.company), "_aftersales_accountant", lambda company: self.env["res.users"]
        )
        self.assertIsNone(accountants)
        with self.assertLogs("odoo.addons.aftersales_referral.models.credit_notice") as logs:
            card._announce_expiry()
        self.assertIn("Rita Referrer gets no mail, and there is nobody to call", logs.output[0])
        self.assertFalse(self.referrer.activity_ids)

    def test_a_card_on_which_nothing_runs_out_announces_nothing(self):
        lot = self._goodwill(60.0, "2027-04-10")
        card = self._card()
        with freeze_time("2027-03-01"):
            card._announce_expiry()
        self.assertFalse(self._mails())
        self.assertFalse(lot.date_announced)

    def test_a_spent_lot_does_not_expire(self):
        lot = self._goodwill(25.0, "2027-04-10")
        self._quotation((self.goods_untaxed, 25.0)).action_confirm()
        with freeze_time("2027-04-20"):
            lot._expire()
        self.assertFalse(self._expiry(lot))

    def test_where_the_mail_fails_somebody_calls_until_it_goes_out(self):
        lot = self._goodwill(60.0, "2027-04-10")
        self.referrer.user_id = self.salesperson
        template = type(self.env["mail.template"])
        for _twice in range(2):
            with (
                patch.object(template, "send_mail", side_effect=ZeroDivisionError("broken")),
                self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"),
            ):
                self._announce()
        self.assertEqual(self.referrer.activity_ids.user_id, self.salesperson)
        self.assertRegex(str(self.referrer.activity_ids.note), r"60\.00 .*could not be sent: call")
        self._announce()
        self.assertTrue(self._mails() and lot.date_announced)
        self.assertFalse(self.referrer.activity_ids)

    def test_an_owner_who_cannot_be_told_stops_no_other(self):
        owners = self.env["res.partner"].create(
            [
                {"name": name, "email": f"{name}@example.com", "user_id": self.salesperson.id}
                for name in ("ann", "bob", "cid")
            ]
        )
        first, bad, last = (self._goodwill(60.0, "2027-04-10", partner=owner) for owner in owners)
        with poisoned(bad.card_id, "_announce_expiry"):
            self._announce()
        self.assertTrue(first.date_announced and last.date_announced)
        self.assertFalse(bad.date_announced)
        self.assertEqual(owners.activity_ids.res_id, bad.partner_id.id)
        self.assertIn("could not be sent: call", owners.activity_ids.note)

    def test_the_mail_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("aftersales_referral.mail_template_credit_expires")
        template.with_context(lang="fr_FR").subject = "Votre avoir expire"
        self.referrer.lang = "fr_FR"
        self._goodwill(60.0, "2027-04-10")
        self._announce()
        self.assertEqual(self._mails().subject, "Votre avoir expire")
        self.assertIn("10 avril 2027", self._mails().body_html)
