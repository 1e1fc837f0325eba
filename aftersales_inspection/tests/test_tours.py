import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, InspectionCase):
    def test_a_technician_completes_a_visit_from_the_calendar(self):
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user")
        self.technician.active = False
        self.technician = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        contract = self.sell((self.goods, 10), (self.plan_product, 1))
        visit = contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0)
        visit.write(
            {
                "scheduled_date_start": noon,
                "scheduled_date_end": fields.Datetime.add(noon, hours=2),
            }
        )
        self.start_tour("/odoo/inspections", "aftersales_complete_visit", login="t-tess")
        self.assertEqual((visit.outcome, visit.conclusion), ("done", "pass"))
        entitlement = contract.entitlement_ids.filtered(lambda e: e.kind == "visit")
        self.assertEqual(entitlement.used, 1)

    def test_a_salesperson_confirms_an_order_and_sees_its_visits(self):
        new_test_user(self.env, "t-sam", "sales_team.group_sale_salesman_all_leads")
        self.plan.start_policy = "confirmation"
        self.customer.phone = "+1 555 0100"
        order = self.quote((self.goods, 10), (self.plan_product, 1))
        self.start_tour(f"/odoo/sales/{order.id}", "aftersales_plan_visits", login="t-sam")
        self.assertEqual(order.aftersales_contract_ids.state, "active")
        self.assertEqual(len(order.aftersales_contract_ids.visit_ids), 4)

    def drag(self, tour, start):
        """Let a dispatcher in Vienna drag a visit of 2 h 30; the clocks go back on 25 October."""
        self.env.ref("base.lang_en").week_start = "1"
        user = new_test_user(
            self.env, "t-dora", "fieldservice.group_fsm_dispatcher", tz="Europe/Vienna"
        )
        visit = self.sell((self.goods, 10), (self.plan_product, 1)).visit_ids[0]
        start = fields.Datetime.to_datetime(start)
        visit.write(
            {
                "scheduled_date_start": start,
                "scheduled_date_end": start + timedelta(hours=2, minutes=30),
            }
        )
        action = self.env.ref("aftersales_inspection.aftersales_visit_action")
        action.context = {"create": False, "initial_date": "2026-10-22 00:00:00"}
        with patch.dict(os.environ, TZ=user.tz):  # the browser's own clock counts
            self.start_tour("/odoo/inspections", tour, login=user.login)
        return visit

    def test_a_drag_in_the_month_keeps_time_of_day_and_duration(self):
        visit = self.drag("aftersales_drag_month", "2026-10-21 08:00:00")
        self.assertRecordValues(
            visit,
            [
                {
                    "scheduled_date_start": fields.Datetime.to_datetime("2026-10-28 09:00:00"),
                    "scheduled_date_end": fields.Datetime.to_datetime("2026-10-28 11:30:00"),
                    "scheduled_duration": 2.5,
                }
            ],
        )

    def test_a_drag_in_the_week_keeps_the_duration(self):
        visit = self.drag("aftersales_drag_week", "2026-10-23 08:00:00")
        self.assertRecordValues(
            visit,
            [
                {
                    "scheduled_date_start": fields.Datetime.to_datetime("2026-10-25 13:00:00"),
                    "scheduled_date_end": fields.Datetime.to_datetime("2026-10-25 15:30:00"),
                    "scheduled_duration": 2.5,
                }
            ],
        )
