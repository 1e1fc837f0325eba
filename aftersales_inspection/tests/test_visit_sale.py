# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import InspectionCase

SOLD = "2026-03-16 08:00:00"  # a Monday


@tagged("post_install", "-at_install")
class TestVisitSale(InspectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.training, cls.installation = cls.env["product.product"].create(
            [
                {
                    "name": "Operator training",
                    "type": "service",
                    "list_price": 200.0,
                    "aftersales_visit_kind": "training",
                    "aftersales_visit_hours": 3.0,
                },
                {
                    "name": "Fitting",
                    "type": "service",
                    "list_price": 300.0,
                    "aftersales_visit_kind": "installation",
                },
            ]
        )
        cls.completed = cls.env.ref("fieldservice.fsm_stage_completed")
        cls.cancelled = cls.env.ref("fieldservice.fsm_stage_cancelled")

    @classmethod
    @freeze_time(SOLD)
    def order(cls, *lines, **values):
        order = cls.quote(*lines, **values)
        order.action_confirm()
        return order

    def visits(self, order):
        return order.order_line.aftersales_visit_ids.sorted("aftersales_visit_number")

    def finish(self, visit, moment="2026-03-18 10:00:00", **values):
        visit.write({"conclusion": "pass", **values})
        with freeze_time(moment):
            visit.action_complete()

    def test_each_training_sold_is_a_visit_at_the_delivery_address(self):
        site = self.env["res.partner"].create(
            {
                "parent_id": self.customer.id,
                "type": "delivery",
                "name": "Plant",
                "street": "2 Oak Street",
            }
        )
        order = self.order((self.training, 2), partner_shipping_id=site.id)
        visits = self.visits(order)
        self.assertRecordValues(
            visits,
            [
                {
                    "name": "Training 1 · Casa Verde",
                    "aftersales_kind": "training",
                    "aftersales_partner_id": self.customer.id,
                    "aftersales_contract_id": False,
                    "aftersales_window_start": date(2026, 3, 16),
                    "aftersales_window_end": date(2026, 3, 30),
                    "scheduled_duration": 3.0,
                    "person_id": self.technician.id,
                },
                {
                    "name": "Training 2 · Casa Verde",
                    "aftersales_kind": "training",
                    "aftersales_partner_id": self.customer.id,
                    "aftersales_contract_id": False,
                    "aftersales_window_start": date(2026, 3, 16),
                    "aftersales_window_end": date(2026, 3, 30),
                    "scheduled_duration": 3.0,
                    "person_id": self.technician.id,
                },
            ],
        )
        self.assertEqual(visits.location_id.partner_id, site)
        self.assertEqual(site.type, "delivery")
        starts = visits.mapped("scheduled_date_start")
        self.assertEqual(starts[0].date(), date(2026, 3, 17), "the day after the goods")
        self.assertNotEqual(*starts)
        self.assertEqual(order.aftersales_visit_count, 2)

    def test_the_window_begins_with_the_promised_delivery(self):
        order = self.order((self.training, 1), commitment_date="2026-05-04 12:00:00")
        self.assertRecordValues(
            self.visits(order),
            [
                {
                    "aftersales_window_start": date(2026, 5, 4),
                    "aftersales_window_end": date(2026, 5, 18),
                }
            ],
        )
        self.training.aftersales_visit_days = 30
        order = self.order((self.training, 1))
        self.assertEqual(self.visits(order).aftersales_window_end, date(2026, 4, 15))

    def test_without_technician_the_visit_stands_unplaced_and_says_why(self):
        self.technician.active = False
        visit = self.visits(self.order((self.training, 1)))
        self.assertFalse(visit.scheduled_date_start)
        self.assertEqual(visit.aftersales_unplaced_reason, "There is no technician yet")

    def test_other_services_make_no_visit(self):
        order = self.order((self.goods, 1), (self.plan_product, 1))
        self.assertFalse(self.visits(order))
        self.assertEqual(self.env["fsm.order"].search_count([("type", "!=", False)]), 0)

    @freeze_time(SOLD)
    def test_cancelling_takes_back_what_nobody_began_and_confirming_again_makes_new_ones(self):
        order = self.order((self.training, 3))
        done, begun, free = self.visits(order)
        self.finish(done, SOLD)
        begun.date_start = SOLD
        order._action_cancel()
        self.assertEqual(done.stage_id, self.completed)
        self.assertFalse(begun.is_closed)
        self.assertEqual(free.stage_id, self.cancelled)
        order.action_draft()
        order.action_confirm()
        fresh = self.visits(order) - done - begun - free
        self.assertEqual(fresh.mapped("aftersales_visit_number"), [4])
        self.assertEqual(free.stage_id, self.cancelled)

    def test_visits_follow_the_quantity_of_what_was_sold(self):
        order = self.order((self.training, 1))
        line = order.order_line
        with freeze_time(SOLD):
            line.product_uom_qty = 3
        self.assertEqual(len(line._aftersales_live_visits()), 3)
        with freeze_time(SOLD):
            line.product_uom_qty = 1
        self.assertEqual(line._aftersales_live_visits().aftersales_visit_number, 1)
        with freeze_time(SOLD):
            order.order_line = [(0, 0, {"product_id": self.installation.id})]
        self.assertEqual(
            self.visits(order).filtered(lambda v: v.aftersales_kind == "installation").name,
            "Installation 1 · Casa Verde",
        )

    def test_confirming_twice_makes_no_second_visit(self):
        order = self.order((self.training, 2))
        self.env["aftersales.visit.planner"]._follow_lines(order.order_line)
        self.assertEqual(len(self.visits(order)), 2)

    def test_no_sold_visit_ends_without_a_conclusion(self):
        visit = self.visits(self.order((self.training, 1)))
        with self.assertRefused("without a conclusion"):
            visit.action_complete()
        self.finish(visit)
        self.assertEqual(visit.outcome, "done")
        visit.stage_id = self.env.ref("fieldservice.fsm_stage_new")
        self.assertFalse(visit.outcome)

    def wait_for_installation(self, count=1):
        self.plan.start_policy = "installed"
        order = self.order((self.goods, 10), (self.plan_product, 1), (self.installation, count))
        with freeze_time(SOLD):
            self.deliver(order.picking_ids)
        self.assertEqual(order.aftersales_contract_ids.state, "draft")
        return order

    def test_a_technician_who_installs_starts_the_contract_that_waits_for_it(self):
        order = self.wait_for_installation()
        contract, visit = order.aftersales_contract_ids, self.visits(order)
        user = new_test_user(self.env, "t-fitter", "fieldservice.group_fsm_user")
        visit.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        with self.assertRaises(AccessError):
            contract.with_user(user).write({"date_start": date(2026, 3, 18)})
        self.finish(visit.with_user(user), "2026-03-18 10:00:00")
        self.assertRecordValues(
            contract,
            [
                {
                    "state": "active",
                    "date_start": date(2026, 3, 18),
                    "date_end": date(2027, 3, 17),
                }
            ],
        )

    def test_the_contract_begins_on_the_day_of_the_site_and_with_the_last_installation(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        order = self.wait_for_installation(2)
        first, last = self.visits(order)
        self.finish(first)
        self.assertEqual(order.aftersales_contract_ids.state, "draft")
        self.finish(last, "2026-03-19 16:00:00")
        self.assertEqual(order.aftersales_contract_ids.date_start, date(2026, 3, 20))

    def test_an_installation_that_comes_to_nothing_is_not_waited_for(self):
        for end in ("refused", "cancelled", "fewer"):
            order = self.wait_for_installation(2)
            first, last = self.visits(order)
            self.finish(first)
            self.assertEqual(order.aftersales_contract_ids.state, "draft")
            with freeze_time("2026-03-20 10:00:00"):
                if end == "refused":
                    last.outcome = "refused"
                    last.action_complete()
                elif end == "cancelled":
                    last.action_cancel()
                else:
                    last.aftersales_sale_line_id.product_uom_qty = 1
            self.assertRecordValues(
                order.aftersales_contract_ids,
                [{"state": "active", "date_start": date(2026, 3, 18)}],
            )

    def test_cancelling_the_order_starts_nothing(self):
        order = self.wait_for_installation(2)
        self.finish(self.visits(order)[0])
        with freeze_time("2026-03-20 10:00:00"):
            order._action_cancel()
        self.assertEqual(order.aftersales_contract_ids.state, "cancelled")

    def test_an_installation_without_access_and_a_training_start_nothing(self):
        order = self.wait_for_installation()
        visit = self.visits(order)
        visit.outcome = "no_access"
        with freeze_time("2026-03-18 10:00:00"):
            visit.action_complete()
        self.assertEqual(order.aftersales_contract_ids.state, "draft")
        with freeze_time(SOLD):
            order.order_line = [(0, 0, {"product_id": self.training.id})]
        self.finish(self.visits(order) - visit)
        self.assertEqual(order.aftersales_contract_ids.state, "draft")

    def test_a_salesperson_without_rights_on_visits_sells_them(self):
        seller = new_test_user(self.env, "t-sell", "sales_team.group_sale_salesman")
        order = self.quote((self.training, 1)).with_user(seller)
        order.sudo().user_id = seller
        with freeze_time(SOLD):
            order.action_confirm()
        self.assertEqual(order.aftersales_visit_count, 1)
        self.assertEqual(order.action_open_aftersales_visits()["res_model"], "fsm.order")
        visit = self.visits(order).with_user(seller).sudo(False)
        with self.assertRaises(AccessError):
            visit.write({"conclusion": "pass"})

    def test_nobody_moves_a_visit_to_another_order_by_hand(self):
        visit = self.visits(self.order((self.training, 1)))
        other = self.quote((self.training, 1))
        with self.assertRefused("by hand"):
            visit.with_user(self.manager).aftersales_sale_line_id = other.order_line

    def test_another_technicians_training_stays_closed(self):
        user = new_test_user(self.env, "t-other", "fieldservice.group_fsm_user")
        visit = self.visits(self.order((self.training, 1)))
        self.assertNotIn(visit, self.env["fsm.order"].with_user(user).search([]))

    def test_only_services_without_plan_make_visits(self):
        with self.assertRaises(ValidationError):
            self.goods.aftersales_visit_kind = "training"
        with self.assertRaises(ValidationError):
            self.plan_product.aftersales_visit_kind = "training"

    def test_the_product_form_offers_it(self):
        with Form(self.env["product.template"]) as form:
            form.name = "Fitting"
            form.type = "service"
            form.aftersales_visit_kind = "installation"
            self.assertEqual((form.aftersales_visit_hours, form.aftersales_visit_days), (2, 14))

    def test_a_holiday_of_somebody_stops_no_sold_visit(self):
        visit = self.visits(self.order((self.training, 1)))
        self.env["resource.calendar.leaves"].create(
            {"name": "Off", "date_from": "2026-03-20 08:00:00", "date_to": "2026-03-20 09:00:00"}
        )
        visit.write(
            {
                "scheduled_date_start": "2026-03-20 07:00:00",
                "scheduled_date_end": "2026-03-20 10:00:00",
            }
        )
        self.assertEqual(str(visit.scheduled_date_end), "2026-03-20 10:00:00")

    def test_deleting_a_cancelled_order_leaves_its_visits(self):
        order = self.order((self.training, 1))
        visit = self.visits(order)
        order._action_cancel()
        order.unlink()
        visit.invalidate_recordset()
        self.assertTrue(visit.exists())
        self.assertFalse(visit.aftersales_sale_line_id)

    def test_who_sold_a_visit_answers_for_it_and_owes_it(self):
        order = self.order((self.training, 1), user_id=self.manager.id)
        visit = self.visits(order)
        self.assertEqual(visit.aftersales_user_id, self.manager)
        owed = self.env["aftersales.obligation"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            owed,
            [
                {
                    "kind": "visit",
                    "name": "Training 1",
                    "partner_id": self.customer.id,
                    "site_id": order.partner_shipping_id.id,
                    "user_id": self.manager.id,
                    "date_due": visit.aftersales_window_end,
                }
            ],
        )
        order.user_id = self.agent
        self.assertEqual(visit.aftersales_user_id, self.agent)
        self.finish(visit)
        self.env.invalidate_all()
        self.assertFalse(owed.search([("order_id", "=", order.id)]))
