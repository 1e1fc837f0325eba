# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.aftersales_plans.tests.common_portal import EVERY_SCRIPT, what_runs

from .common import AppointmentCase

NARROW = "\u202f"  # between hour and AM in recent Unicode data


@tagged("post_install", "-at_install")
class TestVisitAppointment(AppointmentCase):
    """The customer is asked whether the planned date suits (requirement 66)."""

    def confirm(self, moment="2026-05-19 08:00:00"):
        with freeze_time(moment):
            self.visit.with_user(self.agent).action_confirm_appointment()

    def move(self, start, end):
        self.visit.write({"scheduled_date_start": start, "scheduled_date_end": end})

    # --- Proposing -----------------------------------------------------------------------------

    def test_a_proposal_tells_day_hours_who_where_and_what(self):
        self.propose()
        self.assertRecordValues(
            self.visit,
            [
                {
                    "appointment_state": "proposed",
                    "appointment_proposed_on": datetime(2026, 5, 18, 8),
                    "appointment_answered_on": False,
                    "appointment_told_for": datetime(2026, 6, 1, 8),
                }
            ],
        )
        mail = self.mails()
        self.assertEqual(mail.partner_ids, self.customer)
        self.assertEqual(mail.subject, "Our visit: Monday, June 1, 2026")
        text = self.text().replace(NARROW, " ")
        self.assertIn("Monday, June 1, 2026 8:00 AM – 10:00 AM", text)
        self.assertIn("Inspection visit · Gold", text)
        self.assertIn("1 Elm Street, Springfield", text)
        self.assertIn("Tess will come to you", text)
        self.assertNotIn("Tern", text)
        self.assertIn("We look at: Boiler", text)
        self.assertNotIn("has changed", text)

    def test_no_text_runs_in_the_mails_and_their_buttons_have_the_companys_colour(self):
        self.company.email_secondary_color = "#0b6e4f"
        self.propose()
        script = EVERY_SCRIPT
        self.customer.name = self.goods.name = self.plan.name = script
        self.customer.street = script
        for step in ("proposed", "confirmed", "reminder", "cancelled"):
            template = self.env.ref(f"aftersales_inspection.mail_template_visit_{step}")
            body = template._render_field("body_html", self.visit.ids)[self.visit.id]
            self.assertEqual(what_runs(body), [])
            self.assertEqual("#0b6e4f" in body, step in ("proposed", "reminder"))

    def test_the_link_opens_for_the_customer_and_not_for_who_reads_the_history(self):
        self.visit.message_subscribe(self.manager.partner_id.ids)
        self.propose()
        message = self.mails()
        token = self.visit.sudo().appointment_token
        self.assertNotIn(token, message.body)
        sent = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(sent.recipient_ids, self.customer)
        link = f"/my/visits/{self.visit.id}?access_token={token}"
        self.assertIn(f'{link}"', sent.body_html)
        self.assertIn(f'{link}#another-date"', sent.body_html)

    def test_hours_are_those_of_the_site_and_words_those_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.write({"lang": "fr_FR", "tz": "America/New_York"})
        self.goods.with_context(lang="fr_FR").name = "Chaudière"
        self.propose()
        self.assertIn("Chaudière", self.text())
        self.assertEqual(self.entry()[1].description.value, "Chaudière")
        self.assertIn("lundi 1 juin 2026 04:00 – 06:00", self.text())
        _method, event = self.entry()
        self.assertEqual(event.dtstart.value, datetime(2026, 6, 1, 8, tzinfo=UTC))
        winter = self.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 4)
        self.assertEqual(winter.scheduled_date_start, datetime(2027, 3, 1, 8))
        self.assertEqual(winter.with_context(lang="fr_FR")._appointment_hours(), "03:00 – 05:00")

    def test_the_contact_of_the_site_comes_first(self):
        site = self.env["res.partner"].create(
            {
                "name": "Gate",
                "parent_id": self.customer.id,
                "type": "delivery",
                "street": "9 Dock Road",
                "city": "Shelbyville",
                "email": "gate@example.com",
            }
        )
        self.contract.sudo().site_id = site
        self.propose()
        self.assertEqual(self.mails().partner_ids, site)
        self.assertIn("9 Dock Road, Shelbyville", self.text())
        self.visit.location_id.contact_id = keeper = self.env["res.partner"].create(
            {"name": "Keeper", "email": "keeper@example.com"}
        )
        self.propose()
        self.assertEqual(self.mails()[-1].partner_ids, keeper)

    def test_a_new_proposal_updates_the_entry_and_says_that_the_date_changed(self):
        self.propose()
        method, first = self.entry()
        self.assertEqual((method, first.status.value), ("PUBLISH", "TENTATIVE"))
        self.assertEqual(first.dtend.value, datetime(2026, 6, 1, 10, tzinfo=UTC))
        self.assertEqual(first.location.value, self.visit._appointment_address())
        self.assertEqual(first.summary.value, f"Inspection visit · {self.company.name}")
        self.confirm()
        self.move("2026-06-03 13:00:00", "2026-06-03 15:00:00")
        self.assertTrue(self.visit.appointment_changed)
        self.propose("2026-05-20 08:00:00")
        self.assertEqual(self.visit.appointment_state, "proposed")
        self.assertEqual(
            self.mails()[-1].subject, "New date for our visit: Wednesday, June 3, 2026"
        )
        self.assertIn("has changed. Instead of Monday, June 1, 2026", self.text())
        _method, second = self.entry()
        self.assertEqual(second.uid.value, first.uid.value)
        self.assertGreater(int(second.sequence.value), int(first.sequence.value))
        self.assertEqual(second.dtstart.value, datetime(2026, 6, 3, 13, tzinfo=UTC))

    def test_what_cannot_be_proposed_says_why(self):
        self.customer.email = False
        with self.assertRefused("Casa Verde has no e-mail address"):
            self.propose()
        self.customer.email = "casa@example.com"
        self.env["mail.blacklist"]._add("casa@example.com")
        with self.assertRefused("Casa Verde wants no e-mails"):
            self.propose()
        self.env["mail.blacklist"]._remove("casa@example.com")
        with self.assertRefused("is past: plan it again"):
            self.propose("2026-06-02 08:00:00")
        self.confirm()
        with self.assertRefused("confirmed this date already"):
            self.propose()
        self.visit.write({"scheduled_date_start": False, "scheduled_date_end": False})
        with self.assertRefused("no date yet"):
            self.propose()
        self.assertFalse(self.mails())

    def test_of_several_the_others_are_proposed_and_the_refused_are_named(self):
        first, second, third, _fourth = self.contract.visit_ids.sorted("aftersales_visit_number")
        second.write({"scheduled_date_start": False, "scheduled_date_end": False})
        with freeze_time("2026-05-18 08:00:00"):
            answer = (first | second | third).with_user(self.agent).action_propose_appointment()
        self.assertEqual(
            (first | second | third).mapped("appointment_state"), ["proposed", False, "proposed"]
        )
        self.assertEqual(
            answer["params"]["message"],
            f"Dates proposed: 2. {second.name} has no date yet: plan it first.",
        )

    def test_own_stock_and_repairs_are_agreed_with_nobody(self):
        for kind in ("stock", "repair"):
            order = self.env["fsm.order"].create(
                {
                    "name": f"A {kind}",
                    "location_id": self.visit.location_id.id,
                    "type": self.env.ref(f"aftersales_inspection.fsm_order_type_{kind}").id,
                }
            )
            with self.assertRefused(f"A {kind} is no visit to a customer"):
                order.action_propose_appointment()

    def test_an_installation_without_contract_is_agreed_with_the_owner_of_the_site(self):
        order = self.env["fsm.order"].create(
            {
                "name": "Set up",
                "location_id": self.visit.location_id.id,
                "type": self.env.ref("aftersales_inspection.fsm_order_type_installation").id,
                "scheduled_date_start": "2026-06-01 09:00:00",
                "scheduled_date_end": "2026-06-01 12:00:00",
            }
        )
        with freeze_time("2026-05-18 08:00:00"):
            order.action_propose_appointment()
            self.assertEqual(order._other_slots(), [])
        self.assertEqual(order.appointment_state, "proposed")
        self.assertEqual(self.mails(order).partner_ids, self.customer)
        self.assertIn("Installation", self.text(self.mails(order)))

    def test_scripts_in_names_stay_words(self):
        payload = "<script>alert(1)</script>"
        self.customer.write({"name": payload, "street": f"1 {payload}"})
        self.goods.name = payload
        self.technician.name = payload
        self.visit.name = f"Visit\r\nATTENDEE:{payload}"
        self.propose()
        self.assertNotIn("<script", self.mails().body)
        self.assertIn("&lt;script", self.mails().body)
        _method, event = self.entry()
        self.assertNotIn("attendee", event.contents)
        self.assertIn(payload, event.location.value)

    # --- The office notes the answer -----------------------------------------------------------

    def test_the_office_notes_what_was_said_on_the_phone(self):
        self.confirm()
        self.assertRecordValues(
            self.visit,
            [
                {
                    "appointment_state": "confirmed",
                    "appointment_answered_on": datetime(2026, 5, 19, 8),
                    "appointment_told_for": datetime(2026, 6, 1, 8),
                }
            ],
        )
        self.assertIn("agreed to the date", self.visit.message_ids[0].body)
        self.assertFalse(self.mails())

    def test_another_date_gives_its_one_owner_something_to_do_once(self):
        self.contract.user_id = seller = new_test_user(
            self.env, "t-seller", "sales_team.group_sale_salesman"
        )
        for _again in range(2):
            with freeze_time("2026-05-19 08:00:00"):
                self.visit.with_user(self.agent).action_ask_change()
        self.assertEqual(self.visit.appointment_state, "change_asked")
        self.assertEqual(self.visit.activity_ids.user_id, seller)
        self.assertEqual(
            self.visit.activity_ids.mapped("summary"),
            [f"Agree on another date: {self.visit.name}"],
        )
        self.propose()
        self.assertFalse(self.visit.activity_ids)

    def test_a_visit_that_is_over_leaves_nobody_anything_to_agree_on(self):
        self.propose()
        with freeze_time("2026-05-19 08:00:00"):
            self.visit.with_user(self.agent).action_ask_change()
        self.assertTrue(self.visit.activity_ids)
        self.visit.conclusion = "pass"
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.with_user(self.agent).action_complete()
        self.assertFalse(self.visit.activity_ids)

    def test_without_salesperson_a_dispatcher_owns_it(self):
        dispatcher = new_test_user(self.env, "t-dispatch", "fieldservice.group_fsm_dispatcher")
        self.contract.user_id = False
        others = self.env.ref("fieldservice.group_fsm_dispatcher").all_user_ids - dispatcher
        managers = self.env.ref("fieldservice.group_fsm_manager").all_user_ids
        (others - managers).group_ids = [(6, 0, self.env.ref("base.group_user").ids)]
        self.assertEqual(self.visit._appointment_owner(), dispatcher)

    # --- Unpaid plans --------------------------------------------------------------------------

    def test_held_benefits_hold_the_appointment_and_warned_ones_do_not(self):
        with freeze_time("2026-03-16 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.write({"invoice_date": "2026-03-16", "invoice_date_due": "2026-04-01"})
            invoice.action_post()
        self.contract.benefits_require_payment = "hold"
        self.env.invalidate_all()
        with self.assertRefused("its benefits are held"):
            self.propose()
        with self.assertRefused("its benefits are held"):
            self.confirm()
        with freeze_time("2026-05-18 08:00:00"):
            self.assertIn("is overdue", self.visit.appointment_payment_warning)
        self.contract.benefits_require_payment = "warn"
        self.propose()
        self.assertEqual(self.visit.appointment_state, "proposed")

    # --- Cancelled visits ----------------------------------------------------------------------

    def test_a_cancelled_visit_is_called_off_and_leaves_the_calendar(self):
        self.propose()
        uid = self.entry()[1].uid.value
        with freeze_time("2026-05-20 08:00:00"):
            self.visit.action_cancel()
        self.assertEqual(self.mails()[-1].subject, "Our visit on Monday, June 1, 2026 is off")
        method, event = self.entry()
        self.assertEqual((method, event.status.value), ("CANCEL", "CANCELLED"))
        self.assertEqual(event.uid.value, uid)
        self.assertEqual(event.dtstart.value, datetime(2026, 6, 1, 8, tzinfo=UTC))
        self.assertFalse(self.visit.appointment_state)
        with freeze_time("2026-05-20 09:00:00"):
            self.visit.action_cancel()
        self.assertEqual(len(self.mails()), 2)

    def test_who_cannot_be_told_of_the_end_by_mail_is_noted(self):
        self.propose()
        self.customer.email = False
        with freeze_time("2026-05-20 08:00:00"):
            self.visit.action_cancel()
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("No mail was sent.", self.visit.message_ids[0].body)

    def test_a_template_that_was_deleted_is_named(self):
        name = "aftersales_inspection.mail_template_visit_proposed"
        self.env.ref(name).unlink()
        with self.assertRefused(f"The mail template of visits .{name}. was deleted"):
            self.visit._write_to_customer("proposed")

    def test_the_entry_names_who_invites_and_the_mail_the_first_goods(self):
        self.company.partner_id.email = "we@example.com"
        more = [
            self.env["product.product"].create(
                {"name": f"Pump {number}", "type": "consu", "is_storable": True}
            )
            for number in range(1, 8)
        ]
        for product in more:
            self.contract.sudo().asset_ids |= self.contract.asset_ids[:1].copy(
                {"product_id": product.id}
            )
        self.propose()
        self.assertEqual(self.entry()[1].organizer.value, "MAILTO:we@example.com")
        self.assertRegex(self.visit._appointment_goods(), r"^Boiler, Pump 1, .* and \d more$")

    def test_who_knew_of_nothing_is_not_told_of_the_end(self):
        with freeze_time("2026-05-20 08:00:00"):
            self.contract.visit_ids.action_cancel()
        self.assertFalse(self.mails())

    # --- Rights --------------------------------------------------------------------------------

    def test_a_technician_sees_the_answer_but_neither_arranges_nor_reads_the_token(self):
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user")
        self.visit.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        self.propose()
        seen = self.visit.with_user(user)
        self.assertEqual(seen.appointment_state, "proposed")
        for act in ("action_propose_appointment", "action_confirm_appointment"):
            with self.assertRaises(AccessError):
                getattr(seen, act)()
        with self.assertRaises(AccessError):
            seen.read(["appointment_token"])
        with self.assertRaises(AccessError):
            self.visit.with_user(self.agent).read(["appointment_token"])
        with self.assertRefused("by hand"):
            seen.appointment_wish = "x"

    def test_a_salesperson_who_may_only_read_does_not_arrange(self):
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.visit.with_user(seller).action_propose_appointment()

    def test_the_salesperson_of_the_contract_arranges_it_with_the_right_to_write(self):
        groups = "sales_team.group_sale_salesman,fieldservice.group_fsm_user"
        seller, other = (new_test_user(self.env, f"t-{n}", groups) for n in ("seller", "other"))
        self.contract.user_id = seller
        with self.assertRaisesRegex(AccessError, "the service desk and dispatchers"):
            self.visit.with_user(other).action_propose_appointment()
        with freeze_time("2026-06-02 08:00:00"):
            self.assertFalse(self.visit.with_user(seller).can_arrange, "its date is past")
        self.env.invalidate_all()
        with freeze_time("2026-05-18 08:00:00"):
            self.assertFalse(self.visit.with_user(other).can_arrange)
            self.assertTrue(self.visit.with_user(seller).can_arrange)
            self.visit.with_user(seller).action_propose_appointment()
        self.assertEqual(self.visit.appointment_state, "proposed")

    # --- Completion ----------------------------------------------------------------------------

    def test_no_access_on_a_confirmed_date_uses_the_visit_and_reopening_gives_it_back(self):
        used = self.contract._entitlement("visit", self.contract.date_start)
        self.confirm()
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.outcome = "no_access"
            self.visit.action_complete()
            self.assertEqual(used.used, 1)
            self.visit.stage_id = self.env.ref("fieldservice.fsm_stage_new")
            self.assertEqual(used.used, 0)

    def test_no_access_on_a_date_that_was_only_proposed_uses_nothing(self):
        used = self.contract._entitlement("visit", self.contract.date_start)
        self.propose()
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.outcome = "no_access"
            self.visit.action_complete()
        self.assertEqual(used.used, 0)
