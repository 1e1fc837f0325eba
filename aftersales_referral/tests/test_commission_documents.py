# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionDocuments(ReferralCommon):
    """Unusual documents and payments earn what the formula of design §5 says, to the cent."""

    def _posted(self, invoice):
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        return invoice

    def _partner(self, name):
        return self.env["res.partner"].create({"name": name})

    def _bank_line(self, amount):
        """Return the suspense line of a bank statement line, ready to settle an invoice."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "amount": amount,
                "date": TODAY,
                "payment_ref": "bank",
                "partner_id": self.customer.id,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.company_data["default_account_receivable"]
        return suspense

    # --- Prices and taxes ----------------------------------------------------------------------

    def test_a_line_discount_of_10_percent(self):
        order = self._order(confirm=False)
        order.order_line.discount = 10.0
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 1080.0)
        self._pay(invoice)
        self.assertEarned(order, 135.0)

    def test_prices_that_include_the_tax(self):
        included = self.vat.copy({"name": "VAT included", "price_include_override": "tax_included"})
        goods = self._product("Tiles", 1200.0, taxes_id=[Command.set(included.ids)])
        order = self._order((goods, 1200.0))
        invoice = self._invoice(order)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (1000.0, 1200.0))
        self._pay(invoice, 600.0)
        self.assertEarned(order, 75.0)
        self._pay(invoice)
        self.assertEarned(order, 150.0)

    def test_rounding_the_tax_per_line_or_per_document(self):
        tax = self.vat.copy({"name": "VAT 5", "amount": 5.0})
        goods = self._product("Nails", 1.05, taxes_id=[Command.set(tax.ids)])
        for method, total, half in (
            ("round_per_line", 3.30, 0.14),  # 15 % × 3.15 × 1.00 ÷ 3.30 = 0.143…
            ("round_globally", 3.31, 0.14),  # 15 % × 3.15 × 1.00 ÷ 3.31 = 0.142…
        ):
            self.company.tax_calculation_rounding_method = method
            order = self._order(*[(goods, 1.05)] * 3, partner=self._partner(method))
            invoice = self._invoice(order)
            self.assertAlmostEqual(invoice.amount_total, total)
            self._pay(invoice, 1.0)
            self.assertEarned(order, half)
            self._pay(invoice)
            self.assertEarned(order, 0.47)  # 15 % × 3.15 = 0.4725

    def test_cash_rounding_changes_what_is_to_pay_not_what_earns(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "to 10",
                "rounding": 10.0,
                "strategy": "add_invoice_line",
                "rounding_method": "HALF-UP",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        order = self._order((self.goods, 1003.0))
        invoice = order._create_invoices(final=True)
        invoice.invoice_cash_rounding_id = rounding
        self._posted(invoice)
        self.assertEqual(invoice.amount_total, 1200.0)  # 1,203.60 rounded
        self._pay(invoice, 600.0)
        self.assertEarned(order, 75.23)  # 15 % × 1,003 ÷ 2 = 75.225
        self._pay(invoice)
        self.assertEarned(order, 150.45)

    def test_a_fiscal_position_without_tax(self):
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        none = self.vat.copy({"name": "VAT 0", "amount": 0.0})
        none.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": self.vat.ids})
        order = self._order(fiscal_position_id=abroad.id)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 1000.0)
        self._pay(invoice, 500.0)
        self.assertEarned(order, 75.0)

    def test_cash_basis_taxes(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = self.vat.copy(
            {
                "name": "VAT on payment",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        goods = self._product("Tiles", 1000.0, taxes_id=[Command.set(tax.ids)])
        order = self._order((goods, 1000.0))
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self.assertEarned(order, 75.0)
        self._pay(invoice)
        self.assertTrue(invoice.tax_cash_basis_created_move_ids)
        self.assertEarned(order, 150.0)

    def test_currencies_with_no_and_with_three_decimals(self):
        for code, price, part, earned_part, earned in (
            ("JPY", 1003.0, 333.0, 50.0, 150.0),  # 49.95 and 150.45
            ("KWD", 10.005, 5.0, 0.75, 1.501),  # 0.75 and 1.50075
        ):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            company = self.setup_other_company(name=code, currency_id=currency.id)["company"]
            company.aftersales_hold_days = 0
            self.env.user.company_ids |= company
            env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
            plan = env["aftersales.plan"].create(
                {"name": "VIP", "code": f"V{code}", "referral_percent": 15.0}
            )
            self._contract(self.referrer, plan, company)
            order = env["sale.order"].create(
                {"partner_id": self._partner(code).id, "referrer_id": self.referrer.id}
            )
            order.order_line = [
                Command.create({"product_id": self.goods_untaxed.id, "price_unit": price})
            ]
            order.order_line.tax_ids = False
            order.action_confirm()
            self.assertEqual(order.currency_id, currency)
            invoice = self._invoice(order)
            self._pay(invoice, part)
            self.assertAlmostEqual(self._earned(order), earned_part, places=3)
            self._pay(invoice)
            self.assertAlmostEqual(self._earned(order), earned, places=3)
            self.env.flush_all()
            self.assertEqual(self.Commission._check_invariants(company), [])

    # --- Which documents -----------------------------------------------------------------------

    def test_two_invoices_of_one_order(self):
        self.goods.invoice_policy = "delivery"
        order = self._order(confirm=False)
        order.order_line.product_uom_qty = 2
        order.action_confirm()
        self._deliver(order, quantity=1)
        first = self._invoice(order)
        self.assertEqual(first.amount_total, 1200.0)
        self._pay(first)
        self.assertEarned(order, 150.0)
        self._deliver(order)
        second = self._invoice(order)
        self.assertEarned(order, 150.0)  # 15 % × 2,000 × 1,200 ÷ 2,400
        self._pay(second, 600.0)
        self.assertEarned(order, 225.0)
        self._pay(second)
        self.assertEarned(order, 300.0)

    def test_a_line_added_after_invoicing(self):
        order = self._order()
        self._pay(self._invoice(order))
        order.order_line = [Command.create({"product_id": self.goods.id, "price_unit": 500.0})]
        self.assertEarned(order, 150.0)
        second = self._invoice(order)
        self.assertEqual(second.amount_total, 600.0)
        self.assertEarned(order, 150.0)
        self._pay(second)
        self.assertEarned(order, 225.0)

    def test_an_invoice_posted_again_with_another_amount(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        invoice.button_draft()
        self.assertEarned(order, 0.0)
        invoice.invoice_line_ids.price_unit = 800.0
        invoice.action_post()
        self._reconcile(invoice, payment.move_id)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEarned(order, 120.0)
        self.assertEqual(self._rows(order).mapped("amount"), [150.0, -150.0, 120.0])

    def test_a_line_deleted_from_the_draft_invoice(self):
        order = self._order((self.goods, 1000.0), (self.goods, 500.0))
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids.filtered(lambda line: line.price_unit == 500.0).unlink()
        self._pay(self._posted(invoice))
        self.assertEarned(order, 150.0)

    def test_a_line_deleted_from_an_order_that_was_credited(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        self._pay(self._credit(invoice))
        self.assertEarned(order, 0.0)
        order._action_cancel()
        order.action_draft()
        order.order_line.unlink()
        self.Commission.sudo()._settle(order.sudo())
        self.assertEarned(order, 0.0)
        self.assertEqual(self._rows(order).mapped("amount"), [150.0, -150.0])
        self.assertEqual(self._rows(order)[0].evidence_ids.document, invoice.name)

    def test_a_receipt_of_the_order_counts_like_an_invoice(self):
        order = self._order()
        receipt = self.env["account.move"].create(
            {
                "move_type": "out_receipt",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create(order.order_line._prepare_invoice_line())],
            }
        )
        self._posted(receipt)
        self.assertEqual(receipt.amount_total, 1200.0)
        self._pay(receipt, 600.0)
        self.assertEarned(order, 75.0)

    def test_a_credit_note_that_is_used_in_part(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 1100.0)
        self.assertEarned(order, 137.5)
        note = self._credit(invoice, 200.0)
        self._reconcile(invoice, note)
        self.assertEqual((invoice.amount_residual, note.amount_residual), (0.0, 140.0))
        self.assertEarned(order, 120.0)
        self._pay(note)
        self.assertEarned(order, 120.0)

    # --- Which money ---------------------------------------------------------------------------

    def test_a_credit_note_used_on_another_order_goes_back_to_draft(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        note = self._credit(invoice, 200.0)
        other = self._order(
            (self.goods, 500.0), partner=self.env["res.partner"].create({"name": "Nora"})
        )
        self._reconcile(self._invoice(other), note)
        self.assertEarned(other, 30.0)
        note.button_draft()
        self.assertEarned(other, 0.0)
        note.action_post()
        self.assertEarned(other, 30.0)
        self.assertEarned(order, 120.0)

    def test_an_over_payment_that_is_given_back(self):
        order = self._order()
        payment = self._pay(self._invoice(order), 1500.0)
        self.assertEarned(order, 150.0)
        refund = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 300.0,
            }
        )
        refund.action_post()
        self._reconcile(payment.move_id, refund.move_id)
        self.assertEarned(order, 150.0)

    def test_a_payment_that_is_cancelled(self):
        order = self._order()
        payment = self._pay(self._invoice(order))
        payment.action_draft()
        self.assertEarned(order, 0.0)
        payment.action_cancel()
        self.assertEarned(order, 0.0)

    def test_a_bank_statement_line_settles_the_invoice(self):
        order = self._order()
        invoice = self._invoice(order)
        line = self._bank_line(600.0)
        (
            line + invoice.line_ids.filtered(lambda one: one.account_id == line.account_id)
        ).reconcile()
        self.assertEqual(invoice.amount_residual, 600.0)
        self.assertEarned(order, 75.0)

    def test_a_payment_that_the_bank_confirms_later(self):
        order = self._order()
        payment = self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)
        outstanding = payment.move_id.line_ids.filtered(
            lambda one: one.account_id == payment.outstanding_account_id
        )
        line = self._bank_line(1200.0)
        line.account_id = payment.outstanding_account_id
        (line + outstanding).reconcile()
        self.assertTrue(outstanding.reconciled)
        self.assertEarned(order, 150.0)

    def test_a_payment_reset_to_draft_and_posted_again(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice, 600.0)
        payment.action_draft()
        self.assertEarned(order, 0.0)
        payment.action_post()
        self._reconcile(invoice, payment.move_id)
        self.assertEarned(order, 75.0)

    def test_an_early_payment_discount_on_the_net_or_on_a_lower_tax(self):
        for mode, total, paid, earned in (
            ("excluded", 1200.0, 1180.0, 147.5),  # 15 % × 1,000 × 1,180 ÷ 1,200
            ("mixed", 1196.0, 1176.0, 147.49),  # 15 % × 1,000 × 1,176 ÷ 1,196
        ):
            term = self.env["account.payment.term"].create(
                {
                    "name": mode,
                    "early_discount": True,
                    "discount_days": 10,
                    "discount_percentage": 2.0,
                    "early_pay_discount_computation": mode,
                    "line_ids": [Command.create({"value": "percent", "value_amount": 100.0})],
                }
            )
            order = self._order(payment_term_id=term.id, partner=self._partner(mode))
            invoice = self._invoice(order)
            self.assertEqual(invoice.amount_total, total)
            self.assertEqual(self._pay(invoice).amount, paid)
            self.assertEqual(invoice.payment_state, "paid")
            self.assertEarned(order, earned)

    def test_two_invoices_paid_by_one_bank_line(self):
        orders = [self._order(partner=self.customer) for _number in range(1)]
        other = self._order((self.goods, 500.0), partner=self._partner("Nora"))
        invoices = self._invoice(orders[0]) + self._invoice(other)
        line = self._bank_line(1500.0)
        receivable = invoices.line_ids.filtered(lambda one: one.account_id == line.account_id)
        (line + receivable).reconcile()
        self.assertEarned(orders[0], 150.0)
        self.assertEarned(other, 37.5)  # 300 of 600

    def test_a_down_payment_invoice_that_is_credited(self):
        order = self._order()
        down = self._down_payment(order, 50.0)
        self._pay(down)
        self.assertEarned(order, 75.0)
        self._pay(self._credit(down))
        self.assertEarned(order, 0.0)
