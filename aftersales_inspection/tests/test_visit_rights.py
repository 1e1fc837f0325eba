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

    def test_a_technician_never_writes_a_contract(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.user).write({"replacements_included": 99})

    def test_the_dispatcher_sees_every_visit(self):
        dispatcher = new_test_user(self.env, "t-dispatch", "fieldservice.group_fsm_dispatcher")
        self.assertIn(self.visit, self.env["fsm.order"].with_user(dispatcher).search([]))
        self.assertTrue(self.contract.with_user(dispatcher).name)
