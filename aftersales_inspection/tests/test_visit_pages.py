# SPDX-License-Identifier: AGPL-3.0-or-later
from contextlib import contextmanager
from unittest.mock import patch

import vobject

from odoo.sql_db import Cursor
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_portal import PortalCase

from .common import OnSiteCase

VISITS = "/my/visits"


@tagged("post_install", "-at_install")
class TestVisitPages(PortalCase, OnSiteCase):
    """Lists, calendar entries and reports of a customer's visits; today is 18 May 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "casa@example.com"
        cls.technician.name = "Tess Tern"
        contact = cls.env["res.partner"].create({"name": "Carla", "parent_id": cls.customer.id})
        cls.stranger = cls.env["res.partner"].create({"name": "Villa Rossa"})
        cls.customer_login("t-casa", cls.customer)
        cls.customer_login("t-carla", contact)
        cls.customer_login("t-rossa", cls.stranger)

    def setUp(self):
        super().setUp()
        frozen = freeze_time("2026-05-18 08:00:00")
        frozen.start()
        self.addCleanup(frozen.stop)

    def main(self, address, login="t-casa"):
        """Return what stands between header and footer of a page."""
        response = self.page(address, login)
        self.assertEqual(response.status_code, 200)
        return response.text.split("<main")[1].split("</main")[0]

    def propose(self):
        self.visit.with_user(self.agent).action_propose_appointment()
        return self.visit.sudo().appointment_token

    def inspect(self, **finding):
        """Make the first visit, with one finding to be replaced."""
        self.start()
        self.answer()
        self.find(note="By the gate", **finding)
        self.visit.conclusion_note = "Sound as a bell"
        self.complete()

    @contextmanager
    def assertQueries(self, most):
        """Fail where more queries are sent than ``most``, requests included."""
        sent, execute = [], Cursor.execute
        with patch.object(
            Cursor, "execute", lambda cr, *args, **kw: (sent.append(1), execute(cr, *args, **kw))[1]
        ):
            yield sent
        self.assertLessEqual(len(sent), most)

    # --- The list ------------------------------------------------------------------------------

    def test_visits_are_listed_next_first_and_by_what_is_asked_for(self):
        self.propose()
        listed = self.main(VISITS)
        self.assertEqual(listed.count('href="/my/visits/'), 4)
        self.assertLess(listed.index("June 1, 2026"), listed.index("August 31, 2026"))
        for asked, found in (
            ("filterby=answer", 1),
            ("filterby=made", 0),
            ("filterby=all&sortby=latest", 4),
            ("search=elm&search_in=address", 4),
            ("search=boiler&search_in=goods", 4),
            ("search=oak&search_in=address", 0),
            ("search=oak", 0),
            ("search=%00", 4),
            (f"search={self.visit.name}&search_in=number", 1),
            (f"search={self.contract.name}", 4),
            ("filterby=nonsense&sortby=1&search_in=x&records=1&page=x", 4),
        ):
            listed = self.main(f"{VISITS}?{asked}")
            self.assertEqual(listed.count('href="/my/visits/'), found, asked)
        self.assertIn("Show what lies ahead", self.main(f"{VISITS}?filterby=made"))
        self.assertIn("Nothing was found for", self.main(f"{VISITS}?search=oak"))
        self.inspect()
        self.assertIn("Made", self.main(f"{VISITS}?filterby=made"))
        self.assertEqual(self.main(VISITS).count('href="/my/visits/'), 3)
        latest = self.main(f"{VISITS}?filterby=all&sortby=latest")
        self.assertGreater(latest.index("June 1, 2026"), latest.index("August 31, 2026"))

    def test_customers_see_their_own_visits_and_those_of_their_company(self):
        self.assertEqual(self.main(VISITS, "t-carla").count('href="/my/visits/'), 4)
        self.assertIn("No visit lies ahead", self.main(VISITS, "t-rossa"))
        self.assertIn("Nothing was found", self.main(f"{VISITS}?search=elm", "t-rossa"))
        self.assertNotIn("/my/visits/", self.main(VISITS, "t-agent"))
        self.assertIn("/web/login", self.page(VISITS).url)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.visit.sudo().company_id = elsewhere
        self.assertEqual(self.main(VISITS).count('href="/my/visits/'), 3)

    def test_a_longer_list_sends_no_more_queries(self):
        self.page(VISITS, "t-casa")
        with self.assertQueries(10_000) as few:
            self.url_open(VISITS)
        for _contract in range(3):
            self.sell_on("2026-03-15 06:00:00", (self.goods, 2), (self.plan_product, 1))
        self.env.invalidate_all()
        with self.assertQueries(len(few) + 3):
            self.assertEqual(self.url_open(VISITS).text.count('href="/my/visits/'), 16)

    # --- Into a calendar -----------------------------------------------------------------------

    def test_a_date_goes_into_a_calendar_as_it_stands(self):
        token, address = self.propose(), f"{VISITS}/{self.visit.id}/visit.ics"

        def entry(query="", login="t-casa"):
            response = self.page(f"{address}{query}", login)
            self.assertIn("text/calendar", response.headers["Content-Type"])
            return vobject.readOne(response.text).vevent

        self.assertEqual(entry().status.value, "TENTATIVE")
        self.assertEqual(str(entry().dtstart.value), "2026-06-01 08:00:00+00:00")
        self.assertEqual(str(entry().dtend.value), "2026-06-01 10:00:00+00:00")
        self.assertIn("1 Elm Street", entry().location.value)
        self.visit.with_user(self.agent).action_confirm_appointment()
        self.assertEqual(entry(f"?access_token={token}", None).status.value, "CONFIRMED")
        self.assertIn("Add to calendar", self.main(f"{VISITS}/{self.visit.id}"))

    def test_there_is_no_entry_of_a_date_the_customer_does_not_know(self):
        address = f"{VISITS}/{self.visit.id}"
        self.propose()
        for values in (
            {"scheduled_date_start": "2026-06-03 13:00:00"},  # moved, and not told yet
            {"scheduled_date_start": False, "scheduled_date_end": False},
        ):
            self.visit.write(values)
            entry = self.page(f"{address}/visit.ics", "t-casa")
            self.assertTrue(entry.url.endswith("/my"), values)
            self.assertNotIn("Add to calendar", self.main(address))
            self.assertIn("Please prepare", self.main(address))

    # --- What was found ------------------------------------------------------------------------

    def test_the_report_is_read_once_the_visit_is_done_and_not_while_it_is_reopened(self):
        address = f"{VISITS}/{self.visit.id}"
        self.visit.write({"description": "Beware of the owner", "resolution": "secret"})
        self.assertTrue(self.page(f"{address}/report", "t-casa").url.endswith("/my"))
        self.inspect()
        words = self.words(address, "t-casa")
        claim = self.visit.claim_ids
        for told in ("In order with remarks", "Sound as a bell", "By the gate", claim.name, "Tess"):
            self.assertIn(told, words)
        for hidden in ("Tern", "Beware", "secret"):
            self.assertNotIn(hidden, words)
        self.assertIn(f'href="/my/claims/{claim.id}"', self.main(address))
        self.agent.name = "Tess Tern"
        self.technician.sudo().partner_id = self.agent.partner_id
        claim.sudo().user_id = self.agent
        words = self.words(f"/my/claims/{claim.id}", "t-casa")
        self.assertIn("Tess", words)
        self.assertNotIn("Tern", words)
        report = self.page(f"{address}/report", "t-carla")
        self.assertEqual(report.headers["Content-Type"], "application/pdf")
        self.assertIn("Inspection_report", report.headers["Content-Disposition"])
        for hidden in ("Beware", "secret"):
            self.assertNotIn(hidden, report.text)
        self.reopen()
        self.assertEqual(self.visit.sudo()._found_online(self.env.user), [])
        self.assertNotIn("By the gate", self.words(address, "t-casa"))
        self.assertTrue(self.page(f"{address}/report", "t-casa").url.endswith("/my"))

    def test_who_has_the_link_of_the_mail_reads_it_but_is_led_no_further(self):
        self.visit.sudo()._ensure_appointment_token()
        self.inspect()
        address = f"{VISITS}/{self.visit.id}"
        token = self.visit.sudo().appointment_token
        page = self.page(f"{address}?access_token={token}")
        self.assertIn("By the gate", page.text)
        self.assertNotIn("/my/claims/", page.text)
        self.assertIn(f"{address}/report?access_token={token}", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        report = self.page(f"{address}/report?access_token={token}")
        self.assertEqual(report.headers["Content-Type"], "application/pdf")
        self.assertEqual(report.headers["Referrer-Policy"], "no-referrer")
        old = self.page(f"/my/visit/{self.visit.id}?access_token={token}")
        self.assertIn("By the gate", old.text, "links of mails that went out before")

    def test_nobody_else_opens_report_or_calendar(self):
        self.propose()
        self.inspect()
        other = self.visit_of(self.contract, 2)
        token = self.visit.sudo().appointment_token
        for path in ("", "/report", "/visit.ics"):
            for visit, query, login in (
                (self.visit, "", "t-rossa"),
                (self.visit, "", "t-agent"),
                (self.visit, "", None),
                (self.visit, "?access_token=wrong", None),
                (self.visit, "?access_token=%C3%A9", "t-rossa"),
                (other, f"?access_token={token}", None),
            ):
                page = self.page(f"{VISITS}/{visit.id}{path}{query}", login)
                self.assertNotIn(f"{VISITS}/{visit.id}", page.url, (path, query, login))
                self.assertNotIn("Elm Street", page.text)
            self.assertEqual(self.page(f"{VISITS}/2147483647{path}", "t-casa").status_code, 200)
            self.assertEqual(self.page(f"{VISITS}/99999999999{path}", "t-casa").status_code, 404)

    # --- On other pages ------------------------------------------------------------------------

    def test_a_contract_says_how_its_inspections_stand_and_when_the_next_one_is(self):
        def told():
            (promise,) = [
                one for one in self.contract._promises_online() if one["label"] == "Inspections"
            ]
            return promise["text"], promise["percent"], promise["url"]

        first, second = self.visit, self.visit_of(self.contract, 2)
        self.assertEqual(
            told(),
            (
                "0 of 4 inspections used; next: Monday, June 1, 2026, 8:00\u202fAM – 10:00\u202fAM",
                0,
                f"/my/visits/{first.id}",
            ),
        )
        self.inspect()
        second.write({"scheduled_date_start": False, "scheduled_date_end": False})
        text, percent, url = told()
        self.assertEqual((percent, url), (25, f"/my/visits/{second.id}"))
        self.assertEqual(
            text,
            "1 of 4 inspections used; the next one between June 15, 2026 and September 14, 2026",
        )
        address = f"/my/service-contracts/{self.contract.id}"
        listed = self.main(address).split('name="visits"')[1]
        self.assertEqual(listed.count('href="/my/visits/'), 4)
        token = self.contract.sudo()._portal_ensure_token()
        by_link = self.page(f"{address}?access_token={token}").text
        self.assertIn("June 1, 2026", by_link)
        self.assertNotIn('href="/my/visits/', by_link)
        self.contract.sudo()._close("cancelled")
        self.assertIn("Cancelled", self.words(address, "t-casa"))

    def test_goods_show_their_inspections_to_whom_they_were_made_for(self):
        self.assertEqual(self.asset._inspections_online(), [])
        self.inspect(quantity=2)
        self.assertEqual(
            self.asset.sudo()._inspections_online(), [{"visit": self.visit, "condition": "Broken"}]
        )
        self.asset.sudo().partner_id = self.stranger
        self.assertEqual(self.asset.sudo()._inspections_online(), [])

    def test_goods_without_a_finding_are_as_their_checks_say(self):
        asset, visit = self.asset.sudo(), self.visit.sudo()
        self.assertEqual(asset._condition_at(visit), "")
        self.start()
        self.answer()
        self.assertEqual(asset._condition_at(visit), "In order")
        self.answer(pressure=9)
        self.assertEqual(asset._condition_at(visit), "Not in order")
        self.find()
        self.assertEqual(asset._condition_at(visit), "1 × Broken")
