# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime

from lxml import html

from odoo.tests import freeze_time, new_test_user, tagged

from .common import PIXEL, OnSiteCase

REPORT = "aftersales_inspection.visit_report"


@tagged("post_install", "-at_install")
class TestVisitReportMail(OnSiteCase):
    """The printed and mailed report of an inspection (requirement 5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"email": "casa@example.com", "tz": "Europe/Athens"})
        cls.visit.person_id = cls.technician

    def setUp(self):
        super().setUp()
        self.start()
        self.answer(pressure=3.2)
        self.find(note="Crack in the door", photo=PIXEL)
        self.visit.conclusion_note = "New door comes"

    def page(self, user=None):
        """Return the sections of the printed report as words."""
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, kind = report._render_qweb_pdf(REPORT, self.visit.ids)
        self.assertEqual(kind, "html")
        sections = html.fromstring(content).xpath("//div[hasclass('aftersales')]//*[@name]")
        return {s.get("name"): " ".join(" ".join(s.itertext()).split()) for s in sections}

    def test_the_report_says_who_was_where_when_and_what_came_out(self):
        self.visit.conclusion = "remarks"
        self.sign()
        self.complete()
        words = self.page()
        self.assertIn("Casa Verde 1 Elm Street Springfield", words["parties"])
        self.assertEqual(words["technician"], "Technician Tess")
        self.assertEqual(
            words["times"].replace("\u202f", " "),
            "On site June 1, 2026, 12:30 PM – 2:00 PM",
        )
        self.assertEqual(words["conclusion"], "Conclusion In order with remarks")
        self.assertEqual(words["conclusion_note"], "New door comes")
        self.assertIn(f"Boiler : Broken · {self.wear.name} · Crack in the door", words["found"])
        self.assertIn(f"under the number {self.visit.claim_ids.name}.", words["next"])
        self.assertIn("due between June 15, 2026 and September 14, 2026", words["next"])
        self.assertIn("Vera Verde", words["signature"])
        self.assertIn("Boiler: Not in order", words["goods"])
        self.assertIn("Pressure 1.5 – 3 bar 3.2 bar", words["goods"])
        self.assertIn("Burner is clean In order", words["goods"])
        self.assertIn("Hours 120 h", words["goods"])
        self.assertIn("Remark –", words["goods"])

    def test_an_unsigned_report_says_why(self):
        self.visit.write({"is_unsigned": True, "unsigned_reason": "Not at home"})
        self.assertEqual(self.page()["signature"], "Not signed by the customer: Not at home")

    def test_the_report_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        for check in self.visit.check_ids[:1]:
            check.with_context(lang="fr_FR").name = "Le brûleur est propre"
        self.assertIn("Le brûleur est propre", self.page()["goods"])
        self.assertIn("15 juin 2026", self.page()["next"])

    def mails(self):
        """Return what the customer was written, oldest first."""
        return self.visit.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        ).sorted("id")

    def notes(self):
        return " ".join(self.visit.message_ids.mapped(lambda message: str(message.body)))

    def test_completing_mails_the_report_to_the_customer(self):
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user")
        self.visit.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        self.complete(visit=self.visit.with_user(user).sudo(False))
        self.assertIn("Pressure 1.5 – 3 bar 3.2 bar", self.page(user)["goods"])
        mail = self.mails()
        self.assertEqual(mail.partner_ids, self.customer)
        self.assertEqual(mail.subject, "Our visit at Springfield: In order with remarks")
        self.assertIn("Crack in the door", mail.body)
        self.assertIn("12:30", mail.body)
        self.assertEqual(
            mail.attachment_ids.mapped("name"), [f"Inspection report {self.visit.name}.html"]
        )
        self.assertEqual(self.visit.report_mailed_on, datetime(2026, 6, 1, 11))

    def test_the_mail_links_to_the_visit_for_the_customer_alone(self):
        self.complete()
        message = self.mails()
        token = self.visit.appointment_token
        self.assertNotIn(token, message.body)
        sent = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(sent.recipient_ids, self.customer)
        self.assertIn(f'/my/visits/{self.visit.id}?access_token={token}"', sent.body_html)

    def test_no_mail_without_address_switched_off_or_for_a_visit_that_came_to_nothing(self):
        self.company.aftersales_visit_report_mails = False
        self.complete()
        self.assertNotIn("no e-mail", self.notes())
        self.company.aftersales_visit_report_mails = True
        self.customer.email = False
        self.reopen()
        self.complete()
        self.assertIn("not mailed: the customer has no e-mail address", self.notes())
        self.customer.email = "casa@example.com"
        self.reopen()
        self.visit.outcome = "no_access"
        self.visit.action_complete()
        self.assertFalse(self.mails())

    def test_a_reopened_visit_supersedes_its_report_and_mails_another(self):
        self.complete()
        self.reopen()
        self.assertIn("the report mailed on 06/01/2026 no longer holds", self.notes())
        self.assertFalse(self.visit.report_mailed_on)
        self.complete(moment="2026-06-02 11:00:00")
        self.assertEqual(len(self.mails()), 2)
        self.assertEqual(self.visit.report_mailed_on, datetime(2026, 6, 2, 11))

    def test_a_report_that_cannot_be_mailed_stops_nobody(self):
        template = self.env.ref("aftersales_inspection.mail_template_visit_report")
        template.subject = "{{ 1 / (0 if object.conclusion else 1) }}"
        with self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"):
            self.complete()
        self.assertTrue(self.visit.is_closed)
        self.assertIn("could not be mailed", self.notes())
        self.assertFalse(self.visit.report_mailed_on)

    def test_the_report_can_be_sent_again_but_not_of_a_visit_that_is_not_done(self):
        with self.assertRefused("is not done yet"):
            self.visit.action_send_report()
        self.complete()
        with freeze_time("2026-06-05 08:00:00"):
            self.visit.action_send_report()
        self.assertEqual(len(self.mails()), 2)
        self.assertEqual(self.visit.report_mailed_on, datetime(2026, 6, 5, 8))

    def test_long_lists_are_cut_into_tables_that_fit_on_a_page(self):
        for number in range(40):
            self.visit.check_ids[:1].copy({"line_id": False, "name": f"Q{number}"})
        goods = self.visit._printed_goods()
        self.assertEqual([len(table) for table in goods[0]["tables"]], [18, 18, 9])
