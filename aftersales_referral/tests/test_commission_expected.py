# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionExpected(ReferralCommon):
    """What open invoices of referred orders will still bring, on any day (design §5)."""

    def _expected(self, day=TODAY, user=None):
        """Return the rows the list shows as of ``day``."""
        rows = self.env["aftersales.commission.expected"].with_user(user or self.accountant)
        wizard = Form(
            self.env["aftersales.commission.expected.wizard"].with_user(user or self.accountant)
        )
        wizard.date = day
        action = wizard.save().action_show()
        return rows.search(action["domain"])

    def assertExpected(self, rows, **amounts):
        found = {name: sum(rows.mapped(f"{name}_amount")) for name in amounts}
        for name, amount in amounts.items():
            self.assertAlmostEqual(found[name], amount, places=2, msg=name)

    def test_an_unpaid_invoice_is_expected_to_bring_the_whole_reward(self):
        order = self._order()
        invoice = self._invoice(order)
        row = self._expected()
        self.assertRecordValues(
            row,
            [
                {
                    "date": date(2027, 3, 15),
                    "order_id": order.id,
                    "invoice_id": invoice.id,
                    "partner_id": self.customer.id,
                    "referrer_id": self.referrer.id,
                    "referral_id": order.referral_id.id,
                    "user_id": self.salesperson.id,
                    "date_due": invoice.invoice_date_due,
                    "open_amount": 1200.0,
                    "base_amount": 1000.0,
                    "rate": 15.0,
                    "expected_amount": 150.0,
                    "ledger_amount": 0.0,
                    "to_come_amount": 150.0,
                }
            ],
        )
        self.assertEqual(row.action_open_invoice()["res_id"], invoice.id)

    def test_what_is_paid_is_in_the_ledger_already(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self.assertExpected(self._expected(), open=600.0, expected=150.0, ledger=75.0, to_come=75.0)
        self._pay(invoice)
        self.assertFalse(self._expected())

    def test_a_past_day_is_shown_as_it_was(self):
        with freeze_time("2027-03-20"):
            order = self._order()
            invoice = self._invoice(order)
        with freeze_time("2027-03-25"):
            self._pay(invoice, 600.0)
        with freeze_time("2027-04-05"):
            self._pay(invoice)
        self.assertFalse(self._expected("2027-03-19"))
        self.assertExpected(self._expected("2027-03-24"), ledger=0.0, to_come=150.0, open=1200.0)
        self.assertExpected(self._expected("2027-03-31"), ledger=75.0, to_come=75.0, open=600.0)
        self.assertFalse(self._expected("2027-04-05"))

    def test_a_credit_note_of_a_later_day_does_not_count_yet(self):
        with freeze_time("2027-03-20"):
            order = self._order()
            invoice = self._invoice(order)
        with freeze_time("2027-04-05"):
            self._reconcile(invoice, self._credit(invoice))
        self.assertExpected(self._expected("2027-03-31"), to_come=150.0)
        self.assertFalse(self._expected("2027-04-05"))

    def test_what_was_paid_by_then_and_recorded_later_is_to_be_accrued_too(self):
        with freeze_time("2027-03-20"):
            order = self._order()
            invoice = self._invoice(order)
        with freeze_time("2027-04-02"):  # March's bank statement is entered in April
            self._pay(invoice, payment_date="2027-03-30")
        row = self._expected("2027-03-31")
        self.assertExpected(row, open=0.0, expected=150.0, ledger=0.0, to_come=150.0)
        self.assertEqual(row.invoice_id, invoice)
        self.assertFalse(self._expected("2027-04-02"))

    def test_several_open_invoices_of_an_order_are_split_by_what_is_open(self):
        order = self._order()
        first = self._down_payment(order, 30)
        last = self._invoice(order)
        self._pay(first, 60.0)
        rows = self._expected()
        self.assertEqual(rows.invoice_id, first | last)
        by_invoice = {row.invoice_id: row for row in rows}
        self.assertEqual([by_invoice[first].open_amount, by_invoice[last].open_amount], [300, 840])
        self.assertExpected(rows, expected=150.0, ledger=7.5, to_come=142.5, base=1000.0)
        self.assertExpected(by_invoice[first], to_come=37.5)
        self.assertExpected(by_invoice[last], to_come=105.0)

    def test_a_credit_note_that_is_open_reduces_what_is_expected(self):
        order = self._order()
        invoice = self._invoice(order)
        self._credit(invoice, 200.0)
        self.assertExpected(self._expected(), base=800.0, expected=120.0, to_come=120.0)

    def test_foreign_currency_is_shown_in_the_companys(self):
        euro = self.setup_other_currency("EUR", rates=[("2027-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "E", "currency_id": euro.id})
        order = self._order(pricelist_id=pricelist.id)
        self._pay(self._invoice(order), 600.0)
        row = self._expected()
        self.assertEqual(row.currency_id, self.company.currency_id)
        self.assertExpected(
            row, open=1200.0, base=2000.0, expected=300.0, ledger=150.0, to_come=150.0
        )

    def test_an_invoice_of_two_orders_is_shared_by_them(self):
        orders = self._order() | self._order(
            (self.goods_untaxed, 400.0), referrer=self.env["res.partner"]
        )
        invoice = orders._create_invoices(final=True)
        invoice.invoice_date = TODAY
        invoice.action_post()
        self._pay(invoice, 800.0)
        row = self._expected()
        self.assertEqual(row.order_id, orders[0])
        self.assertExpected(row, open=600.0, expected=150.0, ledger=75.0)

    def test_a_rejected_referral_brings_nothing(self):
        order = self._order()
        self._pay(self._invoice(order), 600.0)
        order.referral_id.reject_reason = "Neighbours of old"
        order.referral_id.action_reject()
        self.assertFalse(self._expected())

    def test_the_rules_of_the_ledger_decide_what_is_expected(self):
        """Whatever limits a target limits what is expected: both come from one method."""
        self._invoice(self._order())
        plain = type(self.Commission)._targets

        def at_most_100(ledger, facts):
            return {key: min(100.0, amount) for key, amount in plain(ledger, facts).items()}

        with patch.object(type(self.Commission), "_targets", at_most_100):
            self.assertExpected(self._expected(), expected=100.0, to_come=100.0)

    def test_a_payment_afterwards_earns_what_was_expected(self):
        orders = self.env["sale.order"]
        for price in (333.33, 100.01, 999.99):
            customer = self.env["res.partner"].create({"name": f"Customer {price}"})
            orders |= self._order((self.goods, price), partner=customer)
        for order in orders:
            self._invoice(order)
        expected = {row.order_id: row.to_come_amount for row in self._expected()}
        for order in orders:
            self._pay(order.invoice_ids)
            self.assertEarned(order, expected[order])

    def test_more_orders_need_no_more_queries(self):
        Expected = self.env["aftersales.commission.expected"].sudo()
        orders = []
        for number in range(6):
            customer = self.env["res.partner"].create({"name": f"Customer {number}"})
            orders.append(self._order(partner=customer))
            self._pay(self._invoice(orders[-1]), 600.0)
        ids = [order.id for order in orders]

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some = self.env["sale.order"].sudo().browse(ids[:count])
            self.assertEqual(len(Expected._prepare_rows(some, date(2027, 3, 15))), count)
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(6), queries(2))

    def test_nothing_is_posted_and_no_row_is_written(self):
        self._invoice(self._order())
        rows, entries = self.Commission.search_count([]), self.env["account.move"].search_count([])
        self._expected()
        self.assertEqual(self.Commission.search_count([]), rows)
        self.assertEqual(self.env["account.move"].search_count([]), entries)

    # --- People --------------------------------------------------------------------------------

    def test_only_accountants_see_it_and_each_his_own_list(self):
        self._invoice(self._order())
        rows = self._expected()
        other = self._user("otto", "aftersales_plans.group_accountant")
        self.assertFalse(rows.with_user(other).search([("id", "in", rows.ids)]))
        self.assertEqual(len(self._expected(user=other)), 1)
        manager = self._user("mara", "aftersales_plans.group_manager")
        for user in (manager, self.salesperson, self.biller):
            self.assertFalse(rows.with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                self._expected(user=user)

    def test_each_company_shows_its_own_orders(self):
        self._invoice(self._order())
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "stranger",
            "aftersales_plans.group_accountant",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self._expected(user=stranger))
