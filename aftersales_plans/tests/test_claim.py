# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime, time, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaim(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.entitlement = cls.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement")

    def use_up(self):
        for _number in range(3):
            self.claim(self.asset).action_approve()

    def test_an_accident_is_replaced_free_and_uses_one(self):
        claim = self.claim(self.asset, quantity=2)
        claim.action_approve()
        self.assertRecordValues(
            claim.line_ids,
            [
                {
                    "billing_type": "contract",
                    "price_unit": 0.0,
                    "decision_note": "Replacement 1 of 3 this year",
                }
            ],
        )
        self.assertEqual((claim.state, self.entitlement.used), ("approved", 1))
        self.assertEqual(claim.contract_id, self.contract)
        self.assertFalse(claim.sale_order_id)

    def test_the_shipment_goes_to_the_after_sales_location_without_touching_the_order(self):
        order = self.contract.sale_order_id
        lines_before = order.order_line.ids
        claim = self.claim(self.asset)
        claim.action_approve()
        picking = claim.picking_ids.sudo()
        self.assertFalse(picking.sale_id)
        self.assertEqual(
            picking.move_ids.location_dest_id, self.company.aftersales_replacement_location_id
        )
        self.deliver(picking)
        self.assertEqual(claim.state, "done")
        self.assertEqual(order.order_line.ids, lines_before)
        self.assertEqual(order.order_line[0].qty_delivered, 10)

    def test_the_replaced_part_leaves_the_cover_and_the_new_one_enters_it(self):
        claim = self.claim(self.asset, quantity=2)
        claim.action_approve()
        self.deliver(claim.picking_ids.sudo())
        new = claim.line_ids.replacement_asset_ids
        broken = self.env["aftersales.asset"].search([("replaced_by_id", "=", new.id)])
        self.assertEqual((self.asset.quantity, broken.quantity, new.quantity), (8.0, 2.0, 2.0))
        self.assertEqual(broken.condition, "broken")
        self.assertEqual(self.contract.asset_ids, self.asset | new)

    def test_a_claim_shipment_neither_starts_nor_extends_a_contract(self):
        end = self.contract.date_end
        with freeze_time("2030-01-01"):
            claim = self.claim(self.asset)
            claim.action_approve()
            self.deliver(claim.picking_ids.sudo())
        self.assertEqual(self.contract.date_end, end)

    def test_the_fourth_is_billed_at_list_price(self):
        self.use_up()
        claim = self.claim(self.asset)
        claim.action_approve()
        self.assertRecordValues(claim.line_ids, [{"billing_type": "billable", "price_unit": 500.0}])
        self.assertIn("Replacement 4", claim.line_ids.decision_note)
        self.assertEqual(self.entitlement.used, 3)
        quotation = claim.sudo().sale_order_id
        self.assertEqual((quotation.state, quotation.amount_untaxed), ("draft", 500.0))
        quotation.action_confirm()
        self.assertEqual(claim.state, "done")

    def test_the_fourth_is_refused_where_the_plan_says_so(self):
        self.contract.over_quota_policy = "refuse"
        self.use_up()
        claim = self.claim(self.asset)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "refused")
        self.assertEqual(claim.state, "done")
        self.assertFalse(claim.sale_order_id or claim.picking_ids)

    def test_unlimited_goes_on(self):
        self.entitlement.unlimited = True
        self.use_up()
        claim = self.claim(self.asset)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")
        self.assertEqual(claim.line_ids.decision_note, "Replacement 4, unlimited")

    def test_one_claim_is_one_time_whatever_its_lines(self):
        claim = self.claim(self.asset)
        claim.write(
            {
                "line_ids": [
                    Command.create({"asset_id": self.asset.id, "cause_id": self.accident.id})
                ]
            }
        )
        claim.action_approve()
        self.assertEqual(self.entitlement.used, 1)
        self.assertEqual(claim.line_ids.mapped("billing_type"), ["contract", "contract"])

    def test_approving_twice_is_refused_and_changes_nothing(self):
        claim = self.claim(self.asset)
        claim.action_approve()
        with self.assertRefused(claim.name):
            claim.action_approve()
        self.assertEqual(self.entitlement.used, 1)
        self.assertEqual(len(claim.picking_ids), 1)

    def test_cancelling_gives_the_quota_back_until_the_part_is_shipped(self):
        claim = self.claim(self.asset)
        claim.action_approve()
        claim.action_cancel()
        self.assertEqual(self.entitlement.used, 0)
        self.assertEqual(claim.picking_ids.sudo().state, "cancel")
        claim = self.claim(self.asset)
        claim.action_approve()
        self.deliver(claim.picking_ids.sudo())
        with self.assertRaises(UserError):
            claim.action_cancel()
        self.assertEqual(self.entitlement.used, 1)

    def test_a_defect_in_the_guarantee_is_free_without_a_plan(self):
        self.sell((self.goods, 2))
        asset = self.env["aftersales.asset"].search(
            [("product_id", "=", self.goods.id), ("contract_id", "=", False)]
        )
        claim = self.claim(asset, cause=self.defect)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "warranty")
        accident = self.claim(asset)
        accident.action_approve()
        self.assertEqual(accident.line_ids.billing_type, "billable")

    def test_after_the_guarantee_a_defect_is_the_plans_without_quota(self):
        self.asset.warranty_end = "2020-01-01"
        claim = self.claim(self.asset, cause=self.defect)
        claim.action_approve()
        self.assertEqual((claim.line_ids.billing_type, self.entitlement.used), ("contract", 0))

    def test_what_happened_before_the_term_is_billed(self):
        self.asset.sudo().date_delivered = "2020-01-01"
        claim = self.claim(self.asset, date_occurred="2020-01-01")
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "billable")
        self.assertIn("did not run", claim.line_ids.decision_note)

    def test_goodwill_needs_a_manager(self):
        goodwill = self.env.ref("aftersales_plans.cause_goodwill")
        claim = self.claim(self.asset, cause=goodwill)
        with self.assertRefused(claim.name):
            claim.action_approve()
        self.assertEqual(claim.state, "draft")
        claim.with_user(self.manager).action_approve()
        self.assertEqual(claim.line_ids.billing_type, "goodwill")

    def test_somebody_elses_goods_too_many_and_none_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRefused("not to Stranger"):
            self.claim(self.asset, partner_id=stranger.id)
        with self.assertRefused("10.0"):
            self.claim(self.asset, quantity=11)
        empty = self.env["aftersales.claim"].create({"partner_id": self.customer.id})
        with self.assertRefused("names no goods"):
            empty.action_approve()

    def test_a_free_part_is_booked_as_service_cost(self):
        self.goods.categ_id = self.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        self.goods.standard_price = 300.0
        claim = self.claim(self.asset)
        claim.action_approve()
        self.deliver(claim.picking_ids.sudo())
        entry = claim.sudo().move_ids.account_move_id
        cost = entry.line_ids.filtered(
            lambda line: line.account_id == self.company.aftersales_service_cost_account_id
        )
        self.assertEqual(cost.balance, 300.0)
        self.assertEqual(sum(entry.line_ids.mapped("balance")), 0.0)

    def test_who_only_reads_cannot_approve(self):
        reader = new_test_user(self.env, "t-reader", "aftersales_plans.group_accountant")
        claim = self.claim(self.asset)
        with self.assertRaises(AccessError):
            claim.with_user(reader).action_approve()

    def test_an_asset_is_replaced_by_the_same_goods(self):
        gold = self.env["product.product"].create({"name": "Gold bar", "type": "consu"})
        claim = self.claim(self.asset)
        with self.assertRefused("the same goods"):
            claim.line_ids.product_id = gold

    def test_what_decides_cannot_be_written_from_outside(self):
        first, second = self.claim(self.asset), self.claim(self.asset)
        first.action_approve()
        for values in (
            {"state": "draft"},
            {"usage_id": first.usage_id.id},
            {"sale_order_id": self.contract.sale_order_id.id},
        ):
            with self.assertRefused("by hand"):
                second.write(values)
            with self.assertRefused("by hand"):
                self.claim(self.asset, **values)
        with self.assertRefused("by hand"):
            second.line_ids.billing_type = "contract"

    def test_no_default_of_a_client_decides(self):
        claims = self.env["aftersales.claim"].with_user(self.agent)
        claim = claims.with_context(default_state="done", default_billing_type="contract").create(
            {
                "partner_id": self.customer.id,
                "line_ids": [
                    Command.create({"asset_id": self.asset.id, "cause_id": self.accident.id})
                ],
            }
        )
        self.assertEqual((claim.state, claim.line_ids.billing_type), ("draft", False))

    def test_an_approved_claim_keeps_its_goods_and_cover(self):
        claim = self.claim(self.asset)
        claim.action_approve()
        for change in (
            lambda: claim.write({"date_occurred": "2020-01-01"}),
            lambda: claim.line_ids.write({"quantity": 5}),
            lambda: claim.line_ids.unlink(),
            lambda: claim.write(
                {
                    "line_ids": [
                        Command.create({"asset_id": self.asset.id, "cause_id": self.accident.id})
                    ]
                }
            ),
        ):
            with self.assertRefused(f"Claim {claim.name} is Approved"):
                change()

    def test_the_same_goods_are_replaced_once(self):
        first, second = self.claim(self.asset, quantity=6), self.claim(self.asset, quantity=6)
        first.action_approve()
        with self.assertRefused("12.0 are claimed in all"):
            second.action_approve()
        self.deliver(first.picking_ids.sudo())
        with self.assertRefused("only 4.0|4.0 are there"):
            second.action_approve()
        broken = self.env["aftersales.asset"].search([("replaced_by_id", "!=", False)])
        again = self.claim(broken, cause=self.defect)
        with self.assertRefused("out of use: Replaced on"):
            again.action_approve()

    def test_cancelling_stops_what_is_not_yet_shipped(self):
        claim = self.claim(self.asset, quantity=5)
        claim.action_approve()
        self.deliver(claim.picking_ids.sudo(), quantity=2)
        self.assertEqual(claim.state, "approved")
        claim.action_cancel()
        states = claim.sudo().move_ids.mapped(lambda move: (move.state, move.quantity))
        self.assertEqual(sorted(states), [("cancel", 0.0), ("done", 2.0)])
        self.assertEqual(self.entitlement.used, 1)

    def test_a_shipment_the_warehouse_cancels_gives_the_quota_back(self):
        claim = self.claim(self.asset)
        claim.action_approve()
        claim.picking_ids.sudo().action_cancel()
        self.assertEqual((claim.state, self.entitlement.used), ("cancelled", 0))

    def test_a_quotation_the_customer_declines_ends_the_claim(self):
        self.use_up()
        claim = self.claim(self.asset)
        claim.action_approve()
        claim.sudo().sale_order_id._action_cancel()
        self.assertEqual((claim.state, self.entitlement.used), ("cancelled", 3))

    def test_an_incident_on_the_last_day_is_covered_when_reported_later(self):
        self.contract._close("expired")
        claim = self.claim(
            self.asset,
            date_occurred=self.contract.date_end,
            date_reported=datetime.combine(self.contract.date_end + timedelta(days=1), time(12)),
        )
        self.assertEqual(claim.contract_id, self.contract)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")

    def test_the_quotation_names_the_price_the_decision_named(self):
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 50,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        self.use_up()
        claim = self.claim(self.asset)
        claim.action_approve()
        self.assertEqual(claim.line_ids.price_unit, 500.0)
        self.assertEqual(claim.sudo().sale_order_id.amount_untaxed, 500.0)

    def test_a_salesperson_settles_claims_of_own_customers_only(self):
        seller = new_test_user(self.env, "t-own", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.claim(self.asset, user=seller)
        self.customer.user_id = seller
        claim = self.claim(self.asset, user=seller)
        claim.action_approve()
        self.assertEqual(claim.state, "approved")
