"""The STANDARD story: the second replacement of the year is paid for."""

from odoo.tests import TransactionCase, freeze_time, tagged

from .stories.standard import StandardStory


@tagged("post_install", "-at_install")
class TestStandardStory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-16 10:00:00"):
            cls.story = StandardStory(cls.env).tell()
        cls.first, cls.second = cls.story.contract.claim_ids.sorted("id")

    def test_the_plan_promises_one_visit_and_one_replacement(self):
        included = {e.kind: e.included for e in self.story.contract.entitlement_ids}
        self.assertEqual(included, {"visit": 1, "replacement": 1})
        self.assertEqual(self.story.contract.referral_percent, 10.0)

    def test_the_first_claim_was_free(self):
        self.assertRecordValues(
            self.first.line_ids, [{"billing_type": "contract", "price_unit": 0.0}]
        )
        self.assertEqual(self.first.picking_ids.state, "done")

    def test_the_second_was_billed_at_list_price_and_paid(self):
        self.assertRecordValues(
            self.second.line_ids, [{"billing_type": "billable", "price_unit": 10.0}]
        )
        self.assertFalse(self.second.picking_ids)
        quotation = self.second.sale_order_id
        self.assertEqual((quotation.state, quotation.amount_untaxed), ("sale", 10.0))
        self.assertEqual(quotation.invoice_ids.payment_state, "paid")
        self.assertEqual(self.second.state, "done")

    def test_the_quota_was_used_once(self):
        replacements = self.story.contract.entitlement_ids.filtered(
            lambda e: e.kind == "replacement"
        )
        self.assertEqual((replacements.used, replacements.remaining), (1, 0))
