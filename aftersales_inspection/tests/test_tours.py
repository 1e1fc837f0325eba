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
