# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import poisoned

from .common import AppointmentCase


@tagged("post_install", "-at_install")
class TestVisitReminder(AppointmentCase):
    """Mails that go out by themselves, two days before and as the company has set."""

    def run_cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_inspection.cron_appointments").method_direct_trigger()

    def test_the_customer_is_reminded_once_two_days_before(self):
        self.propose()
        self.run_cron("2026-05-29 08:00:00")
        self.assertEqual(len(self.mails()), 1)
        self.run_cron("2026-05-30 08:00:00")
        self.run_cron("2026-05-31 08:00:00")
        self.assertEqual(
            self.mails().mapped("subject"),
            ["Our visit: Monday, June 1, 2026", "Reminder: our visit on Monday, June 1, 2026"],
        )
        self.assertIn("You have not confirmed this date yet", self.text())
        self.assertEqual(self.visit.appointment_reminded_for, datetime(2026, 6, 1, 8))

    def test_who_was_reminded_of_a_date_is_not_reminded_again(self):
        self.propose()
        with freeze_time("2026-05-30 08:00:00"):
            self.visit._remind()
            self.visit._remind()
        self.assertEqual(len(self.mails()), 2)

    def test_who_confirmed_reads_that_and_a_new_date_is_reminded_of_anew(self):
        with freeze_time("2026-05-18 08:00:00"):
            self.visit.with_user(self.agent).action_confirm_appointment()
        self.run_cron("2026-05-30 08:00:00")
        self.assertIn("You have confirmed this date", self.text())
        self.visit.write(
            {
                "scheduled_date_start": "2026-06-04 09:00:00",
                "scheduled_date_end": "2026-06-04 11:00:00",
            }
        )
        self.run_cron("2026-06-02 08:00:00")
        self.assertEqual(len(self.mails()), 1)
        with freeze_time("2026-06-02 09:00:00"):
            self.visit.with_user(self.agent).action_confirm_appointment()
        self.run_cron("2026-06-03 08:00:00")
        self.assertEqual(self.mails()[-1].subject, "Reminder: our visit on Thursday, June 4, 2026")

    def test_no_reminder_on_the_day_of_the_proposal_where_none_is_set_or_nobody_asked(self):
        self.run_cron("2026-05-30 08:00:00")
        self.assertFalse(self.mails())
        self.propose("2026-05-30 09:00:00")
        self.run_cron("2026-05-30 10:00:00")
        self.assertEqual(len(self.mails()), 1)
        self.company.aftersales_remind_days = 0
        self.run_cron("2026-05-31 10:00:00")
        self.assertEqual(len(self.mails()), 1)

    def test_who_cannot_be_written_to_is_noted_once(self):
        self.propose()
        self.env["mail.blacklist"]._add("casa@example.com")
        for day in (30, 31):
            self.run_cron(f"2026-05-{day} 08:00:00")
        notes = self.visit.message_ids.filtered(lambda m: "No reminder was sent" in m.body)
        self.assertEqual(len(notes), 1)
        self.assertIn("Casa Verde wants no e-mails: agree on the phone.", notes.body)
        self.assertEqual(len(self.mails()), 1)

    def test_visits_are_proposed_by_themselves_where_the_company_says_so(self):
        self.run_cron("2026-05-20 08:00:00")
        self.assertFalse(self.visit.appointment_state)
        self.company.aftersales_propose_days = 14
        self.run_cron("2026-05-17 08:00:00")
        self.assertFalse(self.visit.appointment_state)
        self.run_cron("2026-05-18 08:00:00")
        self.run_cron("2026-05-19 08:00:00")
        self.assertEqual(self.visit.appointment_state, "proposed")
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(
            self.contract.visit_ids.filtered("appointment_state"), self.visit, "the others are far"
        )

    def test_a_moved_date_is_proposed_anew_and_a_held_one_is_not_reminded_of(self):
        self.company.aftersales_propose_days = 14
        self.run_cron("2026-05-18 08:00:00")
        self.visit.sudo().write(
            {
                "scheduled_date_start": "2026-06-02 08:00:00",
                "scheduled_date_end": "2026-06-02 10:00:00",
                "appointment_state": False,
            }
        )
        self.run_cron("2026-05-19 08:00:00")
        self.assertEqual(self.mails()[-1].subject, "New date for our visit: Tuesday, June 2, 2026")
        with freeze_time("2026-03-16 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.write({"invoice_date": "2026-03-16", "invoice_date_due": "2026-04-01"})
            invoice.action_post()
        self.contract.benefits_require_payment = "hold"
        self.run_cron("2026-05-31 08:00:00")
        self.assertEqual(len(self.mails()), 2)

    def test_nothing_is_proposed_by_itself_that_cannot_be_sent_or_is_held(self):
        self.company.aftersales_propose_days = 14
        self.customer.email = False
        self.run_cron("2026-05-18 08:00:00")
        self.assertFalse(self.visit.appointment_state or self.mails())
        self.customer.email = "casa@example.com"
        with freeze_time("2026-03-16 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.write({"invoice_date": "2026-03-16", "invoice_date_due": "2026-04-01"})
            invoice.action_post()
        self.contract.benefits_require_payment = "hold"
        self.run_cron("2026-05-18 09:00:00")
        self.assertFalse(self.visit.appointment_state or self.mails())

    @mute_logger("odoo.addons.aftersales_inspection.models.visit_reminder")
    def test_one_visit_that_fails_does_not_stop_the_others(self):
        other = self.sell_on("2026-03-15 06:00:00").visit_ids.filtered(
            lambda v: v.aftersales_visit_number == 1
        )
        other.write(
            {
                "scheduled_date_start": "2026-06-01 13:00:00",
                "scheduled_date_end": "2026-06-01 15:00:00",
            }
        )
        self.propose()
        with freeze_time("2026-05-18 08:00:00"):
            other.with_user(self.agent).action_propose_appointment()
        with poisoned(self.visit, "_write_to_customer"):
            self.run_cron("2026-05-30 08:00:00")
        self.assertEqual(len(self.mails(other)), 2)
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("poison", self.visit.activity_ids.note)
        self.run_cron("2026-05-31 08:00:00")
        self.assertFalse(self.visit.activity_ids)
        self.assertEqual((len(self.mails()), len(self.mails(other))), (2, 2))
