# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_renewal import RenewalOfferCase


@tagged("post_install", "-at_install")
class TestRenewalAuto(RenewalOfferCase):
    """Contracts go on by themselves by consent and a delivered notice alone, and can be left."""

    policy = "auto"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-01 10:00:00"):
            cls.contract = cls.contract_until()

    def consent(self, given=True):
        self.contract._note_consent(given, self.customer, "paper", "Form of 3 March")

    def announce(self, delivered=True):
        """Let the daily run announce the renewal on 1 November; return the quotation."""
        self.consent()
        with freeze_time("2026-11-01 10:00:00"):
            self.run_daily()
            if delivered:
                self.let_mails_leave()
        return self.contract._renewal_order()

    def on_the_last_day(self, day="2026-12-31"):
        with freeze_time(f"{day} 10:00:00"):
            self.run_daily()

    def child(self):
        return self.contract.renewal_ids

    def test_it_is_announced_with_the_price_that_counts_on_the_last_day(self):
        order = self.announce()
        self.assertTrue(order.aftersales_goes_on)
        self.assertEqual((order.state, order.aftersales_noticed_total), ("sent", 1260.0))
        mail = self.mails()
        self.assertEqual(mail.subject, f"Your service contract {self.contract.name} goes on")
        body = mail._prepare_outgoing_body()
        for words in ("January 1, 2027", "1,260.00", "December 1, 2026", "1,134.00"):
            self.assertIn(words, body)
        self.assertIn("See your contract online", body)
        self.assertNotIn(self.contract.access_token, self.contract.message_ids[0].body)
        self.assertFalse(self.by_hand(self.contract))

    def test_on_the_last_day_it_goes_on_and_the_customer_is_told(self):
        order = self.announce()
        self.on_the_last_day("2026-12-02")
        self.assertEqual((order.state, order.amount_untaxed), ("sent", 1260.0))
        self.on_the_last_day("2026-12-30")
        self.assertEqual(order.state, "sent")
        self.on_the_last_day()
        self.on_the_last_day()
        child = self.child()
        self.assertEqual(len(child), 1)
        self.assertEqual(order.state, "sale")
        self.assertTrue(child.renewed_by_itself)
        self.assertEqual(
            (child.date_start, child.date_end), (self.day("2027-01-01"), self.day("2027-12-31"))
        )
        self.assertEqual(child.renewal_consent, "given")
        self.assertIn("November 1, 2026", " ".join(child.message_ids.mapped("body")))
        self.assertEqual(
            self.mails()[0].subject, f"Your service contract {self.contract.name} went on"
        )
        self.assertEqual(len(self.mails()), 2)

    def test_a_run_days_late_confirms_it_from_the_day_the_customer_was_told(self):
        order = self.announce()
        self.on_the_last_day("2027-01-20")
        self.assertEqual(order.state, "sale")
        child = self.child()
        self.assertEqual((child.date_start, child.state), (self.day("2027-01-01"), "active"))
        self.assertEqual((child.renewal_gap_days, child.renewed_by_itself), (0, True))

    def test_the_price_that_was_told_counts_however_late_the_run_is(self):
        self.contract.renewal_offer_days = 90  # the discount holds until the last day
        order = self.announce()
        self.assertEqual(order.aftersales_noticed_total, 1134.0)
        self.on_the_last_day("2027-01-20")
        self.assertEqual((order.state, order.amount_total), ("sale", 1134.0))
        self.assertTrue(self.child().renewed_by_itself)

    def test_a_rest_moves_the_day_it_goes_on(self):
        order = self.announce()
        with freeze_time("2026-11-10 10:00:00"):
            self.contract._suspend(self.day("2026-12-01"), self.day("2026-12-10"))
        self.on_the_last_day("2026-12-31")
        self.assertEqual(order.state, "sent")
        self.on_the_last_day("2027-01-10")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.child().date_start, self.day("2027-01-11"))

    def test_without_consent_it_is_offered_and_the_owner_knows_why(self):
        with freeze_time("2026-11-01 10:00:00"):
            self.run_daily()
        order = self.contract._renewal_order()
        self.assertFalse(order.aftersales_goes_on)
        self.assertEqual(self.mails().subject, "Renew your service contract")
        self.assertIn("has not consented", self.by_hand(self.contract).note)
        self.on_the_last_day()
        self.assertFalse(self.child())

    def test_consent_given_after_the_offer_is_announced_then(self):
        with freeze_time("2026-11-01 10:00:00"):
            self.run_daily()
        with freeze_time("2026-11-10 10:00:00"):
            self.consent()
            self.let_mails_leave()
        self.assertTrue(self.contract._renewal_order().aftersales_goes_on)
        self.on_the_last_day("2026-12-02")
        self.on_the_last_day()
        self.assertTrue(self.child().renewed_by_itself)

    def falls_back(self, words, mails=1):
        """Expect an offer to be signed on the last day, and the owner told why."""
        before = len(self.mails())
        self.on_the_last_day("2026-12-02")  # the discount ends
        self.on_the_last_day()
        self.assertFalse(self.child())
        self.assertRegex(self.by_hand(self.contract).note, words)
        self.assertEqual(len(self.by_hand(self.contract)), 1)
        self.assertEqual(len(self.mails()) - before, mails)
        self.on_the_last_day("2027-01-01")
        self.assertEqual(len(self.mails()) - before, mails)
        self.assertFalse(self.child())

    def test_consent_taken_back_falls_back(self):
        self.announce()
        self.consent(False)
        self.falls_back("took back the consent")

    def test_a_notice_that_bounced_falls_back(self):
        order = self.announce()
        order.aftersales_notice_id.notification_ids.notification_status = "bounce"
        self.falls_back("did not arrive")

    def test_a_notice_that_was_never_sent_falls_back(self):
        self.announce(delivered=False)
        self.falls_back("was not sent")

    def test_a_price_changed_by_hand_falls_back(self):
        order = self.announce()
        self.on_the_last_day("2026-12-02")
        order.order_line.price_unit = 1300.0
        self.falls_back("not what the customer was told")

    def test_a_quotation_that_expired_before_falls_back_without_a_mail(self):
        self.announce().validity_date = "2026-12-15"
        self.falls_back("expired before", mails=0)

    def test_no_address_and_no_mails_fall_back_without_a_mail(self):
        self.announce()
        self.customer.aftersales_no_contact = True
        self.falls_back("wants no mails", mails=0)

    def test_a_plan_taken_off_sale_falls_back_with_what_the_order_says(self):
        self.announce()
        self.plan.active = False
        self.falls_back("no longer sold", mails=0)

    def test_what_cannot_be_announced_before_the_last_day_is_offered(self):
        self.consent()
        self.on_the_last_day("2027-01-05")
        self.assertIn("could not be told in time", self.by_hand(self.contract).note)
        self.assertEqual(len(self.mails()), 1)
        self.assertFalse(self.contract._renewal_order().aftersales_goes_on)

    # --- Consent -------------------------------------------------------------------------------

    def test_consent_is_noted_once_and_what_was_never_given_is_not_taken_back(self):
        before = len(self.contract.message_ids)
        self.consent(False)
        self.assertFalse(self.contract.renewal_consent)
        self.assertEqual(len(self.contract.message_ids), before)
        self.consent()
        noted, since = len(self.contract.message_ids), self.contract.renewal_consent_date
        self.consent()
        self.assertEqual(len(self.contract.message_ids), noted)
        self.assertEqual(self.contract.renewal_consent_date, since)

    def test_an_early_end_that_was_agreed_keeps_it_from_going_on(self):
        self.consent()
        self.assertIsNone(self.contract._not_by_itself())
        with freeze_time("2026-06-01 10:00:00"):
            self.contract._give_notice(self.day("2026-08-31"), self.reason)
        self.assertEqual(self.contract._not_by_itself(), "ends_early")

    def test_an_order_that_renews_nothing_is_not_what_was_told(self):
        order = self.announce()
        self.on_the_last_day("2026-12-02")  # the discount ends
        self.assertIsNone(order._aftersales_notice_failure())
        order.order_line.aftersales_renews_id = False
        order.aftersales_noticed_total = order.amount_total
        self.assertEqual(order._aftersales_notice_failure(), "changed")

    def test_a_notice_that_cannot_be_written_is_an_offer_to_be_made_by_hand(self):
        broken = patch.object(
            type(self.contract), "message_post_with_source", side_effect=ZeroDivisionError
        )
        with broken, mute_logger("odoo.addons.aftersales_plans.models.never_fail"):
            order = self.announce(delivered=False)
        self.assertFalse(order.aftersales_goes_on)
        self.assertEqual(len(self.mails()), 1)  # the offer to be signed
        self.assertIn("could not be written", self.by_hand(self.contract).note)

    def test_staff_record_consent_with_a_proof_and_others_do_not(self):
        seller = new_test_user(self.env, "t-consent", "sales_team.group_sale_salesman")
        with self.assertRefused("Ask its salesperson"):
            self.contract.with_user(seller).action_note_consent()
        self.contract.user_id = seller
        action = self.contract.with_user(seller).action_note_consent()
        wizard = self.env["aftersales.contract.consent"].with_user(seller)
        wizard = wizard.with_context(**action["context"])
        wizard.create({"channel": "phone", "note": "Call of today"}).action_confirm()
        contract = self.contract
        self.assertEqual(
            (contract.renewal_consent, contract.renewal_consent_channel), ("given", "phone")
        )
        self.assertEqual(contract.renewal_consent_partner_id, self.customer)
        self.assertTrue(contract.renewal_consent_date)
        self.assertIn("Call of today", contract.message_ids[0].body)
        self.assertEqual(contract.message_ids[0].author_id, seller.partner_id)
        billing = new_test_user(self.env, "t-billing", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            contract.with_user(billing).action_note_consent()
        with self.assertRefused("cannot be changed by hand"):
            contract.with_user(self.manager).write({"renewal_consent": "withdrawn"})

    def test_there_is_nothing_to_consent_to_where_the_terms_say_otherwise(self):
        self.contract.sudo().renewal_policy = "offer"
        with self.assertRefused("does not go on by itself"):
            self.consent()

    # --- Leaving -------------------------------------------------------------------------------

    def gone_on(self):
        """Return a contract that went on by itself at 1,260 from 1 January 2027, invoiced."""
        order = self.announce()
        self.on_the_last_day("2026-12-02")
        self.on_the_last_day()
        with freeze_time("2027-01-01 10:00:00"):
            self.env["aftersales.contract"]._due(self.company)
            self.child()._activate()
            order._create_invoices().action_post()
        return self.child()

    def test_who_leaves_gets_the_days_left_back_whatever_the_terms_say(self):
        child = self.gone_on()
        self.assertEqual(child.refund_policy, "none")
        with freeze_time("2027-03-11 10:00:00"):  # day 70 of 365: 295 are left
            wizard = self.env["aftersales.contract.end"].create(
                {"contract_id": child.id, "reason_id": self.reason.id}
            )
            self.assertEqual(wizard.amount, 1018.36)
            self.assertIn("295 of 365 days", wizard.refund_label)
            credit_note = child._leave(self.reason, self.customer, "Sold the house")
        self.assertEqual((credit_note.state, credit_note.amount_untaxed), ("draft", 1018.36))
        self.assertEqual((child.state, child.amount_refunded), ("cancelled", 1018.36))
        self.assertEqual(child.message_ids[0].author_id, self.customer)
        self.assertEqual(self.contract.lapse_reason_id, self.reason)
        with freeze_time("2027-03-12 10:00:00"):
            self.run_daily()
        self.assertFalse(self.contract._renewal_order())

    def test_who_leaves_before_it_begins_gets_everything_back(self):
        self.announce()
        self.on_the_last_day("2026-12-02")
        self.on_the_last_day()
        child = self.child()
        with freeze_time("2026-12-31 12:00:00"):
            child._leave(self.reason, self.customer)
        self.assertEqual((child.state, child.amount_refunded), ("cancelled", 1260.0))
        self.assertEqual(child.sale_line_id.price_subtotal, 0.0)

    def test_who_signed_cannot_leave_that_way(self):
        with freeze_time("2026-11-01 10:00:00"):
            self.run_daily()
            self.contract._renewal_order().action_confirm()
        with self.assertRefused("cannot be left at any time"):
            self.child()._leave(self.reason, self.customer)
