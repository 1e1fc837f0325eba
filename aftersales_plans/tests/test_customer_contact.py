# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestCustomerContact(MockEmail, AfterSalesCase):
    """When customers are mailed who did not ask (requirement 51)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.customer.write({"email": "casa@example.com", "tz": "Europe/Berlin"})
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "Hello",
                "body_html": "<p>Hello <t t-out='object.name'/></p>",
            }
        )

    def moment(self, now, partner=None):
        """Return when the customer may be mailed, asked at ``now``, both UTC."""
        return (partner or self.customer)._aftersales_contact_moment(
            self.company, datetime.fromisoformat(now)
        )

    def write_to_customer(self):
        return self.customer._aftersales_send_when_allowed(self.customer, self.template)

    def test_a_mail_that_was_rolled_back_keeps_no_other_from_leaving(self):
        kept, gone = (
            self.env["mail.mail"].create({"email_to": "casa@example.com", "body_html": "Hello"})
            for _number in range(2)
        )
        gone.unlink()
        with self.mock_mail_gateway():
            (kept + gone).send()
        self.assertSentEmail(kept.email_from, ["casa@example.com"])

    def test_hours_that_end_before_they_begin_are_refused(self):
        for first, last in ((18, 9), (9, 9), (-1, 18), (9, 25)):
            with self.subTest(first=first, last=last), self.assertRefused("begin before they end"):
                self.company.write(
                    {"aftersales_contact_from": first, "aftersales_contact_to": last}
                )

    def test_mails_leave_in_the_hours_of_the_customers_day(self):
        cases = {
            "2026-03-02 07:59": "2026-03-02 08:00",  # 8:59 in Berlin
            "2026-03-02 08:00": "2026-03-02 08:00",
            "2026-03-02 18:59": "2026-03-02 18:59",
            "2026-03-02 19:00": "2026-03-03 08:00",
            "2026-03-28 19:30": "2026-03-29 07:00",  # summer time begins that night
            "2026-10-24 18:30": "2026-10-25 08:00",  # and ends that night
        }
        for asked, allowed in cases.items():
            self.assertEqual(self.moment(asked), datetime.fromisoformat(allowed), asked)

    def test_the_silence_ends_where_company_and_customer_both_have_the_day(self):
        with freeze_time("2026-03-02 12:00"):
            self.sell((self.goods, 1))
        self.assertEqual(self.moment("2026-03-02 13:00"), datetime(2026, 3, 5, 8))
        self.customer.tz = "Pacific/Auckland"  # 13 hours ahead: 9:00 there is the 4th here
        self.assertEqual(self.moment("2026-03-02 13:00"), datetime(2026, 3, 4, 23))
        self.customer.tz = "America/Los_Angeles"
        self.assertEqual(self.moment("2026-03-02 13:00"), datetime(2026, 3, 5, 17))
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id, "tz": "Europe/Berlin"}
        )
        self.assertEqual(self.moment("2026-03-02 13:00", contact), datetime(2026, 3, 5, 8))

    def test_who_wants_no_mails_gets_none_nor_does_who_has_no_address(self):
        self.customer.aftersales_no_contact = True
        self.assertFalse(self.write_to_customer())
        self.customer.write({"aftersales_no_contact": False, "email": False})
        self.assertFalse(self.write_to_customer())

    def test_a_mail_waits_and_what_happens_meanwhile_counts(self):
        with freeze_time("2026-03-02 20:00"):
            mail = self.write_to_customer()
            self.assertEqual(mail.scheduled_date, datetime(2026, 3, 3, 8))
            self.assertEqual(mail.recipient_ids, self.customer)
            self.assertIn("Hello Casa Verde", mail.body_html)
            self.sell((self.goods, 1))
        with freeze_time("2026-03-03 09:00"):
            mail.send()
            self.assertEqual((mail.state, mail.scheduled_date.day), ("outgoing", 5))
        with freeze_time("2026-03-05 21:00"):  # the queue was late
            mail.send()
            self.assertEqual(mail.scheduled_date, datetime(2026, 3, 6, 8))
        self.customer.aftersales_no_contact = True
        with freeze_time("2026-03-06 09:00"):
            mail.send()
        self.assertEqual(mail.state, "cancel")
        self.assertIn("wants no calls or mails", mail.failure_reason)

    def test_the_mail_leaves_at_its_moment(self):
        with freeze_time("2026-03-02 10:00"), self.mock_mail_gateway():
            mail = self.write_to_customer()
            mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual([sent["subject"] for sent in self._mails], ["Hello"])
