# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_store_credit import StoreCreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCreditInvoice(StoreCreditCommon):
    """An invoice deducts no more credit than it is worth, to the cent (design §5, §6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered = cls._product(
            "Slates", 50.0, invoice_policy="delivery", taxes_id=[Command.set(cls.vat.ids)]
        )
        cls.gravel = cls._product("Gravel", 99.99, invoice_policy="delivery")
        cls.other = cls._product("Sand", 10.0, invoice_policy="delivery")

    def assertInvoiced(self, order):
        self.assertEqual(self._credit_line(order).qty_invoiced, 1.0)
        self.assertEqual(self._credit_line(order).qty_to_invoice, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(sum(order.order_line.mapped("amount_to_invoice")), 0.0)

    # --- The cap -------------------------------------------------------------------------------

    def test_a_first_part_of_60_deducts_60_and_the_next_one_the_rest(self):
        order = self._spend((self.delivered, 50.0, 2.0))
        self.assertEqual(order.amount_total, 20.0)
        self.assertCredit(0.0, 100.0, 100.0)
        first = self._invoice_part(order, Slates=1.0)
        self.assertEqual(first.amount_total, 0.0)
        self.assertEqual(self._credit_line(first).price_total, -60.0)
        self.assertEqual(self._credit_line(first).account_id, self.L)
        self.assertCredit(0.0, 40.0, 40.0)
        self.assertEqual(self._credit_line(order).qty_invoiced, 0.6)
        self.assertEqual(order.invoice_status, "no")  # the rest is not delivered
        second = self._invoice_part(order, Slates=2.0)
        self.assertEqual(second.amount_total, 20.0)
        self.assertEqual(self._credit_line(second).price_total, -40.0)
        self.assertCredit(0.0, 0.0, 0.0)
        self.assertInvoiced(order)

    def test_odd_amounts_come_out_to_the_cent(self):
        order = self._spend((self.delivered, 33.33, 3.0))
        self.assertEqual(order.amount_total, 19.99)
        held = []
        for delivered in (1.0, 2.0, 3.0):
            invoice = self._invoice_part(order, Slates=delivered)
            held.append(-self._credit_line(invoice).price_total)
            self.assertGreaterEqual(invoice.amount_total, 0.0)
            self.assertCredit(0.0, 100.0 - sum(held), 100.0 - sum(held))
        self.assertEqual([round(amount, 2) for amount in held], [40.0, 40.0, 20.0])
        self.assertInvoiced(order)

    def test_no_default_of_a_user_turns_other_lines_into_credit(self):
        defaults = self.env["ir.default"]
        defaults.set("account.move.line", "aftersales_card_id", self.card.id, user_id=True)
        order = self._spend((self.delivered, 50.0, 2.0))
        invoice = self._invoice_part(order, Slates=1.0)
        credit = self._credit_line(invoice)
        self.assertFalse((invoice.line_ids - credit).aftersales_card_id)

    def test_a_cent_that_is_left_is_still_to_invoice(self):
        order = self._spend((self.gravel, 99.99), (self.other, 0.01))
        self.assertEqual(-self._credit_line(order).price_total, 100.0)
        self._invoice_part(order, Gravel=1.0)
        self.assertCredit(0.0, 0.01, 0.01)
        self.assertEqual(self._credit_line(order).qty_invoiced, 0.99)
        last = self._invoice_part(order, Sand=1.0)
        self.assertEqual(self._credit_line(last).price_total, -0.01)
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_prices_that_include_tax_and_discounts(self):
        self.vat.price_include_override = "tax_included"
        order = self._spend((self.delivered, 66.67, 3.0))
        order.order_line[0].discount = 10.0
        first = self._invoice_part(order, Slates=1.0)
        self.assertEqual((first.amount_total, self._credit_line(first).price_total), (0.0, -60.0))
        second = self._invoice_part(order, Slates=3.0)
        self.assertEqual(self._credit_line(second).price_total, -40.0)
        self.assertEqual(first.amount_total + second.amount_total, order.amount_total)
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_two_orders_on_one_invoice_pay_for_their_own_goods(self):
        first = self._spend((self.delivered, 25.0, 2.0))  # 60 with tax
        second = self._spend((self.delivered, 50.0))
        self.assertCredit(0.0, 100.0, 100.0)
        first.order_line[0].qty_delivered = 1.0
        second.order_line[0].qty_delivered = 1.0
        invoice = self._invoice(first | second)
        self.assertEqual(invoice.amount_total, 20.0)
        held = {
            line.aftersales_credit_order_id: line.price_total for line in self._credit_line(invoice)
        }
        self.assertEqual(held, {first: -30.0, second: -40.0})
        self.assertCredit(0.0, 30.0, 30.0)
        self._invoice_part(first, Slates=2.0)
        self.assertInvoiced(first)
        self.assertInvoiced(second)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_a_second_invoice_beside_a_draft_deducts_what_is_left(self):
        order = self._spend((self.delivered, 50.0, 2.0))
        order.order_line[0].qty_delivered = 1.0
        draft = order._create_invoices(final=True)
        order.order_line[0].qty_delivered = 2.0
        other = order._create_invoices(final=True)
        held = [self._credit_line(move).price_total for move in (draft, other)]
        self.assertEqual(held, [-60.0, -40.0])
        self.assertCredit(0.0, 100.0, 100.0)
        (draft | other).action_post()
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_the_last_invoice_gives_back_what_could_not_be_used(self):
        order = self._spend((self.goods_untaxed, 100.0))
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids[0].price_unit = 70.0
        self._credit_line(invoice).price_unit = -70.0
        invoice.action_post()
        self.assertCredit(30.0, 0.0, 30.0)
        self.assertEqual(order.invoice_status, "invoiced")
        invoice.button_draft()
        self.assertCredit(0.0, 100.0, 100.0)

    def test_a_draft_takes_back_no_more_than_is_left(self):
        order = self._spend((self.goods_untaxed, 100.0))
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids[0].price_unit = 70.0
        self._credit_line(invoice).price_unit = -70.0
        invoice.action_post()
        self._spend((self.goods_untaxed, 20.0))
        invoice.button_draft()
        self.assertCredit(0.0, 100.0, 100.0)
        self.assertEqual(order._store_credit_taken()[order, self.card], 80)
        invoice.action_post()
        self.assertCredit(10.0, 20.0, 30.0)

    # --- Down payments -------------------------------------------------------------------------

    def _down(self, order, **vals):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create(vals)
        )
        before = order.invoice_ids
        wizard.create_invoices()
        invoice = order.invoice_ids - before
        invoice.action_post()
        return invoice

    def test_a_down_payment_leaves_the_credit_to_the_final_invoice(self):
        order = self._spend((self.goods, 125.0))  # 150 with tax
        down = self._down(order, advance_payment_method="percentage", amount=30.0)
        self.assertEqual(down.amount_total, 15.0)
        self.assertCredit(0.0, 100.0, 100.0)
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 35.0)
        self.assertEqual(self._credit_line(final).price_total, -100.0)
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_a_prepayment_of_all_leaves_nothing_to_pay(self):
        order = self._spend((self.goods, 125.0))
        down = self._down(order, advance_payment_method="percentage", amount=100.0)
        self.assertEqual(down.amount_total, 50.0)
        final = self._invoice(order)
        self.assertEqual((final.move_type, final.amount_total), ("out_invoice", 0.0))
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_a_down_payment_above_what_is_to_pay_gives_credit_back(self):
        order = self._spend((self.goods, 125.0))
        self._down(order, advance_payment_method="fixed", fixed_amount=60.0)
        final = self._invoice(order)
        self.assertEqual((final.move_type, final.amount_total), ("out_invoice", 0.0))
        self.assertEqual(self._credit_line(final).price_total, -90.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertCredit(10.0, 0.0, 10.0)

    def test_a_down_payment_before_parts(self):
        order = self._spend((self.delivered, 62.5, 2.0))  # 150 with tax
        self._down(order, advance_payment_method="percentage", amount=50.0)  # 25
        first = self._invoice_part(order, Slates=1.0)  # 75 − 25
        self.assertEqual((first.amount_total, self._credit_line(first).price_total), (0.0, -50.0))
        second = self._invoice_part(order, Slates=2.0)
        self.assertEqual(second.amount_total, 25.0)
        self.assertInvoiced(order)
        self.assertCredit(0.0, 0.0, 0.0)

    # --- Posting and taking back ---------------------------------------------------------------

    def test_a_draft_cancelled_or_deleted_invoice_leaves_the_credit_reserved(self):
        order = self._spend((self.goods_untaxed, 60.0))
        invoice = self._invoice(order)
        self.assertCredit(40.0, 0.0, 40.0)
        invoice.button_draft()
        self.assertCredit(40.0, 60.0, 100.0)
        invoice.action_post()
        self.assertCredit(40.0, 0.0, 40.0)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertCredit(40.0, 60.0, 100.0)
        again = self._invoice(order)
        self.assertEqual(self._credit_line(again).price_total, -60.0)
        self.assertCredit(40.0, 0.0, 40.0)
        again.button_draft()
        again.with_context(force_delete=True).unlink()
        self.assertCredit(40.0, 60.0, 100.0)
        self.assertEqual(order.invoice_status, "to invoice")
        self._invoice(order)
        self.assertInvoiced(order)

    def test_nobody_deducts_more_than_the_order_claims(self):
        order = self._spend((self.goods_untaxed, 60.0))
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids[0].price_unit = 90.0
        self._credit_line(invoice).price_unit = -80.0
        with self.assertRefused(UserError, r"claims.*60\.00 only"):
            invoice.with_user(self.biller).action_post()
        invoice.invoice_line_ids[0].price_unit = 50.0
        self._credit_line(invoice).price_unit = -60.0
        with self.assertRefused(UserError, r"Lower the store credit by.*10\.00"):
            invoice.with_user(self.biller).action_post()
        self._credit_line(invoice).price_unit = -50.0
        invoice.with_user(self.biller).action_post()
        self.assertCredit(50.0, 0.0, 50.0)

    def test_the_line_keeps_its_account_tax_and_sign(self):
        order = self._spend((self.goods, 100.0))
        income = self.company_data["default_account_revenue"]
        for vals in (
            {"account_id": income.id},
            {"tax_ids": [Command.set(self.vat.ids)]},
            {"price_unit": 5.0},
        ):
            invoice = order._create_invoices(final=True)
            self._credit_line(invoice).write(vals)
            with self.assertRefused(UserError, "Delete the document and make it again"):
                invoice.action_post()
            invoice.unlink()
        self.assertCredit(0.0, 100.0, 100.0)

    def test_nobody_points_to_a_card_by_hand(self):
        order = self._spend((self.goods_untaxed, 60.0))
        invoice = order._create_invoices(final=True).with_user(self.biller)
        line = invoice.invoice_line_ids[0]
        with self.assertRefused(UserError, "by the order that claims it"):
            line.write({"aftersales_card_id": self.card.id})
        with self.assertRefused(UserError, "by the order that claims it"):
            self._credit_line(invoice).write({"sale_line_ids": [Command.clear()]})
        line.write({"sale_line_ids": [Command.set(line.sale_line_ids.ids)]})  # goods as ever
        forged = (
            self.env["account.move"]
            .with_user(self.biller)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": 100.0}),
                        Command.create(
                            {
                                "name": "Credit",
                                "price_unit": -60.0,
                                "account_id": self.L.id,
                                "tax_ids": [Command.clear()],
                                "aftersales_card_id": self.card.id,
                                "aftersales_credit_order_id": order.id,
                            }
                        ),
                    ],
                }
            )
        )
        self.assertFalse(forged.line_ids.aftersales_card_id)
        with self.assertRefused(UserError, "without a card of store credit"):
            forged.action_post()
        self.assertCredit(40.0, 60.0, 100.0)

    def test_a_copied_invoice_does_not_spend_again(self):
        invoice = self._invoice(self._spend((self.goods_untaxed, 60.0)))
        copy = invoice.copy()
        copy.invoice_date = TODAY
        with self.assertRefused(UserError, "without a card of store credit"):
            copy.action_post()
        self.assertCredit(40.0, 0.0, 40.0)

    def test_salespeople_invoice_and_billing_people_post(self):
        order = self._spend((self.delivered, 50.0, 2.0))
        order.order_line[0].qty_delivered = 1.0
        invoice = order.with_user(self.salesperson)._create_invoices(final=True)
        self.assertEqual(self._credit_line(invoice.sudo()).price_total, -60.0)
        invoice.with_user(self.biller).action_post()
        self.assertCredit(0.0, 40.0, 40.0)

    def test_the_number_of_queries_does_not_grow_with_the_wallet(self):
        def counted(amount):
            order = self._spend((self.goods_untaxed, amount), confirm=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.action_confirm()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        def grow(number):
            for _number in range(number):
                card._grant(1.0, "Small", self.company, kind="other")

        card = self.card.sudo()
        first = card.aftersales_lot_ids
        card._take(first, first.remaining, "taken_back", "Rest", self.company)
        grow(10)
        counted(2.0)
        few = counted(3.0)
        grow(40)
        self.assertLessEqual(counted(40.0), few)

    def test_more_goods_after_the_last_invoice_use_what_is_left_of_the_credit(self):
        order = self._spend((self.goods_untaxed, 80.0)).with_user(self.salesperson)
        goods = order.order_line - self._credit_line(order)
        goods.price_unit = 50.0  # 30.00 of the 80.00 claimed find nothing to pay
        self.assertEqual(self._invoice(order.sudo()).amount_total, 0.0)
        self.assertCredit(50.0, 0.0, 50.0)
        goods.product_uom_qty = 2
        self.assertCredit(20.0, 30.0, 50.0)
        self.assertEqual(order.amount_total, 20.0)
        self.assertEqual(self._invoice(order.sudo()).amount_total, 20.0)
        self.assertCredit(20.0, 0.0, 20.0)

    def test_credit_claimed_again_for_more_goods_keeps_what_invoices_deduct(self):
        order = self._spend((self.goods_untaxed, 60.0)).with_user(self.salesperson)
        self._invoice(order.sudo())
        order.order_line = [
            Command.create({"product_id": self.goods_untaxed.id, "price_unit": 70.0})
        ]
        order.action_open_reward_wizard()
        self.assertEqual(order.amount_total, 30.0)  # 130.00 less all 100.00
        self.assertCredit(0.0, 40.0, 40.0)
        self.assertEqual(self._invoice(order.sudo()).amount_total, 30.0)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_the_reward_button_changes_nothing_on_an_invoiced_order(self):
        order = self._spend((self.goods_untaxed, 160.0)).with_user(self.salesperson)
        self._invoice(order.sudo())
        order.action_open_reward_wizard()
        self.assertEqual(order.amount_total, 60.0)
        self.assertCredit(0.0, 0.0, 0.0)
