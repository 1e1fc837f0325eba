# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date

from odoo.tests import Form, freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitMoved(InspectionCase):
    """Four visits from 15 March 2026; the goods move before the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.visits = cls.contract.visit_ids.sorted("aftersales_visit_number")
        cls.visits[0].conclusion = "pass"
        with freeze_time("2026-06-01 12:00:00"):
            cls.visits[0].action_complete()
        north = cls.env["res.territory"].create({"name": "North"})
        cls.nora = cls.env["fsm.person"].create(
            {"name": "Nora", "territory_ids": [(6, 0, north.ids)]}
        )
        cls.cabin = cls.env["res.partner"].create(
            {"name": "Cabin", "parent_id": cls.customer.id, "city": "Northtown", "type": "delivery"}
        )
        cls.env["fsm.location"].create(
            {"partner_id": cls.cabin.id, "owner_id": cls.customer.id, "territory_id": north.id}
        )

    @freeze_time("2026-07-01 06:00:00")
    def hand_over(self, **values):
        wizard = self.env["aftersales.asset.handover"].with_user(self.agent)
        form = Form(wizard.with_context(default_asset_ids=self.contract.asset_ids.ids))
        for name, value in values.items():
            setattr(form, name, value)
        form.save().action_apply()

    def test_visits_nobody_has_started_follow_and_find_who_works_there(self):
        before = self.visits.mapped("aftersales_window_end")
        old = self.visits.location_id
        self.hand_over(site_id=self.cabin)
        self.assertEqual(self.contract.site_id, self.cabin)
        first, rest = self.visits[0], self.visits[1:]
        self.assertEqual((first.location_id, first.person_id), (old, self.technician))
        self.assertEqual(rest.location_id.partner_id, self.cabin)
        self.assertEqual(rest.person_id, self.nora)
        self.assertEqual(self.visits.mapped("aftersales_window_end"), before)
        for visit in rest:
            day = visit.scheduled_date_start.date()
            self.assertTrue(
                visit.aftersales_window_start <= day <= visit.aftersales_window_end, day
            )

    def test_a_late_visit_goes_along_without_a_new_slot(self):
        late = self.visits[1]
        slot = late.scheduled_date_start
        with freeze_time("2026-09-20 06:00:00"):
            self.contract.site_id = self.cabin
            self.contract._on_contract_moved()
        self.assertEqual(
            (late.aftersales_window_end, late.scheduled_date_start), (date(2026, 9, 14), slot)
        )
        self.assertEqual(late.location_id.partner_id, self.cabin)

    def test_a_new_owner_at_the_same_place_keeps_the_days(self):
        days = self.visits.mapped("scheduled_date_start")
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        self.hand_over(partner_id=villa, site_id=self.customer, keep_cover=True)
        self.assertEqual(self.visits.mapped("scheduled_date_start"), days)
        self.assertIn("Villa Rosa", self.visits[1].name)
        self.assertNotIn("Villa Rosa", self.visits[0].name)

    def test_what_was_agreed_with_the_old_owner_is_agreed_anew(self):
        self.customer.email = "casa@example.com"
        visit = self.visits[1].sudo()
        with freeze_time("2026-06-20 06:00:00"):
            visit.with_user(self.agent).action_propose_appointment()
            visit.with_user(self.agent).action_confirm_appointment()
        token, public = visit.appointment_token, self.env.ref("base.public_user")
        self.assertTrue(visit._is_open_to(public, token))
        villa = self.env["res.partner"].create({"name": "Villa Rosa", "email": "v@example.com"})
        self.hand_over(partner_id=villa, site_id=self.customer, keep_cover=True)
        self.assertFalse(visit._is_open_to(public, token), "the old owner's link")
        self.assertRecordValues(
            visit, [{"appointment_state": False, "appointment_told_for": False}]
        )
        self.assertTrue(
            any("call whoever expected us" in body for body in visit.message_ids.mapped("body"))
        )
        self.customer.email = False  # still the address of the place
        with freeze_time("2026-07-02 06:00:00"):
            visit.with_user(self.agent).action_propose_appointment()
        self.assertTrue(visit.message_ids[0].subject.startswith("Our visit: "))
        self.assertEqual(visit.message_ids[0].partner_ids, villa)

    def test_a_visit_that_was_made_is_used_value_when_the_contract_ends(self):
        self.contract.write({"refund_policy": "pro_rata_less_used", "visit_rate": 80.5})
        self.assertEqual(self.contract._used_value(), 80.5)
        reason = self.env.ref("aftersales_plans.close_reason_goods_returned")
        with freeze_time("2026-06-13 12:00:00"):  # 91 of 365 days: 600.00 x 274 / 365 = 450.41
            self.assertEqual(self.contract._refund_due(date(2026, 6, 13), reason), 369.91)
        with freeze_time("2026-06-13 12:00:00"):
            self.visits[1].outcome = "no_access"
            self.visits[1].action_complete()
        self.assertEqual(self.contract._used_value(), 80.5)
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual(costs, {"parts": 0.0, "labour": 0.0})  # nobody noted when they were there
