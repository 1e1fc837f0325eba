# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimApproval(AfterSalesCase):
    """Ten boilers at 500.00 under a plan with three replacements, from 1 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.taxes_id = False
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.entitlement = cls.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement")
        cls.goodwill = cls.env.ref("aftersales_plans.cause_goodwill")
        cls.no_fault = cls.env.ref("aftersales_plans.cause_no_fault")
        cls.seller = new_test_user(cls.env, "t-seller", "sales_team.group_sale_salesman_all_leads")

    def approve(self, *args, at="2026-04-06 10:00:00", **values):
        """Report and approve on a Monday morning."""
        with freeze_time(at):
            claim = self.claim(self.asset, *args, **values)
            claim.action_approve()
        return claim

    def quoted(self, claim):
        return [
            (line.product_id, line.product_uom_qty, line.price_unit)
            for line in claim.sudo().sale_order_id.order_line
        ]

    # --- Limits of the terms ---

    def test_a_claim_above_the_plans_limit_is_charged(self):
        self.contract.claim_value_limit = 999.0
        self.assertEqual(self.approve(quantity=2).line_ids.billing_type, "billable")
        self.assertEqual(self.approve(quantity=1).line_ids.billing_type, "contract")

    def test_the_limit_of_the_term_is_used_up_and_given_back(self):
        self.contract.term_value_limit = 1000.0
        first = self.approve(quantity=2)
        self.assertEqual(self.contract.replaced_value, 1000.0)
        second = self.approve()
        self.assertIn("Above the value", second.line_ids.decision_note)
        self.assertEqual(self.entitlement.used, 1)
        first.action_cancel()
        self.assertEqual(self.contract.replaced_value, 0.0)
        self.assertEqual(self.approve().line_ids.billing_type, "contract")

    def test_late_reports_have_14_days_of_grace_after_the_contract_ended(self):
        occurred = "2027-02-28"  # its last day
        for day, expected in (("2027-03-14", "contract"), ("2027-03-15", "billable")):
            claim = self.approve(at=f"{day} 10:00:00", date_occurred=occurred)
            self.assertEqual(claim.line_ids.billing_type, expected, day)

    def test_while_the_contract_runs_a_late_report_is_still_in_time(self):
        claim = self.approve(at="2026-09-01 10:00:00", date_occurred="2026-04-01")
        self.assertEqual(claim.line_ids.billing_type, "contract")

    # --- Charges beside the goods ---

    def test_a_call_where_nothing_was_wrong_is_charged_not_the_goods(self):
        call_out = self.env.ref("aftersales_plans.product_call_out")
        claim = self.approve(cause=self.no_fault)
        self.assertEqual(self.quoted(claim), [(call_out, 1.0, 80.0)])
        self.assertEqual(claim.line_ids.price_unit, 80.0)
        self.contract.visit_rate = 45.0
        self.assertEqual(self.quoted(self.approve(cause=self.no_fault)), [(call_out, 1.0, 45.0)])
        self.assertFalse(claim.picking_ids)

    def test_work_is_charged_where_the_plan_does_not_include_it(self):
        self.assertFalse(self.approve(labour_hours=2).sale_order_id)
        self.contract.write({"labour_included": False, "hour_rate": 70.0})
        labour = self.env.ref("aftersales_plans.product_labour")
        self.assertEqual(self.quoted(self.approve(labour_hours=2)), [(labour, 2.0, 70.0)])

    def test_work_after_hours_costs_more(self):
        self.contract.write(
            {"labour_included": False, "hour_rate": 70.0, "after_hours_percent": 25.0}
        )
        labour = self.env.ref("aftersales_plans.product_labour")
        claim = self.approve(labour_hours=1, at="2026-04-05 10:00:00")  # a Sunday
        self.assertTrue(claim.after_hours)
        self.assertEqual(self.quoted(claim), [(labour, 1.0, 87.5)])

    def test_a_customer_without_plan_pays_goods_work_and_freight(self):
        with freeze_time("2026-03-01 12:00:00"):
            self.sell((self.goods, 1))
        loose = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        with freeze_time("2026-04-06 20:00:00"):  # after hours: + 50 %
            claim = self.claim(loose, labour_hours=2, send_freight=True)
            claim.action_approve()
        self.assertEqual(
            [(quantity, price) for _product, quantity, price in self.quoted(claim)],
            [(1.0, 500.0), (2.0, 90.0), (1.0, 20.0)],
        )

    def test_a_defect_in_the_guarantee_comes_with_its_work(self):
        claim = self.approve(cause=self.defect, labour_hours=2, send_freight=True)
        self.assertEqual(claim.line_ids.billing_type, "warranty")
        self.assertFalse(claim.sale_order_id)

    # --- Who may ---

    def test_goodwill_up_to_the_limit_of_the_role(self):
        self.company.aftersales_goodwill_limit_agent = 500.0
        self.assertEqual(self.approve(cause=self.goodwill).line_ids.billing_type, "goodwill")
        with self.assertRefused("your limit is"):
            self.approve(quantity=2, cause=self.goodwill)
        with self.assertRefused("ask a plan manager"):
            self.approve(cause=self.goodwill, user=self.seller)
        self.approve(quantity=2, cause=self.goodwill, user=self.manager)

    def test_covered_goods_up_to_the_limit_of_the_role(self):
        self.company.aftersales_cover_limit = 400.0
        with self.assertRefused("your limit is"):
            self.approve(user=self.seller)
        self.assertEqual(self.entitlement.used, 0)
        self.assertEqual(self.approve().state, "approved")

    def test_a_manager_overrules_with_a_note(self):
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.asset, cause=self.no_fault)
            line = claim.line_ids
            with self.assertRefused("by hand"):
                line.forced_billing_type = "goodwill"
            with self.assertRefused("say why"):
                line.with_user(self.manager).forced_billing_type = "goodwill"
            line.with_user(self.manager).write(
                {"forced_billing_type": "goodwill", "overrule_note": "A good customer"}
            )
            claim.with_user(self.manager).action_approve()
        self.assertEqual(
            (line.billing_type, line.decision_note), ("goodwill", "Overruled: A good customer")
        )

    # --- Again ---

    def test_a_cancelled_claim_can_be_taken_up_again(self):
        claim = self.approve()
        claim.action_cancel()
        claim.action_reopen()
        self.assertEqual((claim.state, claim.line_ids.billing_type), ("draft", False))
        with freeze_time("2026-04-07 10:00:00"):
            claim.action_approve()
        self.assertEqual((self.entitlement.used, claim.state), (1, "approved"))
        open_moves = claim.sudo().move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(open_moves.product_uom_qty, 1.0)
        self.assertEqual(
            self.entitlement.usage_ids.sorted("id").mapped(lambda row: (row.round, row.quantity)),
            [(1, 1), (1, -1), (2, 1)],
        )

    def test_a_refused_claim_can_be_taken_up_again(self):
        claim = self.claim(self.asset)
        claim.action_refuse()
        claim.action_reopen()
        with freeze_time("2026-04-07 10:00:00"):
            claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")

    def test_a_claim_whose_goods_came_cannot_be_taken_up_again(self):
        claim = self.approve()
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual(claim.state, "done")
        with self.assertRefused("reached the customer already"):
            claim.action_reopen()

    def test_a_quotation_follows_the_claim(self):
        claim = self.approve(cause=self.no_fault)
        first = claim.sudo().sale_order_id
        claim.action_cancel()
        self.assertEqual(first.state, "cancel")
        claim.action_reopen()
        with freeze_time("2026-04-07 10:00:00"):
            claim.action_approve()
        self.assertNotEqual(claim.sudo().sale_order_id, first)
        self.assertEqual(claim.sudo().sale_order_id.state, "draft")

    def test_what_a_manager_overruled_is_not_an_agents_to_change(self):
        claim = self.claim(self.asset)
        line = claim.line_ids
        line.with_user(self.manager).write(
            {"forced_billing_type": "warranty", "overrule_note": "A good customer"}
        )
        with self.assertRefused("Ask a manager"):
            line.quantity = 8
        line.with_user(self.manager).quantity = 2

    def test_a_line_does_not_move_into_a_claim_one_may_not_write(self):
        line = self.claim(self.asset).line_ids
        decided = self.approve()
        with self.assertRefused("is Approved"):
            line.claim_id = decided
        stranger = new_test_user(self.env, "t-stranger", "sales_team.group_sale_salesman")
        own = self.env["res.partner"].create({"name": "Own", "user_id": stranger.id})
        mine = self.claim(
            self.env["aftersales.asset"].browse(), user=stranger, partner_id=own.id, line_ids=[]
        )
        mine.line_ids = [
            Command.create({"product_id": self.goods.id, "cause_id": self.accident.id})
        ]
        with self.assertRaises(AccessError):
            mine.line_ids.claim_id = self.claim(self.asset).id

    def test_an_overruled_plan_counts_whatever_the_limit_says(self):
        self.contract.term_value_limit = 600.0
        self.approve()
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.asset).with_user(self.manager)
            claim.line_ids.write(
                {"forced_billing_type": "contract", "overrule_note": "A good customer"}
            )
            claim.action_approve()
        self.assertEqual((self.contract.replaced_value, self.entitlement.used), (1000.0, 2))
        claim.action_cancel()
        self.assertEqual((self.contract.replaced_value, self.entitlement.used), (500.0, 1))

    def test_a_plan_cannot_be_forced_where_there_is_none(self):
        self.sell((self.goods, 1))
        loose = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        claim = self.claim(loose).with_user(self.manager)
        claim.line_ids.write({"forced_billing_type": "contract", "overrule_note": "Kindness"})
        with self.assertRefused("no contract to give goods from"):
            claim.action_approve()

    def test_the_value_counted_is_that_of_the_day_of_approval(self):
        claim = self.approve()
        self.goods.list_price = 2000.0
        claim.action_cancel()
        self.assertEqual(self.contract.replaced_value, 0.0)

    def test_a_part_that_came_stays_counted(self):
        claim = self.approve(quantity=2)
        self.deliver(claim.sudo().picking_ids, quantity=1)
        claim.action_cancel()
        self.assertEqual((self.contract.replaced_value, self.entitlement.used), (500.0, 1))

    def test_goods_sent_back_give_quota_and_value_back(self):
        claim = self.approve()
        self.deliver(claim.sudo().picking_ids)
        self.assertEqual((claim.state, self.entitlement.used), ("done", 1))
        self.send_back(claim.sudo().picking_ids, 1)
        self.assertEqual((self.contract.replaced_value, self.entitlement.used), (0.0, 0))

    def test_a_covered_shipment_that_was_dropped_gives_the_quota_back(self):
        """One line is covered, the other bought; the warehouse drops the covered one."""
        with freeze_time("2026-04-06 10:00:00"):
            claim = self.claim(self.asset)
            claim.line_ids = [
                Command.create(
                    {
                        "asset_id": self.asset.id,
                        "cause_id": self.env.ref("aftersales_plans.cause_misuse").id,
                    }
                )
            ]
            claim.action_approve()
        claim.sudo().sale_order_id.action_confirm()
        claim.sudo().picking_ids.action_cancel()
        self.assertEqual(
            (claim.state, self.entitlement.used, self.contract.replaced_value), ("done", 0, 0.0)
        )

    def test_what_the_customer_bought_is_not_offered_twice(self):
        claim = self.approve(cause=self.env.ref("aftersales_plans.cause_misuse"))
        shipped = self.claim(self.asset)
        shipped.line_ids = [
            Command.create(
                {
                    "asset_id": self.asset.id,
                    "cause_id": self.env.ref("aftersales_plans.cause_misuse").id,
                }
            )
        ]
        with freeze_time("2026-04-06 10:00:00"):
            shipped.action_approve()
        shipped.sudo().sale_order_id.action_confirm()
        shipped.action_cancel()
        with self.assertRefused("Cancel that order"):
            shipped.action_reopen()
        self.assertEqual(claim.state, "approved")

    # --- Beside other add-ons of Odoo ---

    def test_goods_that_are_dropshipped_are_replaced_from_stock(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False)
        if not route:
            self.skipTest("needs stock_dropshipping")
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.goods.seller_ids = [Command.create({"partner_id": vendor.id, "price": 5.0})]
        self.goods.route_ids = route
        claim = self.approve().sudo()
        self.assertEqual(
            (claim.state, claim.picking_ids.picking_type_code), ("approved", "outgoing")
        )
        self.deliver(claim.picking_ids)
        self.assertEqual(claim.state, "done")
        self.assertEqual(len(claim.line_ids.replacement_asset_ids), 1)
        self.assertFalse(self.env["purchase.order"].search([("partner_id", "=", vendor.id)]))
