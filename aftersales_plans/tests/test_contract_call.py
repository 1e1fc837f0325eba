# SPDX-License-Identifier: LGPL-3.0-or-later
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common_renewal import RenewalOfferCase


@tagged("post_install", "-at_install")
class TestContractCall(RenewalOfferCase):
    """What stands on the screen before somebody calls about a contract (60)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-01 10:00:00"):
            cls.contract = cls.contract_until()

    @freeze_time("2026-06-01 10:00:00")
    def test_nothing_is_said_where_there_is_nothing_to_know(self):
        self.assertFalse(self.contract.call_facts)

    @freeze_time("2026-11-01 10:00:00")
    def test_discount_and_deadline_rest_and_open_claims_are_said(self):
        self.run_daily()
        order = self.contract._renewal_order()
        self.claim(self.contract.asset_ids)
        self.contract._suspend(self.day("2026-11-10"), self.day("2026-11-14"))
        self.env.invalidate_all()
        for user in (self.agent, self.manager):
            facts = str(self.contract.with_user(user).call_facts).replace("&nbsp;", "\xa0")
            for words in (
                f"{order.name}: Gold for $\xa01,134.00 instead of $\xa01,260.00, until December 1",
                "Suspended from November 10, 2026 to November 14, 2026",
                "Open claims: 1",
                "Renewal: 5 % more a year, 10 % off",
            ):
                self.assertIn(words, facts)

    @freeze_time("2026-06-01 10:00:00")
    def test_an_early_end_that_was_agreed_is_said(self):
        self.contract._give_notice(self.day("2026-08-31"), self.reason)
        self.assertIn("Ends early on August 31, 2026.", self.contract.call_facts)
        self.assertEqual(self.contract.call_label, "Ends early on August 31, 2026.")

    @freeze_time("2026-11-01 10:00:00")
    def test_of_a_quotation_for_two_each_contract_tells_its_own(self):
        other = self.contract_until()
        order = self.contract._make_renewal()
        order.order_line = [Command.create(other._prepare_renewal_line(self.plan_product, order))]
        self.env.invalidate_all()
        self.assertEqual(len(self.contract._call_terms()), 1)
        self.assertEqual(len(other._call_terms()), 1)

    @freeze_time("2026-11-01 10:00:00")
    def test_going_on_by_itself_and_money_owed_are_said(self):
        self.contract.sudo().renewal_policy = "auto"
        self.contract._note_consent(True, self.customer, "paper", "Form")
        self.run_daily()
        facts = self.contract._call_terms()
        self.assertIn("It goes on by itself unless the customer leaves.", facts)
        with freeze_time("2026-01-02 10:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
            invoice.invoice_date_due = "2026-01-02"
            invoice.action_post()
        self.env.invalidate_all()
        self.assertEqual(self.contract.payment_status, "overdue")
        self.assertIn("Payment: Overdue.", self.contract._call_warnings())
