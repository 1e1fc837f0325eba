# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..models.visit_sale import Errand
from .common import InspectionCase

SOLD = "2026-03-16 08:00:00"  # a Monday


@tagged("post_install", "-at_install")
class TestVisitSaleDates(InspectionCase):
    """What was sold by itself is planned, agreed and carried over like what contracts promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "casa@example.com"
        cls.seller = new_test_user(cls.env, "t-sam", "sales_team.group_sale_salesman")
        cls.dispatcher = new_test_user(cls.env, "t-dora", "fieldservice.group_fsm_dispatcher")
        cls.fitting = cls.env["product.product"].create(
            {
                "name": "Fitting",
                "type": "service",
                "list_price": 300.0,
                "aftersales_visit_kind": "installation",
            }
        )

    @classmethod
    @freeze_time(SOLD)
    def sell_fitting(cls, count=1, site=None):
        site = site or cls.customer
        order = cls.quote((cls.fitting, count), user_id=cls.seller.id, partner_shipping_id=site.id)
        order.action_confirm()
        return order.order_line.aftersales_visit_ids.sorted("aftersales_visit_number")

    @freeze_time(SOLD)
    def level(self, first="2026-03-16", last="2026-04-30"):
        form = Form(self.env["aftersales.visit.level"].with_user(self.dispatcher))
        form.date_start, form.date_end = first, last
        wizard = form.save()
        wizard.action_level()
        return wizard.moved_count, wizard.kept_count, wizard.unplaced_count

    def test_level_again_places_what_nobody_had_time_for(self):
        self.technician.active = False
        visits = self.sell_fitting(2)
        self.assertFalse(any(visits.mapped("scheduled_date_start")))
        self.assertEqual(self.level(), (0, 0, 2))
        self.technician.active = True
        self.assertEqual(self.level(), (2, 0, 0))
        self.assertEqual(
            visits.mapped("scheduled_date_start"),
            [datetime(2026, 3, 17, 9), datetime(2026, 3, 17, 13)],
        )
        self.assertIn("levelled again", visits[0].message_ids[0].body)
        self.assertEqual(self.level(), (0, 2, 0))

    def test_a_line_and_a_contract_of_one_number_are_two_visits(self):
        self.sell_fitting()
        contract, planner = self.sell_on(SOLD), self.env["aftersales.visit.planner"]
        twin = Errand(self.env["sale.order.line"].browse(contract.id))
        self.assertNotEqual(planner._id((contract, 1)), planner._id((twin, 1)))
        self.assertEqual(self.level(last="2027-03-31"), (0, 5, 0))

    def test_the_order_s_salesperson_answers_for_it(self):
        visit = self.sell_fitting()
        with freeze_time(SOLD):
            visit.with_user(self.agent).action_propose_appointment()
            mail = visit.message_ids.filtered(lambda m: m.message_type == "auto_comment")
            self.assertEqual(mail.email_from, self.seller.email_formatted)
            self.assertIn(self.seller.name, mail.body)
            visit.with_user(self.agent).action_ask_change()
        self.assertEqual(visit.activity_ids.user_id, self.seller)
        self.assertEqual(visit.aftersales_user_id, self.seller)
        self.seller.group_ids |= self.env.ref("fieldservice.group_fsm_user")
        with freeze_time(SOLD):
            self.assertTrue(visit.with_user(self.seller).can_arrange)

    def test_who_bought_it_is_written_to_not_who_owned_the_place_before(self):
        site = self.env["res.partner"].create({"name": "Plant", "city": "X"})
        owner = self.env["res.partner"].create({"name": "Old", "email": "old@example.com"})
        self.env["fsm.location"].create({"partner_id": site.id, "owner_id": owner.id})
        visit = self.sell_fitting(site=site)
        self.assertEqual(visit.location_id.owner_id, owner)
        self.assertEqual(visit.appointment_partner_id, self.customer)

    def test_the_customer_chooses_another_date_online(self):
        visit = self.sell_fitting()
        with freeze_time(SOLD):
            visit.with_user(self.agent).action_propose_appointment()
            hidden = visit.sudo()
            slots = hidden._other_slots()
            self.assertEqual(len(slots), 6)
            for start in slots:
                self.assertTrue(date(2026, 3, 17) <= start.date() <= date(2026, 3, 30), start)
            said = hidden._take_answer("change", visit.scheduled_date_start, slots[-1], "")
        self.assertEqual(said, "booked")
        self.assertRecordValues(
            visit,
            [
                {
                    "scheduled_date_start": slots[-1],
                    "scheduled_duration": 2.0,
                    "appointment_state": "confirmed",
                    "person_id": self.technician.id,
                }
            ],
        )

    def test_it_is_proposed_by_itself_where_the_company_says_so(self):
        visit = self.sell_fitting()
        Order = self.env["fsm.order"]
        with freeze_time(SOLD):
            self.assertFalse(Order._search_to_propose(self.company))
            self.company.aftersales_propose_days = 14
            self.assertEqual(Order._search_to_propose(self.company), visit)

    def test_nobody_let_in_it_is_carried_over_for_as_many_days_again(self):
        visit = self.sell_fitting()
        visit.write({"outcome": "no_access", "conclusion": False})
        with freeze_time("2026-03-17 11:00:00"):
            visit.action_complete()
            visit.stage_id = self.env.ref("fieldservice.fsm_stage_new")
        with freeze_time("2026-03-31 08:00:00"):
            hidden = visit.with_user(self.agent)
            self.assertTrue(hidden.can_carry_over)
            action = hidden.action_carry_over()
            wizard = self.env[action["res_model"]].with_user(self.agent)
            form = Form(wizard.with_context(**action["context"]))
            self.assertEqual(form.date_end, date(2026, 4, 14))
            form.save().action_confirm()
        self.assertRecordValues(
            visit,
            [
                {
                    "aftersales_window_start": date(2026, 3, 16),
                    "aftersales_window_end": date(2026, 4, 14),
                    "scheduled_date_start": datetime(2026, 4, 1, 9),
                    "person_id": self.technician.id,
                    "outcome": False,
                }
            ],
        )

    def test_what_was_promised_to_nobody_is_neither_carried_over_nor_offered(self):
        visit = self.sell_fitting()
        by_hand = self.env["fsm.order"].create(
            {
                "location_id": visit.location_id.id,
                "type": visit.type.id,
                "scheduled_date_start": "2026-03-20 08:00:00",
                "scheduled_date_end": "2026-03-20 10:00:00",
            }
        )
        self.assertFalse(by_hand.can_carry_over)
        self.assertEqual(by_hand._other_slots(), [])
        with freeze_time(SOLD), self.assertRefused("promised to nobody"):
            by_hand.with_user(self.agent)._carry_over(date(2026, 5, 1))
        self.assertEqual(self.level(), (0, 1, 0), "only what was sold")

    def test_fewer_pieces_take_back_what_no_customer_has_agreed_to(self):
        first, second = visits = self.sell_fitting(2)
        with freeze_time(SOLD):
            second.with_user(self.agent).action_confirm_appointment()
            first.aftersales_sale_line_id.product_uom_qty = 1
        self.assertEqual(visits.mapped("is_closed"), [True, False])

    def test_cancelling_the_order_calls_off_a_date_the_customer_knows(self):
        visit = self.sell_fitting()
        with freeze_time(SOLD):
            visit.with_user(self.agent).action_confirm_appointment()
            order = visit.aftersales_sale_line_id.order_id
            order.with_user(self.seller)._action_cancel()
        mails = visit.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertEqual(mails.subject, "Our visit on Tuesday, March 17, 2026 is off")
        self.assertEqual(mails.partner_ids, self.customer)

    def test_another_delivery_date_takes_the_visit_along_and_a_day_that_still_suits_stays(self):
        visit = self.sell_fitting()
        order, start = visit.aftersales_sale_line_id.order_id, visit.scheduled_date_start
        with freeze_time(SOLD):
            visit.with_user(self.agent).action_confirm_appointment()
            order.with_user(self.seller).commitment_date = "2026-03-17 08:00:00"
            self.assertEqual(visit.aftersales_window_start, date(2026, 3, 17))
            self.assertRecordValues(
                visit, [{"scheduled_date_start": start, "appointment_state": "confirmed"}]
            )
            order.with_user(self.seller).commitment_date = "2026-05-04 12:00:00"
        self.assertRecordValues(
            visit,
            [
                {
                    "aftersales_window_start": date(2026, 5, 4),
                    "aftersales_window_end": date(2026, 5, 18),
                    "scheduled_date_start": datetime(2026, 5, 5, 9),
                    "appointment_state": False,
                    "appointment_told_for": start,
                }
            ],
        )
        self.assertIn("The order changed.", visit.message_ids[0].body)

    def test_another_delivery_address_takes_the_visit_along_and_the_date_is_agreed_anew(self):
        first, second = self.sell_fitting(2)
        order, old = first.aftersales_sale_line_id.order_id, first.location_id
        barn = self.env["res.partner"].create({"name": "Barn", "city": "Y"})
        with freeze_time(SOLD):
            first.with_user(self.agent).action_confirm_appointment()
            second.action_start()
            order.with_user(self.seller).partner_shipping_id = barn
        self.assertEqual((first.location_id.partner_id, second.location_id), (barn, old))
        self.assertFalse(first.appointment_state)
        self.assertEqual(first.aftersales_window_start, date(2026, 3, 16))
