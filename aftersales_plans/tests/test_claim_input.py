# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimInput(AfterSalesCase):
    """What people enter wrongly: a clear error, nothing lost, nothing double."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.entitlement = cls.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement")

    def approve(self, claim, at="2026-04-06 10:00:00"):
        with freeze_time(at):
            claim.action_approve()
        return claim

    def report(self, *args, at="2026-04-06 10:00:00", **values):
        with freeze_time(at):
            return self.claim(*args, **values)

    def nothing_happened(self, claim):
        self.assertEqual(claim.state, "draft")
        self.assertFalse(claim.move_ids or claim.sale_order_id or claim.usage_id)
        self.assertEqual((self.entitlement.used, self.asset.quantity), (0, 10.0))

    # --- Quantities ---

    def test_none_and_less_than_none_are_refused(self):
        for quantity in (0, -2):
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                with self.cr.savepoint():
                    self.report(self.asset, quantity)

    def test_the_error_of_the_database_is_told_in_words(self):
        constraint = self.env["aftersales.claim.line"]._quantity_positive
        self.assertEqual(
            constraint.get_error_message(self.env["aftersales.claim.line"]),
            "Claim a quantity above zero.",
        )

    def test_more_than_the_asset_holds_is_refused(self):
        with self.assertRefused("10.0 Units were delivered, 11.0 are claimed"):
            self.report(self.asset, 11)

    def test_two_lines_are_no_way_around_it(self):
        claim = self.report(self.asset, 6)
        claim.line_ids = [
            Command.create({"asset_id": self.asset.id, "quantity": 6, "cause_id": self.accident.id})
        ]
        with self.assertRefused("10.0 are there, but 12.0 are claimed"):
            self.approve(claim)
        self.nothing_happened(claim)

    # --- Whose goods ---

    def test_goods_of_another_customer_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRefused("Boiler belongs to Casa Verde, not to Stranger"):
            self.report(self.asset, partner_id=stranger.id)

    def test_goods_of_another_company_are_refused(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.agent.company_ids |= elsewhere
        with self.assertRefused("ompan"):
            self.report(self.asset, company_id=elsewhere.id)

    def test_an_unknown_lot_is_refused(self):
        product, _lot = self.tracked("serial", "S1", 1)
        with freeze_time("2026-03-02 12:00:00"):
            asset = self.sell((product, 1), (self.plan_product, 1)).asset_ids
        wrong = self.env["stock.lot"].create({"name": "S9", "product_id": product.id})
        claim = self.report(asset)
        with self.assertRefused("replaced by the same goods"):
            claim.line_ids.lot_id = wrong
        self.assertEqual(claim.line_ids.lot_id, asset.lot_id)

    # --- When ---

    def test_before_the_start_after_the_end_and_while_suspended_is_charged(self):
        self.asset.sudo().date_delivered = "2026-02-01"  # bought before the plan
        self.asset.warranty_end = "2026-03-01"
        with freeze_time("2026-05-01 10:00:00"):
            self.contract._suspend(date(2026, 5, 10), date(2026, 5, 20))
        for day, paid_by in (
            ("2026-02-28", "billable"),
            ("2026-03-01", "contract"),
            ("2026-05-15", "billable"),
            ("2026-05-21", "contract"),
            ("2027-04-01", "billable"),
        ):
            claim = self.report(self.asset, at=f"{day} 10:00:00")
            self.approve(claim, at=f"{day} 10:00:00")
            self.assertEqual(claim.line_ids.billing_type, paid_by, day)
            if paid_by == "billable":
                self.assertIn("did not run on that day", claim.line_ids.decision_note)
                self.assertEqual(claim.sudo().sale_order_id.amount_untaxed, 500.0)

    # --- What is out of use ---

    def test_returned_scrapped_and_replaced_goods_are_refused(self):
        for status in ("returned", "scrapped", "replaced"):
            claim = self.report(self.asset)
            part = self.asset._split(1)
            part.sudo()._take_out(status, "2026-04-01", "for a test")
            claim.line_ids.asset_id = part
            with self.assertRefused("out of use"):
                self.approve(claim)
            self.assertEqual((claim.state, self.entitlement.used), ("draft", 0))
            self.assertFalse(claim.move_ids)

    # --- No stock ---

    def test_goods_nobody_has_are_waited_for(self):
        shelf = self.warehouse().lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.goods, shelf, -90)
        claim = self.approve(self.report(self.asset))
        picking = claim.sudo().picking_ids
        self.assertEqual((claim.state, picking.state), ("approved", "confirmed"))
        self.assertEqual(self.entitlement.used, 1)
        self.stock_up(self.goods, 1)
        self.deliver(picking)
        self.assertEqual((claim.state, self.entitlement.used), ("done", 1))

    # --- Causes ---

    def test_a_cause_in_use_stays(self):
        claim = self.report(self.asset)
        with self.assertRefused(f"Customer's own accident is named by claim {claim.name}.*Archive"):
            self.accident.with_user(self.manager).unlink()
        self.assertEqual(claim.line_ids.cause_id, self.accident)

    def test_a_cause_is_archived_while_in_use(self):
        claim = self.report(self.asset)
        self.accident.action_archive()
        self.assertNotIn(self.accident, self.env["aftersales.cause"].search([]))
        self.approve(claim)
        self.assertEqual((claim.line_ids.billing_type, self.entitlement.used), ("contract", 1))

    def test_work_of_less_than_nothing_takes_nothing_off_the_bill(self):
        claim = self.report(self.asset)
        for hours in (-10.0, float("nan"), float("inf")):
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                with self.cr.savepoint():
                    claim.labour_hours = hours
                    claim.flush_recordset()

    def test_the_contract_of_another_customer_sets_no_price(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        contract = self.sell((self.goods, 1), (self.plan_product, 1), partner_id=stranger.id)
        claim = self.report(self.asset)
        with self.assertRefused("was sold to Stranger, not to Casa Verde"), self.cr.savepoint():
            claim.contract_id = contract
        seller = new_test_user(self.env, "own-seller", "sales_team.group_sale_salesman")
        contract.user_id = seller
        self.customer.user_id = False
        with self.assertRefused("was sold to Stranger"):
            self.report(self.asset, user=seller, contract_id=contract.id)

    # --- Nothing double ---

    def test_an_approval_that_fails_leaves_nothing_behind(self):
        claim = self.report(self.asset)
        self.warehouse().delivery_route_id.active = False  # no way out of the warehouse
        with self.assertRefused("No rule"):
            self.approve(claim)
        self.nothing_happened(claim)


@tagged("post_install", "-at_install")
class TestClaimQueries(AfterSalesCase):
    """Approving takes as many queries after years of claims as on the first day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.replacements_included = 1000
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 90), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.stock_up(cls.goods, 500)

    def settle(self, number):
        """Leave ``number`` claims of the past behind, shipped and done."""
        for _number in range(number):
            claim = self.claim(self.asset)
            claim.action_approve()
            self.deliver(claim.sudo().picking_ids)

    def queries(self):
        """Return how many queries one more approval takes, with nothing cached."""
        claim = self.claim(self.asset, cause=self.accident)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        claim.action_approve()
        self.env.flush_all()
        taken = self.env.cr.sql_log_count - before
        claim.action_cancel()
        return taken

    def test_approval_takes_the_same_queries_after_twenty_claims_and_fifteen_contracts(self):
        with freeze_time("2026-04-06 10:00:00"):
            self.queries()  # warm up
            self.settle(1)
            few = self.queries()
            self.settle(19)
            many = self.queries()
            self.assertEqual(self.contract.entitlement_ids[:1].used, 20)
            self.assertLessEqual(many - few, 3, (few, many))
            for _number in range(14):
                self.sell((self.goods, 1), (self.plan_product, 1))
            contracts = self.env["aftersales.contract"].search_count(
                [("partner_id", "=", self.customer.id)]
            )
            self.assertEqual(contracts, 15)
            several = self.queries()
            self.assertLessEqual(several - few, 3, (few, several))
