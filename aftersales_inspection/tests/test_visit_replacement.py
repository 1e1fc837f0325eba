# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import Form, freeze_time, tagged

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestVisitReplacement(VisitCase):
    """What a technician replaces on the spot (requirements 6, 12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load(cls.goods, 3)
        cls.wear = cls.env.ref("aftersales_plans.cause_wear")
        cls.misuse = cls.env.ref("aftersales_plans.cause_misuse")

    def find(self, **values):
        """Write a finding as the technician; fitted from the van unless said otherwise."""
        return (
            self.env["aftersales.finding"]
            .with_user(self.user)
            .create(
                {
                    "visit_id": self.visit.id,
                    "asset_id": self.asset.id,
                    "condition": "broken",
                    "cause_id": self.wear.id,
                    "action": "replace",
                    "supply": "van",
                    "quantity": 1,
                    **values,
                }
            )
        )

    def moves(self):
        return self.visit.claim_ids.sudo().line_ids.filtered("is_fitted").move_ids

    def test_the_technician_reads_who_pays_before_fitting(self):
        with freeze_time("2026-06-01 09:00:00"):
            for cause, kind, words in (
                (self.defect, "warranty", "Guarantee: Defect within"),
                (self.wear, "contract", "Plan: Covered by the plan"),
                (self.misuse, "billable", "Customer: Misuse is charged"),
                (self.env.ref("aftersales_plans.cause_goodwill"), "goodwill", "Goodwill"),
            ):
                finding = self.find(cause_id=cause.id, supply="ship")
                self.assertEqual(finding.cover_type, kind)
                self.assertIn(words, finding.cover_label)

    def test_the_screen_says_it_before_anything_is_saved(self):
        self.env.invalidate_all()
        with freeze_time("2026-06-01 09:00:00"), Form(self.visit.with_user(self.user)) as form:
            with form.finding_ids.new() as line:
                line.asset_id = self.asset
                line.condition = "broken"
                line.action = "replace"
                line.cause_id = self.misuse
                self.assertEqual(line.cover_label, "Customer: Misuse is charged")
                line.cause_id = self.wear
                self.assertIn("Plan: Covered by the plan", line.cover_label)
                line.supply = "van"
        self.assertEqual(self.visit.finding_ids.supply, "van")

    def test_what_is_not_covered_is_left_to_the_office(self):
        with freeze_time("2026-06-01 09:00:00"), self.assertRefused("the office quotes it"):
            self.find(cause_id=self.misuse.id)

    def test_it_leaves_the_van_is_approved_and_registered(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find(quantity=2)
        self.complete()
        claim = self.visit.claim_ids
        self.assertEqual(
            (claim.line_ids.billing_type, claim.line_ids.is_fitted), ("contract", True)
        )
        self.assertEqual(self.held(self.goods), 1)
        self.assertRecordValues(
            self.moves(),
            [
                {
                    "state": "done",
                    "location_id": self.van.id,
                    "quantity": 2,
                    "aftersales_claim_id": claim.id,
                    "aftersales_visit_id": self.visit.id,
                }
            ],
        )
        cost = self.company.aftersales_service_cost_account_id
        self.assertEqual(self.booked(self.moves())[cost], 600.0)
        self.assertRecordValues(
            self.env["aftersales.asset"].search(
                [
                    ("product_id", "=", self.goods.id),
                    ("move_id", "in", (self.asset.move_id | self.moves()).ids),
                ],
                order="id",
            ),
            [
                {"quantity": 8, "status": "in_use", "origin_asset_id": False},
                {"quantity": 2, "status": "in_use", "origin_asset_id": self.asset.id},
                {"quantity": 2, "status": "replaced", "origin_asset_id": self.asset.id},
            ],
        )
        self.assertIn(claim.line_ids.replacement_asset_ids, self.contract.asset_ids)
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual((costs["parts"], costs.get("visit_parts")), (600.0, None))
        self.assertEqual(claim.state, "done")

    def test_the_broken_part_is_expected_back(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find(cause_id=self.defect.id)
        self.complete()
        claim = self.visit.claim_ids.sudo()
        self.assertEqual((claim.state, claim.line_ids.part_state), ("approved", "expected"))
        self.deliver(claim.picking_ids)
        self.assertEqual((claim.state, claim.line_ids.part_state), ("done", "received"))

    def test_the_rest_of_the_claim_is_shipped_by_the_warehouse(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find()
            self.find(supply="ship", quantity=2)
        self.complete()
        claim = self.visit.claim_ids.sudo()
        fitted, sent = claim.line_ids.sorted("is_fitted", reverse=True)
        self.assertEqual((fitted.move_ids.state, fitted.move_ids.location_id), ("done", self.van))
        self.assertEqual(sent.move_ids.location_id, self.warehouse().lot_stock_id)
        self.assertEqual((sent.move_ids.product_uom_qty, claim.state), (2.0, "approved"))
        self.deliver(claim.picking_ids)
        self.assertEqual((claim.state, self.held(self.goods)), ("done", 2))

    def test_without_fitted_goods_the_claim_waits_as_ever(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find(supply="ship")
        self.complete()
        self.assertEqual(self.visit.claim_ids.state, "draft")
        self.assertEqual(self.held(self.goods), 3)

    def test_a_van_that_lacks_it_stops_nobody(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find(quantity=5)
        self.complete()
        self.assertEqual((self.held(self.goods), self.visit.claim_ids.state), (-2, "done"))
        self.assertIn("2 Units Boiler", self.moves().picking_id.message_ids[0].body)

    def above_the_limit(self):
        self.company.aftersales_cover_limit = 100.0
        with freeze_time("2026-06-01 09:00:00"):
            self.find()
        self.complete()
        return self.visit.claim_ids

    def test_what_the_technician_may_not_approve_waits_but_is_out_of_the_van(self):
        claim = self.above_the_limit()
        self.assertEqual((claim.state, claim.line_ids.is_fitted), ("submitted", True))
        self.assertEqual(self.held(self.goods), 2)
        self.assertIn(self.manager, claim.activity_ids.user_id)
        self.assertIn("your limit", claim.activity_ids[0].note)
        self.assertEqual((self.asset.quantity, self.asset.status), (10, "in_use"))
        registered = [("move_id", "in", self.moves().ids)]
        self.assertFalse(
            self.env["aftersales.asset"].search(registered), "not before it is decided"
        )
        with freeze_time("2026-06-02 09:00:00"):
            claim.with_user(self.manager).action_approve()
        self.assertEqual((claim.state, self.held(self.goods)), ("done", 2))
        self.assertEqual(len(self.moves()), 1, "nothing is shipped twice")
        self.assertEqual((self.asset.quantity, len(self.contract.asset_ids)), (9, 2))
        self.assertEqual(
            self.env["aftersales.asset"].search(registered), claim.line_ids.replacement_asset_ids
        )
        self.assertEqual(
            claim.line_ids.replacement_asset_ids.date_delivered.isoformat(), "2026-06-01"
        )

    def test_what_was_fitted_is_not_changed_while_it_waits(self):
        claim = self.above_the_limit().with_user(self.agent)
        with self.assertRefused("left the van"):
            claim.line_ids.quantity = 2
        with self.assertRefused("left the van"):
            claim.line_ids.unlink()
        claim.line_ids.cause_id = self.misuse
        with freeze_time("2026-06-02 09:00:00"):
            claim.with_user(self.manager).action_approve()
        order = claim.sudo().sale_order_id
        self.assertEqual((claim.line_ids.billing_type, order.amount_untaxed), ("billable", 500.0))
        self.assertIn("not to be delivered again", order.message_ids[0].body)
        self.assertEqual(self.held(self.goods), 2)

    def test_a_quota_used_meanwhile_leaves_it_to_the_office(self):
        self.contract.findings_use_quota = "always"
        self.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement").included = 1
        with freeze_time("2026-06-01 09:00:00"):
            self.find(cause_id=self.accident.id)
            claim = self.claim(self.asset, date_occurred="2026-06-01")
            claim.action_approve()
        self.complete()
        self.assertEqual((self.visit.claim_ids.state, self.held(self.goods)), ("submitted", 2))
        self.assertIn("Replacement 2", self.visit.claim_ids.activity_ids[0].note)
        self.assertFalse(self.visit.claim_ids.sale_order_id)

    def test_reopening_brings_back_what_nobody_approved(self):
        claim = self.above_the_limit()
        self.reopen()
        self.assertEqual((claim.state, self.held(self.goods)), ("cancelled", 3))
        self.assertEqual(self.asset.quantity, 10)
        self.company.aftersales_cover_limit = 0
        self.complete()
        self.assertEqual(((self.visit.claim_ids - claim).state, self.held(self.goods)), ("done", 2))
        cost = self.company.aftersales_service_cost_account_id
        moves = self.env["stock.move"].search([("aftersales_visit_id", "=", self.visit.id)])
        self.assertEqual(self.booked(moves)[cost], 300.0)

    def test_reopening_leaves_an_approved_claim_and_completing_again_doubles_nothing(self):
        with freeze_time("2026-06-01 09:00:00"):
            self.find()
        self.complete()
        self.reopen()
        self.assertEqual((self.visit.claim_ids.state, self.held(self.goods)), ("done", 2))
        self.complete()
        self.assertEqual((len(self.visit.claim_ids), self.held(self.goods)), (1, 2))

    def test_held_benefits_are_not_fitted(self):
        self.contract.benefits_require_payment = "hold"
        with freeze_time("2026-03-15 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.action_post()
        with freeze_time("2026-06-01 09:00:00"), self.assertRefused("paid"):
            self.find()

    def test_tracked_goods_ask_which_one_was_fitted(self):
        pump, lot = self.tracked("serial", "P-1", 1)
        contract = self.sell_on("2026-03-15 06:00:00", (pump, 1), (self.plan_product, 1))
        new = self.env["stock.lot"].create({"name": "P-2", "product_id": pump.id})
        self.load(pump, 1, new)
        self.contract, self.asset = contract, contract.asset_ids
        self.visit = contract.visit_ids.sorted("aftersales_visit_number")[0]
        self.visit.person_id = self.technician
        self.assertEqual(self.asset.lot_id, lot)
        foreign = self.tracked("lot", "X", 1)[1]
        with freeze_time("2026-06-01 09:00:00"):
            with self.assertRefused("X is no lot of Pump"):
                self.find(fitted_lot_id=foreign.id)
            finding = self.find()
        with self.assertRefused("serial number of the Pump you fitted"):
            self.complete()
        finding.fitted_lot_id = new
        self.complete()
        asset = self.visit.claim_ids.line_ids.replacement_asset_ids
        self.assertEqual((asset.lot_id, asset.contract_ids), (new, contract))
        self.assertEqual((self.asset.status, self.held(pump, lot=new)), ("replaced", 0))

    def test_each_unit_with_a_serial_number_is_a_finding_of_its_own(self):
        self.goods.tracking = "serial"
        words = "Boiler has serial numbers: enter a finding for each unit that is fitted"
        with freeze_time("2026-06-01 09:00:00"), self.assertRefused(words):
            self.find(quantity=2)

    def test_nobody_says_fitted_by_hand(self):
        claim = self.claim(self.asset, date_occurred="2026-06-01")
        with self.assertRefused("by hand"):
            claim.line_ids.is_fitted = True

    def test_who_saw_it_fitted_reads_of_no_shipment(self):
        self.customer.email = "casa@example.com"
        with freeze_time("2026-06-01 09:00:00"):
            self.find()
        self.complete()
        claim = self.visit.claim_ids.sudo()
        self.assertEqual((claim.state, claim.mail_step), ("done", "approved"))
