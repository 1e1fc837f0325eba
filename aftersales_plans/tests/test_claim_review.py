# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestClaimReview(AfterSalesCase):
    """What a claim holds against changes of its header, of the calendar and of its documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 4), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids

    def report(self, *args, at="2026-04-01 10:00:00", **values):
        with freeze_time(at):
            return self.claim(*(args or (self.asset,)), **values)

    def approve(self, *args, at="2026-04-01 10:00:00", **values):
        claim = self.report(*args, at=at, **values)
        with freeze_time(at):
            claim.action_approve()
        return claim

    def test_goods_of_one_customer_do_not_go_to_another(self):
        claim = self.report()
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRefused("belongs to Casa Verde, not to Other"):
            claim.partner_id = other

    def test_the_first_hours_of_a_contract_year_are_covered(self):
        self.contract.sudo().duration_months = 24
        with freeze_time("2026-03-01 12:00:00"):
            self.contract._reschedule()
        claim = self.approve(at="2027-03-01 00:30:00")
        self.assertEqual(claim.line_ids.billing_type, "contract")
        self.assertEqual(str(claim.entitlement_id.date_start), "2027-03-01")
        self.assertEqual(claim.entitlement_id.used, 1)

    def test_the_contract_follows_the_day_when_it_is_corrected(self):
        old = self.contract
        with freeze_time("2027-03-01 10:00:00"):
            old.sudo()._close("expired")
            renewed = self.sell((self.goods, 1), (self.plan_product, 1))
        renewed.sudo().asset_ids |= self.asset
        claim = self.report(at="2027-03-05 10:00:00")
        self.assertEqual(claim.contract_id, renewed)
        claim.date_occurred = old.date_end
        self.assertEqual(claim.contract_id, old)

    def test_nothing_breaks_after_it_was_reported_or_before_it_was_delivered(self):
        with self.assertRefused("reported on .*04/01/2026, before 04/02/2026"):
            self.report(date_occurred="2026-04-02")
        with self.assertRefused("delivered on 03/01/2026, after 02/28/2026"):
            self.report(date_occurred="2026-02-28")
        claim = self.report(date_occurred="2026-03-01")
        with self.assertRefused("delivered on"):
            claim.date_occurred = "2026-02-28"

    def test_a_call_out_does_not_keep_the_goods_from_being_replaced(self):
        nothing = self.env.ref("aftersales_plans.cause_no_fault")
        call = self.approve(self.asset, 4, nothing)
        self.assertEqual((call.state, call.line_ids.billing_type), ("approved", "billable"))
        self.assertEqual(self.approve(self.asset, 4).line_ids.billing_type, "contract")

    def test_a_deleted_quotation_ends_the_claim(self):
        self.contract.sudo().entitlement_ids.included = 0
        claim = self.approve()
        self.assertEqual((claim.state, claim.line_ids.billing_type), ("approved", "billable"))
        claim.sudo().sale_order_id.unlink()
        self.assertEqual((claim.state, claim.sudo().sale_order_id.ids), ("cancelled", []))

    def test_a_claim_refused_after_reopening_is_done_and_not_withdrawn(self):
        self.contract.sudo().over_quota_policy = "refuse"
        claim = self.approve()
        claim.action_cancel()
        self.contract.sudo().entitlement_ids.included = 0
        claim.action_reopen()
        with freeze_time("2026-04-02 10:00:00"):
            claim.action_approve()
        self.assertEqual((claim.state, claim.line_ids.billing_type), ("done", "refused"))

    def test_a_unit_lent_for_a_joined_report_is_lent_for_the_claim_that_remains(self):
        first, second = self.report(), self.report()
        second.action_submit()
        transfer = second._lend(self.goods, 1, self.env["stock.lot"])
        first.action_join()
        self.assertEqual((second.state, second.sudo().move_ids.ids), ("cancelled", []))
        self.assertEqual(first.sudo().move_ids, transfer.sudo().move_ids)
        self.deliver(transfer.sudo())
        self.assertTrue(first.loan_out)

    def test_without_a_responsible_a_plan_manager_takes_the_lent_unit_back(self):
        storekeeper = new_test_user(self.env, "t-store", "stock.group_stock_user")
        claim = self.report(user_id=False)
        claim.action_submit()
        self.deliver(claim._lend(self.goods, 1, self.env["stock.lot"]).sudo())
        claim.action_approve()
        shipped = claim.sudo().picking_ids.filtered(lambda picking: picking.state != "done")
        shipped.with_user(storekeeper).sudo(False).button_validate()
        self.assertEqual(claim.state, "done")
        users = claim.sudo().activity_ids.user_id
        self.assertIn(self.manager, users)
        self.assertNotIn(storekeeper, users)

    def test_a_salesperson_reads_the_value_of_own_customers_only(self):
        seller = new_test_user(self.env, "t-sales", "sales_team.group_sale_salesman")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-20",
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 1234.0, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        fields = {"partner_id": {}, "company_id": {}, "customer_value": {}}
        values = {"partner_id": self.customer.id, "company_id": self.company.id}

        def seen():
            claims = self.env["aftersales.claim"].with_user(seller)
            with freeze_time("2026-04-01 10:00:00"):
                answer = claims.onchange(values, ["partner_id"], fields)["value"]
            return answer.get("customer_value", 0.0)

        self.assertEqual(seen(), 0.0)
        self.customer.user_id = seller
        self.env.invalidate_all()
        self.assertEqual(seen(), 1234.0)
