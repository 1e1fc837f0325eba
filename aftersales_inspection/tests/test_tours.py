# SPDX-License-Identifier: AGPL-3.0-or-later
import os
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tests.common import ChromeBrowser, ChromeBrowserException

from odoo.addons.aftersales_plans.tests.common_portal import PortalCase

from .common import AppointmentCase, InspectionCase

# Keys as a browser names them: (key, code of Windows, text it types)
TAB, DOWN, ENTER = ("Tab", 9, ""), ("ArrowDown", 40, ""), ("Enter", 13, "\r")
LOADED = "document.readyState === 'complete'"


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


@tagged("post_install", "-at_install")
@freeze_time("2026-05-18 08:00:00")
class TestKeyboard(PortalCase, AppointmentCase):
    """What customers do without a mouse, by the real keys of a browser (requirement 66)."""

    def open(self, address, login):
        """Open a page in a browser, as a customer."""
        self.browser = ChromeBrowser(self)
        self.enterContext(self.allow_requests(browser=self.browser))
        self.addCleanup(self.browser.stop)
        self.authenticate(login, login, browser=self.browser)
        self.env.flush_all()
        self.browser.navigate_to(f"{self.base_url()}{address}")
        self.wait_for(f"location.pathname === '{address}' && {LOADED}")

    def is_true(self, condition):
        """Tell whether a condition of JavaScript is true now; no while the page changes."""
        try:
            asked = {"expression": condition}
            answer = self.browser._websocket_request("Runtime.evaluate", params=asked)
        except ChromeBrowserException:
            return False
        return answer["result"].get("value") is True

    def wait_for(self, condition):
        """Wait until a condition of JavaScript is true, 20 seconds at most."""
        for _time in range(200):
            if self.is_true(condition):
                return
            time.sleep(0.1)
        self.fail(f"Never came true: {condition}")

    def press(self, key):
        """Press and release a key; the browser itself does what the key does."""
        name, code, text = key
        pressed = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        for event in ({"type": "keyDown", "text": text}, {"type": "keyUp"}):
            self.browser._websocket_request("Input.dispatchKeyEvent", params=pressed | event)

    def tab_to(self, selector, most=60):
        """Press Tab until an element has the focus."""
        for _time in range(most):
            self.press(TAB)
            if self.is_true(f"document.activeElement.matches({selector!r})"):
                return
        self.fail(f"Tab does not lead to {selector}")

    def test_a_customer_agrees_on_another_date_by_keyboard_alone(self):
        self.customer_login("t-casa", self.customer)
        self.propose()
        self.open("/my/visits", "t-casa")
        self.tab_to(f"main a[href^='/my/visits/{self.visit.id}']")
        self.press(ENTER)
        self.wait_for(f"location.pathname === '/my/visits/{self.visit.id}' && {LOADED}")
        self.tab_to("input[name=slot]")
        self.press(DOWN)  # from the last of the choices to the first
        self.wait_for("document.activeElement.id === 'slot_0' && document.activeElement.checked")
        self.tab_to("button[value=change]")
        self.press(ENTER)
        self.wait_for("location.search.includes('said=booked')")
        self.assertRecordValues(
            self.visit,
            [
                {
                    "appointment_state": "confirmed",
                    "scheduled_date_start": fields.Datetime.to_datetime("2026-05-29 14:00:00"),
                }
            ],
        )
