# SPDX-License-Identifier: AGPL-3.0-or-later
import threading
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from odoo import SUPERUSER_ID, api
from odoo.http import Request
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, HttpCase, freeze_time, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AppointmentCase

MONDAY = datetime(2026, 6, 1, 8)
PAYLOAD = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestVisitPortal(HttpCase, AppointmentCase):
    """The page of a visit; today is Monday, 18 May 2026, two weeks before it."""

    def setUp(self):
        super().setUp()
        frozen = freeze_time("2026-05-18 08:00:00")
        frozen.start()
        self.addCleanup(frozen.stop)
        self.propose()
        self.token = self.visit.sudo().appointment_token

    def page(self, visit=None, token=None, **query):
        visit = visit or self.visit
        token = self.token if token is None else token
        query = "".join(f"&{name}={value}" for name, value in query.items())
        return self.url_open(f"/my/visits/{visit.id}?access_token={token}{query}")

    def answer(self, answer, token=None, csrf=True, visit=None, **form):
        """Send a form of the page; return the page it leads to and what that says happened."""
        if not self.session:
            self.authenticate(None, None)
        token = self.token if token is None else token
        visit = visit or self.visit
        response = self.url_open(
            f"/my/visits/{visit.id}/answer",
            data={
                "access_token": token,
                "answer": answer,
                "shown": "2026-06-01 08:00:00",
                **({"csrf_token": Request.csrf_token(self)} if csrf else {}),
                **form,
            },
        )
        self.visit.invalidate_recordset()
        said = parse_qs(urlsplit(response.url).query).get("said", [None])[0]
        return response, said

    # --- What the page shows -------------------------------------------------------------------

    def test_the_page_shows_the_visit_and_other_dates_and_changes_nothing(self):
        self.visit.write({"description": "Beware of the owner", "resolution": "secret"})
        self.visit._message_log(body="He never pays")
        before = self.visit.read()[0]
        page = self.page().text
        for words in ("Monday, June 1, 2026", "Tess", "Gold", "Boiler", "1 Elm Street"):
            self.assertIn(words, page)
        for words in ("Tern", "Beware", "secret", "never pays"):
            self.assertNotIn(words, page)
        self.assertEqual(page.count('name="slot"'), 7)
        self.page(said="confirmed")
        self.visit.invalidate_recordset()
        after = self.visit.read()[0]
        self.assertEqual(before, after)

    def test_six_free_days_inside_the_window_are_offered_nearest_first(self):
        self.assertEqual(
            self.visit._other_slots(),
            [
                datetime(2026, 5, 29, 14),
                datetime(2026, 6, 1, 9),
                datetime(2026, 6, 2, 14),
                datetime(2026, 6, 3, 9),
                datetime(2026, 6, 4, 14),
                datetime(2026, 6, 5, 9),
            ],
        )

    def test_no_date_is_offered_at_less_than_a_days_notice_or_after_the_window(self):
        with freeze_time("2026-06-11 08:30:00"):
            self.visit.write(
                {
                    "scheduled_date_start": "2026-06-12 11:00:00",
                    "scheduled_date_end": "2026-06-12 13:00:00",
                }
            )
            offered = self.visit._other_slots()
        self.assertTrue(all(datetime(2026, 6, 12, 8, 30) <= s for s in offered), offered)
        self.assertTrue(all(s < datetime(2026, 6, 15) for s in offered), offered)

    def test_the_page_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.assertIn("lundi 1 juin 2026", self.page().text)

    # --- Answers -------------------------------------------------------------------------------

    def test_confirming_is_noted_in_the_customers_name(self):
        page, said = self.answer("confirm")
        self.assertEqual((said, self.visit.appointment_state), ("confirmed", "confirmed"))
        self.assertIn("Thank you", page.text)
        self.assertEqual(self.visit.message_ids[0].author_id, self.customer)
        self.assertIn("confirmed the date online", self.visit.message_ids[0].body)
        self.answer("confirm")
        notes = self.visit.message_ids.filtered(lambda m: "confirmed the date" in m.body)
        self.assertEqual(len(notes), 1)

    def test_a_chosen_slot_is_booked_confirmed_and_mailed(self):
        page, said = self.answer("change", slot="2026-06-03 13:00:00", wish="Ring twice")
        self.assertEqual(said, "booked")
        self.assertRecordValues(
            self.visit,
            [
                {
                    "scheduled_date_start": datetime(2026, 6, 3, 13),
                    "scheduled_date_end": datetime(2026, 6, 3, 15),
                    "person_id": self.technician.id,
                    "appointment_state": "confirmed",
                    "appointment_told_for": datetime(2026, 6, 3, 13),
                    "appointment_wish": "Ring twice",
                }
            ],
        )
        self.assertIn("Wednesday, June 3, 2026", page.text)
        self.assertEqual(self.mails()[-1].subject, "Booked: our visit on Wednesday, June 3, 2026")
        method, event = self.entry()
        self.assertEqual((method, event.status.value), ("PUBLISH", "CONFIRMED"))

    def test_a_slot_somebody_else_took_is_refused_kindly_with_the_others(self):
        other = self.sell_on("2026-03-15 06:00:00").visit_ids[0]
        other.sudo().write(
            {
                "scheduled_date_start": "2026-06-03 13:00:00",
                "scheduled_date_end": "2026-06-03 15:00:00",
                "person_id": self.technician.id,
            }
        )
        page, said = self.answer("change", slot="2026-06-03 13:00:00")
        self.assertEqual((said, self.visit.scheduled_date_start), ("taken", MONDAY))
        self.assertIn("somebody else has just booked", page.text)
        self.assertIn('name="slot"', page.text)
        for outside in ("2026-06-20 08:00:00", "2026-05-18 09:00:00", "2026-06-06 08:00:00"):
            self.assertEqual(self.answer("change", slot=outside)[1], "taken", outside)
        self.assertEqual(self.visit.scheduled_date_start, MONDAY)

    def test_a_wish_in_words_is_kept_escaped_and_gives_its_owner_something_to_do(self):
        page, said = self.answer("change", slot="", wish=f"After 4 pm {PAYLOAD}")
        self.assertEqual((said, self.visit.appointment_state), ("asked", "change_asked"))
        self.assertEqual(self.visit.appointment_wish, f"After 4 pm {PAYLOAD}")
        self.assertNotIn(PAYLOAD, page.text)
        self.assertNotIn(PAYLOAD, "".join(self.visit.message_ids.mapped("body")))
        self.assertEqual(len(self.visit.activity_ids), 1)
        self.assertEqual(self.answer("confirm")[1], "confirmed")
        self.assertFalse(self.visit.activity_ids)

    def test_a_wish_sent_again_is_noted_once(self):
        for _time in range(3):
            self.assertEqual(self.answer("change", wish="In June\x00, please")[1], "asked")
        self.assertEqual(self.visit.appointment_wish, "In June, please")
        notes = self.visit.message_ids.filtered(lambda m: "asked for another date" in m.body)
        self.assertEqual(len(notes), 1)
        self.assertEqual(len(self.visit.activity_ids), 1)

    def test_what_no_form_of_ours_sends_changes_nothing(self):
        for form, said in (
            ({"slot": "2026-05-18 07:00:00"}, "taken"),  # past
            ({"slot": "2026-07-01 08:00:00"}, "taken"),  # after the window
            ({"slot": "2026-06-02 22:00:00"}, "taken"),  # at night
            ({"slot": "9999-12-31 23:59:59"}, "taken"),
            ({"slot": "0001-01-01 00:00:00"}, "taken"),
            ({"slot": "2026-06-02' OR 1=1"}, "empty"),
            ({"slot": "x" * 100_000}, "empty"),
            ({"shown": "yesterday", "wish": "x"}, "moved"),
            ({"wish": " \x00 "}, "empty"),
        ):
            self.assertEqual(self.answer("change", **form)[1], said, form)
        self.assertEqual(self.answer("cancel", slot="2026-06-02 09:00:00")[1], "empty")
        self.assertEqual(self.visit.appointment_state, "proposed")
        self.assertEqual(self.visit.scheduled_date_start, MONDAY)

    def test_nothing_chosen_and_nothing_written_is_asked_for_again(self):
        page, said = self.answer("change", slot="nonsense", wish="  ")
        self.assertEqual((said, self.visit.appointment_state), ("empty", "proposed"))
        self.assertIn("choose a date or write", page.text)

    def test_a_confirmed_date_may_still_be_changed_before_the_visit(self):
        self.answer("confirm")
        self.assertIn('id="another-date"', self.page().text)
        self.assertEqual(self.answer("change", slot="2026-06-03 13:00:00")[1], "booked")

    # --- Links that are out of date ------------------------------------------------------------

    def assertClosed(self, words):
        page = self.page()
        self.assertEqual(page.status_code, 200)
        self.assertIn(words, page.text)
        for field in ("answer", "slot", "wish"):  # what is asked about a date that is open
            self.assertNotIn(f'name="{field}"', page.text)
        state = self.visit.appointment_state
        self.assertEqual(self.answer("confirm")[1], "closed")
        self.assertEqual(self.visit.appointment_state, state)

    def test_a_cancelled_visit(self):
        self.visit.action_cancel()
        self.assertClosed("does not take place")

    def test_a_visit_that_was_made(self):
        self.visit.conclusion = "pass"
        self.visit.action_complete()
        self.assertClosed("has been made")

    def test_a_visit_nobody_was_let_in_to(self):
        self.visit.outcome = "no_access"
        self.visit.action_complete()
        self.assertClosed("could not carry out this visit")

    def test_a_visit_under_way(self):
        self.visit.date_start = "2026-05-18 07:00:00"
        self.assertClosed("under way")

    def test_a_visit_of_a_cancelled_contract(self):
        self.contract.sudo()._close("cancelled")
        self.assertClosed("does not take place")

    def test_a_date_that_is_past(self):
        with freeze_time("2026-06-02 08:00:00"):
            self.assertClosed("This date is past")

    def test_a_visit_the_office_moved(self):
        self.visit.write(
            {
                "scheduled_date_start": "2026-06-03 13:00:00",
                "scheduled_date_end": "2026-06-03 15:00:00",
            }
        )
        self.assertClosed("is being changed")
        self.assertNotIn("June 3", self.page().text)
        self.visit.sudo().appointment_state = False  # as planning does with what it moves
        self.assertClosed("is being changed")

    def test_a_visit_without_date(self):
        self.visit.write({"scheduled_date_start": False, "scheduled_date_end": False})
        self.assertClosed("looking for a date")

    def test_a_page_from_before_a_new_proposal_confirms_nothing(self):
        self.visit.write(
            {
                "scheduled_date_start": "2026-06-03 13:00:00",
                "scheduled_date_end": "2026-06-03 15:00:00",
            }
        )
        self.propose()
        page, said = self.answer("confirm")
        self.assertEqual((said, self.visit.appointment_state), ("moved", "proposed"))
        self.assertIn("has changed since you opened this page", page.text)

    def test_a_plan_that_is_not_paid(self):
        with freeze_time("2026-03-16 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.write({"invoice_date": "2026-03-16", "invoice_date_due": "2026-04-01"})
            invoice.action_post()
        self.contract.benefits_require_payment = "hold"
        self.env.invalidate_all()
        self.assertClosed("get in touch with us about this visit")
        self.assertNotIn(invoice.name, self.page().text)

    # --- Who may not -----------------------------------------------------------------------------

    def test_without_the_right_token_nothing_opens_and_nothing_happens(self):
        self.authenticate(None, None)
        other = self.contract.visit_ids - self.visit
        for visit, token in (
            (self.visit, ""),
            (self.visit, "wrong"),
            (self.visit, "%C3%A9"),
            (other[0], self.token),
            (other[0], ""),
            (other[0], "False"),
        ):
            page = self.page(visit=visit, token=token)
            self.assertIn("/web/login", page.url, (visit, token))
            self.assertNotIn("Casa Verde", page.text)
        self.answer("confirm", token="wrong")
        self.answer("confirm", visit=other[0])
        self.assertEqual(self.visit.appointment_state, "proposed")
        self.assertFalse(any(other.mapped("appointment_state")))
        self.assertIn("/web/login", self.url_open("/my/visits/2147483647?access_token=x").url)
        self.assertEqual(self.url_open("/my/visits/99999999999999?access_token=x").status_code, 404)

    @mute_logger("odoo.http")
    def test_a_form_without_csrf_token_and_a_link_to_the_answer_do_nothing(self):
        response, _said = self.answer("confirm", csrf=False)
        self.assertEqual(response.status_code, 400)
        link = f"/my/visits/{self.visit.id}/answer?access_token={self.token}&answer=confirm"
        self.assertEqual(self.url_open(link).status_code, 405)
        self.visit.invalidate_recordset()
        self.assertEqual(self.visit.appointment_state, "proposed")

    def test_a_file_instead_of_words_is_no_answer(self):
        self.authenticate(None, None)
        typed = {"access_token": self.token, "answer": "change", "shown": "2026-06-01 08:00:00"}
        for name in ("access_token", "answer", "shown", "slot", "wish"):
            data = {key: value for key, value in typed.items() if key != name}
            response = self.url_open(
                f"/my/visits/{self.visit.id}/answer",
                data={**data, "csrf_token": Request.csrf_token(self)},
                files={name: ("wish.txt", b"any day")},
            )
            self.assertEqual(response.status_code, 200, name)
        self.visit.invalidate_recordset()
        self.assertEqual(self.visit.appointment_state, "proposed")

    def test_the_same_customer_sees_the_visits_by_login_and_another_does_not(self):
        contact = self.env["res.partner"].create(
            {"name": "Carla", "parent_id": self.customer.id, "email": "carla@example.com"}
        )
        new_test_user(
            self.env, "t-carla", "base.group_portal", partner_id=contact.id, email="c@example.com"
        )
        new_test_user(self.env, "t-other", "base.group_portal")
        self.authenticate("t-carla", "t-carla")
        listed = self.url_open("/my/visits").text
        self.assertEqual(listed.count('href="/my/visits/'), 4)
        self.assertIn("Monday, June 1, 2026", self.page(token="").text)
        self.assertEqual(self.answer("confirm", token="")[1], "confirmed")
        self.authenticate("t-other", "t-other")
        self.assertNotIn("/my/visits/", self.url_open("/my/visits").text.split("<main")[1])
        self.assertNotIn("Monday, June 1, 2026", self.page(token="").text)

    def test_another_companys_visit_stays_closed_to_a_login_of_this_one(self):
        user = new_test_user(self.env, "t-casa", "base.group_portal")
        user.partner_id.parent_id = self.customer
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertTrue(self.visit._is_open_to(user, None))
        self.visit.sudo().company_id = company
        self.assertFalse(self.visit._is_open_to(user, None))
        self.assertTrue(self.visit._is_open_to(user, self.token), "the mail's link still works")

    def test_a_colleague_answers_for_the_customer_in_the_office_only(self):
        self.authenticate("t-agent", "t-agent")
        self.assertNotIn("/my/visits/", self.page(token="").url)
        self.answer("confirm", token="")
        self.assertEqual(self.visit.appointment_state, "proposed")


@tagged("post_install", "-at_install")
class TestReserve(BaseCase):
    """Two bookings of one technician at once, with cursors of their own, committed for good."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.person_id = env["fsm.person"].create({"name": "Race"}).id
            self.partner_id = env["fsm.person"].browse(self.person_id).partner_id.id
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM fsm_person WHERE id = %s", [self.person_id])
            cr.execute(
                "DELETE FROM res_partner WHERE id = %(id)s OR parent_id = %(id)s",
                {"id": self.partner_id},
            )

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_the_later_of_two_bookings_sees_the_earlier_one(self):
        barrier, booked, tries = threading.Barrier(2), [], []

        def book(name):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                bookings = env["res.partner"].with_context(active_test=False)

                def look_then_take():
                    taken = bookings.search_count([("parent_id", "=", self.partner_id)])
                    tries.append(name)
                    if tries.count(name) == 1:
                        barrier.wait(20)  # both have looked before either takes
                    if not taken:
                        env["aftersales.visit.planner"]._take_turns({self.person_id})
                        bookings.create({"name": name, "parent_id": self.partner_id})
                        booked.append(name)

                retrying(look_then_take, env)

        threads = [threading.Thread(target=book, args=[name]) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with self.registry.cursor() as cr:
            cr.execute("SELECT name FROM res_partner WHERE parent_id = %s", [self.partner_id])
            self.assertEqual(len(cr.fetchall()), 1)
        self.assertEqual(len(tries), 3, "the later one looked again")
