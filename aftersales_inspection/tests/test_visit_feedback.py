# SPDX-License-Identifier: AGPL-3.0-or-later
import re
from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.aftersales_plans.tests.common_portal import EVERY_SCRIPT, PortalCase

from .common import AppointmentCase


@tagged("post_install", "-at_install")
class TestVisitFeedback(AppointmentCase, PortalCase):
    """The visit of 1 June is made by Tess Tern; Casa Verde says how it was (15, 66)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).aftersales_care_since = "2026-03-01"
        cls.user = new_test_user(cls.env, "t-tess", "fieldservice.group_fsm_user_own")
        cls.technician.partner_id = cls.user.partner_id
        cls.technician.name = "Tess Tern"
        cls.feedback = cls.env["aftersales.feedback"]
        cls.team = cls.visit.team_id

    def make(self, visit=None, moment="2026-06-01 10:00:00"):
        """Make the visit; return it."""
        visit = visit or self.visit
        with freeze_time(moment):
            visit.action_start()
            visit.conclusion = "pass"
            visit.action_complete()
        self.assertEqual((visit.outcome, visit.is_closed), ("done", True))
        return visit

    def run_daily(self, moment):
        before = self.feedback.search([])
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_ask_feedback").method_direct_trigger()
        self.env.invalidate_all()
        return self.feedback.search([]) - before

    def test_a_visit_is_asked_about_with_the_first_name_alone(self):
        self.make()
        row = self.run_daily("2026-06-01 13:00:00")
        self.assertEqual(
            (row.kind, row.res_id, row.date), ("visit", self.visit.id, date(2026, 6, 1))
        )
        self.assertEqual((row.person_id, row.team_id), (self.technician, self.visit.team_id))
        self.assertEqual(row.product_tmpl_ids, self.goods.product_tmpl_id)
        mail = self.env["mail.mail"].search(
            [("model", "=", "fsm.order"), ("res_id", "=", self.visit.id)], order="id desc", limit=1
        )
        self.assertIn("Tess was with you", re.sub(r"<[^>]+>", "", mail.body_html))
        self.assertNotIn("Tern", mail.body_html + mail.subject)
        self.assertFalse(self.run_daily("2026-06-02 13:00:00"))

    def test_a_visit_without_a_technician_is_named_by_its_day(self):
        self.make()
        self.assertEqual(
            self.visit._feedback_title(), "Inspection visit on Monday, June 1, 2026, by Tess"
        )
        self.assertEqual(self.visit._rating_get_operator(), self.technician.partner_id)
        self.visit.sudo().person_id = False
        self.assertEqual(self.visit._feedback_title(), "Inspection visit on Monday, June 1, 2026")

    def test_a_visit_in_vain_is_not_asked_about(self):
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.action_start()
            self.visit.write({"conclusion": "remarks", "outcome": "no_access"})
            self.visit.action_complete()
        self.assertTrue(self.visit.is_closed)
        self.assertFalse(self.run_daily("2026-06-02 13:00:00"))

    def test_technicians_read_their_own_and_are_ranked(self):
        with freeze_time("2026-06-03 10:00:00"):
            row = self.feedback._of(self.make())
            row._token()
            self.visit.sudo().rating_apply(5, rating=row.rating_id)
            other = new_test_user(self.env, "t-tom", "fieldservice.group_fsm_user_own")
            self.assertEqual(self.feedback.with_user(self.user).search([]), row)
            self.assertFalse(self.feedback.with_user(other).search([]))
            self.assertEqual(self.technician.with_user(self.user).aftersales_score, 5)
            self.assertEqual(self.technician.with_user(other).aftersales_rated_count, 0)
            self.assertFalse(self.env["rating.rating"].with_user(self.user).search([]))
            self.env.flush_all()
            ranks = self.env["aftersales.feedback.ranking"].search([])
            self.assertEqual(
                {(rank.kind, rank.rated, round(rank.rank_percent, 1)) for rank in ranks},
                {("technician", 1, 20.7), ("team", 1, 20.7)}
                | ({("owner", 1, 20.7)} if row.user_id else set()),
            )
            rank = ranks.filtered("person_id")
            self.assertEqual(rank.name, "Tess Tern")
            found = self.feedback.search(rank.action_open()["domain"])
            self.assertEqual(found, row)

    def test_the_customer_rates_by_link_and_online_and_may_change_it(self):
        self.make()
        row = self.run_daily("2026-06-01 13:00:00")
        address = row._rating_path(5)
        token = row.sudo().rating_id.access_token
        said = self.words(address)
        self.assertIn("by Tess", said)
        self.assertNotIn("Tern", said)
        self.assertFalse(row.score)  # opening the page changes nothing
        late = f"<b>Late</b> {EVERY_SCRIPT}"
        said = self.send(f"/rate/{token}/submit_feedback", rate=1, feedback=late).text
        self.assertIn("Thank you", said)
        self.assertEqual((row.score, row.comment), (1, late))
        note = self.visit.message_ids[0]
        self.assertNotIn("<b>Late", note.body)
        for markup in (said, note.body, self.page(address).text):  # and where it is changed
            self.assertHarmless(markup)
        followup = self.env["aftersales.followup"].search([("feedback_id", "=", row.id)])
        self.assertEqual(len(followup), 1)
        self.send(f"/rate/{token}/submit_feedback", rate=5, feedback="Fine now")
        self.assertEqual((row.score, row.comment), (5, "Fine now"))
        self.assertEqual(self.page("/rate/wrong/5").status_code, 404)
        self.customer_login("t-casa", self.customer)
        said = self.words(f"/my/visits/{self.visit.id}", "t-casa")
        self.assertIn("Thank you for your feedback", said)
        response = self.send(f"/my/visits/{self.visit.id}/feedback", "t-casa", score=3)
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"/rate/{token}/3", response.url)
        self.assertEqual(row.score, 5)
        nora = self.env["res.partner"].create({"name": "Nora"})
        self.customer_login("t-nora2", nora)
        self.assertIn("cannot rate", self.words(address, "t-nora2"))
        response = self.send(f"/my/visits/{self.visit.id}/feedback", "t-nora2", score=3)
        self.assertNotIn("/rate/", response.url)
