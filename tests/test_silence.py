"""No mail of ours breaks the silence after a delivery, whichever module would send it (51)."""

from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_inspection.tests.common import InspectionCase
from odoo.addons.mail.tests.common import MockEmail

DAILY = (
    "aftersales_plans.cron_follow_calendar",
    "aftersales_plans.cron_turn_to_customers",
    "aftersales_inspection.cron_appointments",
    "aftersales_referral.cron_announce_credit",
)


@tagged("post_install", "-at_install")
class TestSilence(MockEmail, InspectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"email": "casa@example.com", "lang": "en_US"})
        cls.company.write({"aftersales_propose_days": 365, "aftersales_care_since": "2026-01-01"})
        cls.env["aftersales.important.date"].create(
            {
                "name": "Birthday",
                "partner_id": cls.customer.id,
                "date": "1980-03-16",
                "date_since": "2026-01-01",
                "greeting": "mail",
            }
        )

    def live(self, moment):
        """Let all daily jobs run and the mail queue after them; return the subjects that left."""
        with freeze_time(moment), self.mock_mail_gateway():
            for xmlid in DAILY:
                cron = self.env.ref(xmlid)
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
            self.env["mail.mail"].process_email_queue()
        to_customer = [mail for mail in self._mails if "casa@example.com" in str(mail["email_to"])]
        return [mail["subject"] for mail in to_customer]

    def test_a_delivery_with_a_referral_code_and_visits_brings_no_mail_before_the_third_day(self):
        with freeze_time("2026-03-15 12:00:00"), self.mock_mail_gateway():
            contract = self.sell((self.goods, 10), (self.plan_product, 1))
            self.customer._get_referral_code()
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(contract.state, "active")
        self.assertTrue(contract.visit_ids)
        self.assertNotIn("casa@example.com", str(self._mails))
        for moment in ("2026-03-15 13:00:00", "2026-03-16 10:00:00", "2026-03-17 19:00:00"):
            self.assertEqual(self.live(moment), [], moment)
        self.assertEqual(self.live("2026-03-18 06:00:00"), [])  # before nine
        self.assertIn("Our visit: Monday, June 1, 2026", self.live("2026-03-18 09:30:00"))

    def test_a_visit_right_after_the_delivery_is_proposed_all_the_same(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 10), (self.plan_product, 1))
            visit = self.visit_of(contract, 1)
            visit.write(
                {
                    "scheduled_date_start": "2026-03-19 09:00:00",
                    "scheduled_date_end": "2026-03-19 11:00:00",
                }
            )
        self.assertIn("Our visit: Thursday, March 19, 2026", self.live("2026-03-16 10:00:00"))
