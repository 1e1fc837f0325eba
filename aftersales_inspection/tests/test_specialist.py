# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestSpecialist(InspectionCase):
    """A claim sends somebody to fit what it ships (requirement 12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-01 12:00:00")
        cls.repair = cls.env.ref("aftersales_inspection.fsm_order_type_repair")

    def approve(self, **values):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.contract.asset_ids[:1], description="It drips", **values)
            claim.action_approve()
        return claim

    def test_a_specialist_is_sent_and_the_goods_are_shipped_all_the_same(self):
        claim = self.approve(handling="specialist")
        order = claim.sudo().specialist_order_ids
        self.assertRecordValues(
            order,
            [
                {
                    "name": f"Repair {claim.name} · Casa Verde",
                    "type": self.repair.id,
                    "company_id": self.company.id,
                    "claim_id": claim.id,
                    "aftersales_contract_id": False,
                    "aftersales_visit_number": 0,
                    "scheduled_date_start": False,
                }
            ],
        )
        self.assertEqual(order.location_id.partner_id, claim.site_id)
        self.assertEqual(order.team_id.company_id, self.company)
        self.assertIn("It drips", order.description)
        self.assertEqual(claim.sudo().move_ids.product_uom_qty, 1.0)
        self.assertEqual(claim.action_open_specialist()["res_id"], order.id)

    def test_what_the_customer_wrote_stays_text(self):
        """It may have come by mail: no picture of it is loaded, no link of it leads anywhere."""
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(
                self.contract.asset_ids[:1],
                description="<img src='https://example.com/seen'> leaks at < 2 bar",
                handling="specialist",
            )
            claim.action_approve()
        written = claim.sudo().specialist_order_ids.description
        self.assertNotIn("<img", written)
        self.assertIn("&lt; 2 bar", written)

    def test_goods_that_are_sent_send_nobody(self):
        self.assertFalse(self.approve().sudo().specialist_order_ids)

    def test_a_repair_uses_no_visit_of_the_plan(self):
        order = self.approve(handling="specialist").sudo().specialist_order_ids
        visits = self.contract.entitlement_ids.filtered(lambda e: e.kind == "visit")
        order.action_complete()
        self.assertTrue(order.is_closed)
        self.assertEqual((visits.used, len(self.contract.visit_ids)), (0, 4))

    def test_without_a_plan_somebody_goes_too(self):
        with freeze_time("2026-03-01 12:00:00"):
            self.sell((self.goods, 1))
        loose = self.env["aftersales.asset"].search(
            [("product_id", "=", self.goods.id), ("contract_id", "=", False)]
        )
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(loose, cause=self.defect, handling="specialist")
            claim.action_approve()
        self.assertEqual(len(claim.sudo().specialist_order_ids), 1)

    def test_a_withdrawn_claim_recalls_the_specialist_and_sends_another_later(self):
        claim = self.approve(handling="specialist")
        first = claim.sudo().specialist_order_ids
        cancelled = self.env.ref("fieldservice.fsm_stage_cancelled")
        claim.action_cancel()
        self.assertEqual(first.stage_id, cancelled)
        claim.action_reopen()
        with freeze_time("2026-04-07 10:00:00"):
            claim.action_approve()
        second = claim.sudo().specialist_order_ids - first
        self.assertEqual(len(second), 1)
        self.assertNotEqual(second.stage_id, cancelled)

    def test_nobody_ties_an_order_to_a_claim_by_hand(self):
        claim = self.approve(handling="specialist")
        order = claim.sudo().specialist_order_ids
        with self.assertRefused("by hand"):
            order.with_user(self.agent).sudo(False).claim_id = False

    def test_the_specialist_sees_the_claim(self):
        user = self.env["res.users"].create(
            {
                "name": "Tess",
                "login": "t-tess",
                "group_ids": [(6, 0, self.env.ref("fieldservice.group_fsm_user_own").ids)],
            }
        )
        self.technician.partner_id.user_ids = user
        claim = self.approve(handling="specialist")
        mine = claim.with_user(user).sudo(False)
        order = claim.sudo().specialist_order_ids
        self.contract.visit_ids.person_id = False
        self.assertFalse(mine.has_access("read"))
        order.person_id = self.technician
        self.assertTrue(mine.has_access("read") and mine.line_ids.has_access("read"))

    def test_a_claim_without_goods_is_done_when_the_specialist_is(self):
        adjust = self.env["aftersales.cause"].create(
            {
                "name": "Adjust",
                "code": "adjust",
                "billing_type": "contract",
                "replaces_part": False,
                "consumes_quota": False,
            }
        )
        claim = self.approve(cause=adjust, handling="specialist")
        self.assertEqual(claim.state, "approved")
        claim.sudo().specialist_order_ids.action_complete()
        self.assertEqual(claim.state, "done")

    def repaired(self, claim):
        """Close the repair of ``claim`` after an hour and a half."""
        order = claim.sudo().specialist_order_ids
        order.write({"date_start": "2026-04-07 08:00:00", "date_end": "2026-04-07 09:30:00"})
        with freeze_time("2026-04-07 09:30:00"):
            order.action_complete()

    def test_the_hours_of_the_repair_are_those_of_the_claim(self):
        claim = self.approve(handling="specialist")
        self.repaired(claim)
        self.assertEqual(claim.labour_hours, 1.5)
        self.assertFalse(claim.sudo().sale_order_id)

    def test_hours_somebody_entered_stay_and_a_repair_called_off_took_none(self):
        claim = self.approve(handling="specialist", labour_hours=4.0)
        self.repaired(claim)
        self.assertEqual(claim.labour_hours, 4.0)
        claim = self.approve(handling="specialist")
        claim.sudo().specialist_order_ids.action_cancel()
        self.assertEqual(claim.labour_hours, 0.0)

    def test_hours_the_customer_pays_that_no_quotation_has_are_told(self):
        self.contract.labour_included = False
        claim = self.approve(handling="specialist")
        self.repaired(claim)
        self.assertIn("The repair took 1.50 hours", claim.message_ids[0].body)

    def test_a_place_that_has_the_team_of_another_company_takes_ours(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        place = self.contract.visit_ids.location_id
        place.team_id = self.env["fsm.team"].create({"name": "Theirs", "company_id": other.id})
        order = self.approve(handling="specialist").sudo().specialist_order_ids
        self.assertEqual((order.location_id, order.team_id.company_id), (place, self.company))
