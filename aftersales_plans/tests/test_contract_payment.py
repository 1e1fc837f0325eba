# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestContractPayment(AfterSalesCase):
    """A plan invoiced on 2 March 2026, to be paid by 1 April, still unpaid on the 6th."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 5), (cls.plan_product, 1))
        with freeze_time("2026-03-02 12:00:00"):
            cls.invoice = cls.contract.sale_order_id._create_invoices()
            cls.invoice.write({"invoice_date": "2026-03-02", "invoice_date_due": "2026-04-01"})
            cls.invoice.action_post()

    def approve(self, day, cause=None):
        with freeze_time(f"{day} 10:00:00"):
            self.env.invalidate_all()
            claim = self.claim(self.contract.asset_ids, cause=cause)
            claim.action_approve()
        return claim

    def test_held_benefits_are_given_once_the_plan_is_paid(self):
        self.contract.benefits_require_payment = "hold"
        self.assertEqual(self.approve("2026-04-01").line_ids.billing_type, "contract")
        with self.assertRefused(f"{self.invoice.name} is overdue.: its benefits are held"):
            self.approve("2026-04-06")
        self.assertEqual(sum(self.contract.entitlement_ids.mapped("used")), 1)
        with freeze_time("2026-04-06 12:00:00"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=self.invoice.ids
            ).create({}).action_create_payments()
        self.assertEqual(self.approve("2026-04-06").line_ids.billing_type, "contract")

    def test_the_guarantee_the_law_gives_is_never_held(self):
        self.contract.benefits_require_payment = "hold"
        claim = self.approve("2026-04-06", cause=self.defect)
        self.assertEqual(claim.line_ids.billing_type, "warranty")

    def test_a_warning_is_shown_and_nothing_held(self):
        claim = self.approve("2026-04-06")
        with freeze_time("2026-04-06 12:00:00"):
            self.env.invalidate_all()
            self.assertIn(f"{self.invoice.name} is overdue", claim.payment_warning)
            self.assertIn("all the same", self.contract.payment_warning)

    def test_terms_may_not_ask_for_payment(self):
        self.contract.benefits_require_payment = "no"
        claim = self.approve("2026-04-06")
        self.assertFalse(claim.payment_warning)

    def test_the_warning_names_the_invoices_that_are_overdue_and_no_other(self):
        order = self.contract.sale_order_id
        plan_line = order.order_line.filtered("aftersales_plan_id")
        with freeze_time("2026-04-06 10:00:00"):
            copies = [self.invoice.copy() for _number in range(3)]
            for copy in copies:
                copy.invoice_line_ids.sale_line_ids = plan_line
            _draft, cancelled, later = copies
            cancelled.button_cancel()
            later.write({"invoice_date": "2026-04-06", "invoice_date_due": "2026-05-06"})
            later.action_post()
            self.env.invalidate_all()
            self.assertEqual(len(self.contract.invoice_ids), 4)
            self.assertIn(f"({self.invoice.name} is overdue)", self.contract.payment_warning)
