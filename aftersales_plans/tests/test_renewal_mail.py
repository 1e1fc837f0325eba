# SPDX-License-Identifier: LGPL-3.0-or-later
from freezegun import freeze_time

from odoo.tests import tagged

from .common_renewal import RenewalOfferCase


@tagged("post_install", "-at_install")
class TestRenewalMail(RenewalOfferCase):
    """What the customer reads of a renewal, when, and who does it where no mail goes (59, 62)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-01 10:00:00"):
            cls.contract = cls.contract_until()

    @freeze_time("2026-11-01 10:00:00")
    def test_the_mail_names_what_goes_on_the_struck_price_and_until_when(self):
        self.run_daily()
        order = self.contract._renewal_order()
        self.assertEqual((order.state, order.amount_untaxed), ("sent", 1134.0))
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Renew your service contract")
        body = mail._prepare_outgoing_body()
        for words in (
            self.contract.name,
            "Gold",
            "Boiler",
            "December 31, 2026",
            "December 1, 2026",
        ):
            self.assertIn(words, body)
        self.assertRegex(body, r"<s [^>]*>\$&nbsp;1,260\.00</s>")
        self.assertIn("1,134.00", body)
        self.assertEqual(body.count(f"access_token={order.access_token}"), 1)
        self.assertNotIn(order.access_token, order.message_ids[0].body)
        self.assertNotIn("before taxes", body)

    @freeze_time("2026-11-01 10:00:00")
    def test_a_second_run_and_a_run_a_month_later_write_nothing_again(self):
        self.run_daily()
        self.run_daily()
        self.assertEqual(len(self.mails()), 1)
        with freeze_time("2026-12-02 10:00:00"):
            self.run_daily()
        order = self.contract._renewal_order()
        self.assertEqual((len(self.mails()), order.amount_untaxed), (1, 1260.0))
        told = order._aftersales_renewals_told()[0]
        self.assertEqual((told["price"], told["struck"]), (1260.0, False))

    def test_an_offer_after_the_end_promises_no_cover_without_a_gap(self):
        with freeze_time("2027-01-05 10:00:00"):
            self.run_daily()
        body = self.mails()._prepare_outgoing_body()
        self.assertRegex(
            body, r"ended on <strong>December 31, 2026</strong>\. You can still go on:"
        )
        self.assertNotIn("without a gap", body)

    @freeze_time("2026-11-01 23:30:00")  # half past midnight in Paris
    def test_it_leaves_in_the_hours_of_the_customers_day(self):
        self.run_daily()
        self.assertEqual(str(self.mails().scheduled_date), "2026-11-02 08:00:00")
        self.let_mails_leave()
        self.assertEqual(self.mails().state, "outgoing")
        with freeze_time("2026-11-02 08:00:00"):
            self.let_mails_leave()
        self.assertEqual(self.mails().state, "sent")

    @freeze_time("2026-11-01 10:00:00")
    def test_without_an_address_or_a_wish_for_mails_somebody_calls(self):
        for values, words in (
            ({"email": False}, "no e-mail address"),
            ({"aftersales_no_contact": True}, "wants no mails"),
        ):
            with self.env.cr.savepoint() as savepoint:
                self.customer.write(values)
                self.run_daily()
                self.assertFalse(self.mails())
                self.assertEqual(self.contract._renewal_order().state, "draft")
                self.assertIn(words, self.by_hand(self.contract).note)
                self.assertEqual(self.by_hand(self.contract).user_id, self.manager)
                self.run_daily()
                self.assertEqual(len(self.by_hand(self.contract)), 1)
                savepoint.rollback()
                self.env.invalidate_all()

    @freeze_time("2026-11-01 10:00:00")
    def test_a_price_nobody_knows_is_asked_for_and_goes_to_no_customer(self):
        self.contract.sudo().amount_untaxed = 0  # given away: the plan's own rules count
        self.plan.write({"price_policy": "percent", "price_percent": 10})
        self.goods.list_price = 0
        self.run_daily()
        order = self.contract._renewal_order()
        self.assertFalse(self.mails())
        self.assertEqual((order.state, order.order_line.price_unit), ("draft", 0))
        self.assertIn("Not enough data for its price", self.by_hand(self.contract).note)
        self.assertIn("Not enough data", order.aftersales_plan_warning)
        self.assertTrue(order._aftersales_renewals_told()[0]["unpriced"])
        card = order._aftersales_prepare_sold(order.order_line)
        self.assertIsNone(card["price"])
        with self.assertRefused("Enter a price by hand"):
            order.with_user(self.manager).sudo(False).action_quotation_send()
        order.order_line.price_unit = 120
        self.assertFalse(order._aftersales_renewals_told()[0]["unpriced"])
        self.assertFalse(order._aftersales_unpriced())

    @freeze_time("2026-11-01 10:00:00")
    def test_a_template_somebody_deleted_stops_nobody(self):
        self.env.ref("aftersales_plans.mail_template_renewal_offer").unlink()
        self.run_daily()
        self.assertFalse(self.mails())
        self.assertIn("could not be written", self.by_hand(self.contract).note)

    @freeze_time("2026-11-01 10:00:00")
    def test_it_is_written_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.run_daily()
        self.assertIn("31 décembre 2026", self.mails().body_html)
        self.assertRegex(self.mails().body_html, r"1(&nbsp;|\s)134,00")

    @freeze_time("2026-11-01 10:00:00")
    def test_who_sends_it_by_hand_starts_from_our_mail(self):
        order = self.contract._make_renewal()
        self.assertEqual(order._find_mail_template().name, "Renewal: offer")
        other = self.quote((self.goods, 1))
        self.assertNotEqual(other._find_mail_template().name, "Renewal: offer")
