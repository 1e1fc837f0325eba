# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_store_credit import StoreCreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCreditNote(StoreCreditCommon):
    """A credit note gives back its credit line once, pro rata by default (design §5, §6)."""

    def _sold(self, *lines, **vals):
        """Return a posted invoice over 200 net, of which 100 are paid with credit."""
        order = self._spend(*(lines or [(self.goods_untaxed, 100.0, 2.0)]), **vals)
        return order, self._invoice(order)

    def test_half_of_the_goods_brings_half_of_the_credit_back(self):
        order, invoice = self._sold()
        self.assertCredit(0.0, 0.0, 0.0)
        note = self._reverse(invoice).with_user(self.biller)
        self.assertEqual(self._credit_line(note.sudo()).price_total, -100.0)
        note.invoice_line_ids[0].quantity = 1.0
        self.assertEqual(self._credit_line(note.sudo()).price_total, -50.0)
        self.assertEqual(note.amount_total, 50.0)
        self.assertIn("50.00 goes back to the store credit of Rita", note.aftersales_credit_message)
        note.action_post()
        self.assertCredit(50.0, 0.0, 50.0)
        last = self.card.history_ids.search([("card_id", "=", self.card.id)], limit=1)
        self.assertEqual((last.issued, last.used), (50.0, 0.0))
        self.assertIn(note.name, last.description)
        order._action_cancel()
        self.assertCredit(50.0, 0.0, 50.0)

    def test_the_accountant_sees_it_before_he_saves(self):
        _order, invoice = self._sold()
        note = self._reverse(invoice)
        with Form(note) as form:
            with form.invoice_line_ids.edit(0) as line:
                line.quantity = 1.0
            with form.invoice_line_ids.edit(1) as line:
                self.assertEqual(line.price_unit, -50.0)
        self.assertEqual(self._credit_line(note).price_total, -50.0)
        self.assertFalse(self._credit_line(note).aftersales_credit_by_hand)
        with Form(note) as form, form.invoice_line_ids.edit(0) as line:
            line.quantity = 0.5
        self.assertEqual(self._credit_line(note).price_total, -25.0)

    def test_each_document_says_what_its_credit_does(self):
        _order, invoice = self._sold()
        owner = self.referrer.display_name

        def said(move):
            return (move.aftersales_credit_message or "").replace("\N{NO-BREAK SPACE}", " ")

        self.assertEqual(said(invoice), f"$ 100.00 is paid with store credit of {owner}.")
        self.assertEqual(invoice._store_credit_proposals(), {})
        note = self._reverse(invoice)
        self.assertIn("Once confirmed, $ 100.00 goes back to the store credit of", said(note))
        note.action_post()
        self.assertEqual(said(note), f"$ 100.00 went back to the store credit of {owner}.")
        self.assertEqual(note._store_credit_proposals(), {})

    def test_somebody_types_what_goes_back(self):
        _order, invoice = self._sold()
        note = self._reverse(invoice)
        note.invoice_line_ids[0].quantity = 1.0
        with Form(note) as form, form.invoice_line_ids.edit(1) as line:
            line.price_unit = -80.0
        note.invoice_line_ids[0].quantity = 1.5
        self.assertEqual(self._credit_line(note).price_total, -80.0)
        note.action_post()
        self.assertCredit(80.0, 0.0, 80.0)
        rest = self._reverse(invoice)
        rest.invoice_line_ids[0].quantity = 0.5
        self.assertEqual(self._credit_line(rest).price_total, -20.0)
        self._credit_line(rest).price_unit = -30.0
        with self.assertRefused(UserError, r"gives back.*30\.00.*hold.*20\.00"):
            rest.action_post()
        self._credit_line(rest).price_unit = -20.0
        rest.action_post()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_parts_that_are_no_whole_cents_come_out_even(self):
        _order, invoice = self._sold((self.goods, 33.33, 3.0))  # 119.99 with tax
        back = []
        for _number in range(3):
            note = self._reverse(invoice)
            note.invoice_line_ids[0].quantity = 1.0
            back.append(-self._credit_line(note).price_total)
            note.action_post()
            self.assertCredit(sum(back), 0.0, sum(back))
        self.assertEqual(round(sum(back), 2), 100.0)

    def test_half_of_odd_goods_with_tax_gives_back_no_cent_more_than_they_are_worth(self):
        """The line rounds to 6.01, the document to 6.00."""
        _order, invoice = self._sold((self.goods, 10.01))
        self.assertEqual(invoice.amount_total, 0.0)
        note = self._reverse(invoice)
        note.invoice_line_ids.filtered(lambda line: line.price_total > 0).quantity = 0.5
        note.action_post()
        self.assertEqual(note.amount_total, 0.0)
        self.assertInvariants()

    def test_a_credit_note_by_hand_of_an_amount(self):
        _order, invoice = self._sold()
        note = self._credit(invoice, 40.0, post=False)
        note.invoice_line_ids[0].quantity = 1.0
        note.action_post()
        self.assertCredit(20.0, 0.0, 20.0)

    def test_goods_taken_off_the_credit_note_take_their_credit_along(self):
        _order, invoice = self._sold((self.goods_untaxed, 150.0), (self.delivery, 50.0))
        note = self._reverse(invoice)
        note.invoice_line_ids.filtered(lambda line: line.product_id == self.delivery).unlink()
        self.assertEqual(self._credit_line(note).price_total, -75.0)
        self._credit_line(note).unlink()  # money instead, the accountant decides
        note.action_post()
        self.assertEqual(note.amount_total, 150.0)
        self.assertCredit(0.0, 0.0, 0.0)

    def test_back_to_draft_takes_it_again_or_says_that_it_is_spent(self):
        _order, invoice = self._sold()
        note = self._reverse(invoice)
        note.action_post()
        self.assertCredit(100.0, 0.0, 100.0)
        note.button_draft()
        self.assertCredit(0.0, 0.0, 0.0)
        note.action_post()
        self.assertCredit(100.0, 0.0, 100.0)
        self._spend((self.goods_untaxed, 30.0))
        with self.assertRefused(UserError, "has.*70.00 of store credit left.*100.00 are needed"):
            note.button_draft()
        self.assertCredit(70.0, 30.0, 100.0)

    def test_an_invoice_whose_credit_went_back_is_not_withdrawn_alone(self):
        order, invoice = self._sold()
        note = self._reverse(invoice)
        note.action_post()
        with self.assertRefused(UserError, "100.00 of store credit that no posted invoice"):
            invoice.button_draft()
        self.assertCredit(100.0, 0.0, 100.0)
        note.button_draft()
        invoice.button_draft()
        order._action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_what_comes_back_can_be_spent_for_60_days_at_least(self):
        soon = self.card.aftersales_lot_ids
        self.env.cr.execute(
            "UPDATE aftersales_credit_lot SET date_expiry = '2027-04-01' WHERE id = %s", soon.ids
        )
        soon.invalidate_recordset()
        _order, invoice = self._sold()
        self._reverse(invoice).action_post()
        lot = self.card.aftersales_lot_ids - soon
        self.assertEqual((lot.remaining, str(lot.date_expiry)), (100.0, "2027-05-14"))
        self.assertEqual(lot.origin_lot_id, soon)
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_replaced_invoice_takes_the_credit_again(self):
        order, invoice = self._sold()
        new = self._reverse(invoice, modify=True)
        self.assertEqual(new.move_type, "out_invoice")
        self.assertCredit(100.0, 0.0, 100.0)
        self.assertEqual(self._credit_line(new).aftersales_card_id, self.card)
        new.action_post()
        self.assertCredit(0.0, 0.0, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")
        order._action_cancel()
        self.assertCredit(0.0, 0.0, 0.0)

    def test_a_replaced_invoice_is_refused_when_the_credit_is_spent(self):
        _order, invoice = self._sold()
        new = self._reverse(invoice, modify=True)
        self._spend((self.goods_untaxed, 70.0))
        with self.assertRefused(UserError, "has.*30.00 of store credit left.*100.00 are needed"):
            new.action_post()
        self._credit_line(new).price_unit = -30.0
        new.action_post()
        self.assertCredit(0.0, 70.0, 70.0)

    def test_a_replaced_part_leaves_the_rest_reserved(self):
        slates = self._product("Slates", 60.0, invoice_policy="delivery")
        order = self._spend((slates, 60.0, 2.0))
        first = self._invoice_part(order, Slates=1.0)
        self.assertCredit(0.0, 40.0, 40.0)
        new = self._reverse(first, modify=True)
        self.assertCredit(60.0, 40.0, 100.0)
        new.action_post()
        self.assertCredit(0.0, 40.0, 40.0)
        last = self._invoice_part(order, Slates=2.0)
        self.assertEqual(self._credit_line(last).price_total, -40.0)
        self.assertCredit(0.0, 0.0, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_a_credited_order_that_is_invoiced_again_takes_what_the_card_has(self):
        order, invoice = self._sold((self.goods_untaxed, 100.0))
        self._reverse(invoice).action_post()
        self.assertEqual(order.invoice_status, "to invoice")
        self._spend((self.goods_untaxed, 70.0))
        again = self._invoice(order)
        self.assertEqual((again.amount_total, self._credit_line(again).price_total), (70.0, -30.0))
        self.assertCredit(0.0, 70.0, 70.0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_the_credit_note_of_a_cancelled_order_gives_back_once(self):
        order, invoice = self._sold()
        order._action_cancel()
        self.assertFalse(self._credit_line(order))
        self.assertCredit(0.0, 0.0, 0.0)
        note = self._reverse(invoice)
        self.assertEqual(self._credit_line(note).aftersales_credit_order_id, order)
        note.action_post()
        self.assertCredit(100.0, 0.0, 100.0)
        with self.assertRefused(UserError, "gives back"):
            again = self._reverse(invoice)
            self.assertEqual(self._credit_line(again).price_total, 0.0)
            self._credit_line(again).price_unit = -1.0
            again.action_post()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_an_order_taken_up_again_claims_anew(self):
        order, invoice = self._sold((self.goods_untaxed, 60.0))
        order._action_cancel()
        order.action_draft()
        self._claim(order)
        order.with_context(skip_procurement=True).action_confirm()
        self.assertCredit(40.0, 0.0, 40.0)  # all is invoiced already
        self._reverse(invoice).action_post()
        self.assertCredit(60.0, 40.0, 100.0)
        order._action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_returned_goods_make_a_credit_note_from_the_order(self):
        slates = self._product("Slates", 100.0, invoice_policy="delivery")
        order = self._spend((slates, 100.0, 2.0))
        self._invoice_part(order, Slates=2.0)
        self.assertCredit(0.0, 0.0, 0.0)
        note = self._invoice_part(order, Slates=1.0)
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 50.0))
        self.assertEqual(self._credit_line(note).price_total, -50.0)
        self.assertCredit(50.0, 0.0, 50.0)

    def test_a_credit_note_of_two_orders_follows_each_order(self):
        first = self._spend((self.goods_untaxed, 60.0))
        second = self._spend((self.delivery, 60.0))
        invoice = self._invoice(first | second)
        held = {
            line.aftersales_credit_order_id: line.price_total for line in self._credit_line(invoice)
        }
        self.assertEqual(held, {first: -60.0, second: -40.0})
        note = self._reverse(invoice)
        note.invoice_line_ids.filtered(lambda line: line.product_id == self.delivery).quantity = 0.5
        back = {
            line.aftersales_credit_order_id: line.price_total for line in self._credit_line(note)
        }
        self.assertEqual(back, {first: -60.0, second: -20.0})
        note.action_post()
        self.assertCredit(80.0, 0.0, 80.0)

    def test_a_credit_note_pays_no_credit_out(self):
        _order, invoice = self._sold()
        note = self._reverse(invoice)
        note.write(
            {"invoice_line_ids": [Command.update(self._credit_line(note).id, {"quantity": -1.0})]}
        )
        with self.assertRefused(UserError, "as an amount deducted"):
            note.action_post()
        self.assertCredit(0.0, 0.0, 0.0)

    def test_the_commission_of_a_cancelled_order_paid_with_credit(self):
        """Its invoice keeps its reward; the credit note takes it back, credit apart."""
        buyer = self.env["res.partner"].create({"name": "Rolf Referred"})
        self.env["loyalty.card"].sudo()._wallet_of(buyer, self.company)._grant(
            100.0, "Goodwill", self.company, kind="other"
        )
        order = self._spend(
            (self.goods_untaxed, 1000.0), partner=buyer, referrer_id=self.referrer.id
        )
        invoice = self._invoice(order)
        self._pay(invoice)
        self.assertEqual(self._earned(order), 135.0)
        order._action_cancel()
        note = self._reverse(invoice)
        note.invoice_line_ids[0].price_unit = 500.0
        self.assertEqual(note.amount_total, 450.0)
        note.action_post()
        self._pay(note)
        self.assertEqual(self._earned(order), 67.5)
