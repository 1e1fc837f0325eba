# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitRights(InspectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "t-tess", "fieldservice.group_fsm_user")
        cls.technician = cls.env["fsm.person"].create({"partner_id": cls.user.partner_id.id})
        cls.env["fsm.person"].search([("id", "!=", cls.technician.id)]).active = False
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.visit = cls.contract.visit_ids[0]

    def test_a_technician_works_on_assigned_visits(self):
        visit = self.visit.with_user(self.user)
        self.assertEqual(visit.aftersales_contract_id.name, self.contract.name)
        visit.write({"conclusion": "pass"})
        visit.action_complete()
        self.assertEqual(self.visit.outcome, "done")

    def test_another_technicians_visit_and_its_contract_stay_closed(self):
        other = new_test_user(self.env, "t-other", "fieldservice.group_fsm_user")
        self.assertNotIn(self.visit, self.env["fsm.order"].with_user(other).search([]))
        for record in (self.visit, self.contract):
            with self.assertRaises(AccessError):
                record.with_user(other).read(["name"])
        with self.assertRaises(AccessError):
            self.visit.with_user(other).write({"conclusion": "pass"})

    def test_a_technician_keeps_the_promise_of_a_visit(self):
        for values in (
            {"aftersales_window_end": "2099-01-01"},
            {"aftersales_visit_number": 77},
            {"aftersales_contract_id": False},
        ):
            with self.assertRefused("by hand"):
                self.visit.with_user(self.user).write(values)

    def test_a_technician_records_the_condition_of_assigned_assets_alone(self):
        asset = self.contract.asset_ids.with_user(self.user)
        asset.condition = "worn"
        self.assertEqual(asset.condition, "worn")
        with self.assertRefused("record the condition"):
            asset.quantity = 1
        self.sell_on("2026-03-15 06:00:00", (self.goods, 1))
        foreign = self.env["aftersales.asset"].search([("contract_ids", "=", False)], limit=1)
        with self.assertRaises(AccessError):
            foreign.with_user(self.user).condition = "broken"
        with self.assertRaises(AccessError):
            self.claim(foreign, user=self.user)

    def test_a_technician_reads_the_meters_of_assigned_assets_alone(self):
        readings = self.env["aftersales.reading"].with_user(self.user)
        reading = readings.create({"asset_id": self.contract.asset_ids.id, "value": 12})
        self.assertEqual((reading.source, reading.user_id), ("visit", self.user))
        self.contract.asset_ids.with_user(self.user).reading_ids = [
            Command.create({"value": 13}),
        ]
        self.assertEqual(self.contract.asset_ids.reading_last, 13)
        self.sell_on("2026-03-15 06:00:00", (self.goods, 1))
        foreign = self.env["aftersales.asset"].search([("contract_ids", "=", False)], limit=1)
        with self.assertRaises(AccessError):
            readings.create({"asset_id": foreign.id, "value": 12})
        with self.assertRaises(AccessError):
            reading.unlink()
        by_agent = self.env["aftersales.reading"].with_user(self.agent)
        late = by_agent.create({"asset_id": foreign.id, "value": 1})
        self.assertEqual(late.source, "manual")

    def test_the_passport_of_an_asset_shows_its_visits(self):
        asset = self.contract.asset_ids
        self.assertEqual(asset.visit_count, len(self.contract.visit_ids))
        action = asset.action_open_visits()
        self.assertEqual(self.env["fsm.order"].search(action["domain"]), self.contract.visit_ids)
        seen = asset.with_user(self.user).visit_count
        self.assertEqual(seen, len(self.contract.visit_ids), "all are assigned to Tess")

    def test_a_technician_never_writes_a_contract(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.user).write({"replacements_included": 99})

    def test_the_dispatcher_sees_every_visit(self):
        dispatcher = new_test_user(self.env, "t-dispatch", "fieldservice.group_fsm_dispatcher")
        self.assertIn(self.visit, self.env["fsm.order"].with_user(dispatcher).search([]))
        self.assertTrue(self.contract.with_user(dispatcher).name)

    def test_a_salesperson_who_is_a_technician_too_gets_no_more_of_what_others_write(self):
        both = new_test_user(
            self.env, "t-both", "fieldservice.group_fsm_user,sales_team.group_sale_salesman"
        )
        person = self.env["fsm.person"].create({"partner_id": both.partner_id.id})
        self.visit.person_id = person
        self.contract.user_id = both
        contract = self.contract.with_user(both)
        self.assertEqual(contract.read(["name"])[0]["name"], self.contract.name)
        with self.assertRaises(AccessError):
            contract.write({"user_id": False})
        asset = self.contract.asset_ids.with_user(both)
        asset.condition = "worn"
        self.sell_on("2026-03-15 06:00:00", (self.goods, 1))
        foreign = self.env["aftersales.asset"].search([("contract_ids", "=", False)], limit=1)
        foreign = foreign.with_user(both)
        self.assertTrue(foreign.name)
        with self.assertRaises(AccessError):
            foreign.condition = "broken"
        with self.assertRaises(AccessError):
            self.env["aftersales.reading"].with_user(both).create(
                {"asset_id": foreign.id, "value": 1}
            )
