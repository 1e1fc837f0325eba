# SPDX-License-Identifier: LGPL-3.0-or-later
"""The ledger, the books and the cards agree after whatever people do (reliability R3)."""

import logging
import os
from collections import Counter
from unittest.mock import patch

from hypothesis.stateful import invariant

from odoo.tests import freeze_time, tagged

from ..calc.tests.books import earned
from .common import TODAY, ReferralCommon
from .ledger_facts import read_books
from .sequences import Sequence, pick, run_sequences

_logger = logging.getLogger(__name__)

SEQUENCES = int(os.environ.get("LEDGER_ORM_SEQUENCES", "30"))
FULL = SEQUENCES >= 500
STEPS = 15 if FULL else 6
# kinds of steps that must have succeeded, or the sequences prove little
ALWAYS = {"invoice", "pay", "credit note", "draft", "unreconcile", "spend"}
ALL = ALWAYS | {
    "down payment", "credit freight", "post", "write off", "refund", "reconcile",
    "payment posted", "payment drafted", "payment cancelled", "credit", "cash", "cancel payout",
    "pay bill", "take back", "reject", "reassign", "adjust", "adjustment taken back", "deliver",
}  # fmt: skip
RATE_CHANGES = ("2027-01-01", "2027-04-01", "2027-05-01")


class Business(Sequence):
    """Four referred orders, and whatever people do to their documents and rewards."""

    def __init__(self, case):
        super().__init__(case)
        self.referrers = case.referrer | case.other

    def end(self):
        """Merge the two referrers, and look once more."""
        self.merge(self.referrers, self.case.referrer)
        self.everything_holds()

    # --- What there is -------------------------------------------------------------------------

    def moves(self, *domain):
        return self.env["account.move"].search(
            [("line_ids.sale_line_ids.order_id", "in", self.case.orders.ids), *domain], order="id"
        )

    def posted(self, kind):
        return self.moves(("move_type", "=", kind), ("state", "=", "posted"))

    def open(self, kind):
        return self.posted(kind).filtered("amount_residual")

    def settled(self):
        return (self.posted("out_invoice") | self.posted("out_refund")).filtered(
            lambda move: move.line_ids.matched_debit_ids or move.line_ids.matched_credit_ids
        )

    def payments(self):
        return self.env["account.payment"].search(
            [("invoice_ids", "in", self.moves().ids), ("state", "!=", "canceled")], order="id"
        )

    def payouts(self):
        return self.env["aftersales.payout"].search(
            [("referrer_id", "in", self.referrers.ids), ("state", "=", "posted")], order="id"
        )

    def free(self, partner):
        """Return what can be paid out to a referrer today."""
        Commission, company = self.case.Commission, self.case.company
        return Commission._balances(partner, company, self.day).get(partner, 0.0)

    # --- Steps ---------------------------------------------------------------------------------

    def possible(self):
        """Return what can be done, and to which records."""
        orders, payouts = self.case.orders, self.payouts()
        confirmed = orders.filtered(lambda order: order.state == "sale")
        invoices, open_invoices = self.posted("out_invoice"), self.open("out_invoice")
        open_notes = self.open("out_refund")
        return {
            self.invoice: confirmed.filtered(lambda order: order.invoice_status == "to invoice"),
            # core spreads a down payment over the accounts of all lines, store credit included
            self.down_payment: confirmed.filtered(
                lambda order: not order.invoice_ids and not order.order_line.coupon_id
            ),
            self.credit_note: invoices,
            self.credit_freight: invoices.filtered(
                lambda move: self.case.delivery in move.invoice_line_ids.product_id
            ),
            self.to_draft_or_back: self.moves(),
            self.pay: open_invoices,
            self.write_off: open_invoices,
            self.refund: open_notes,
            self.reconcile: open_notes if open_invoices else False,
            self.unreconcile: self.settled(),
            self.payment_to_draft_or_back: self.payments(),
            self.pay_out: [partner for partner in self.referrers if self.free(partner) > 0],
            self.cancel_payout: payouts,
            self.pay_bill: payouts.bill_id,
            self.spend_or_take_back: self.case.own.filtered(lambda order: not order.invoice_ids),
            self.reject: orders.referral_id,
            self.reassign: orders.referral_id.filtered(lambda one: one.state == "qualified"),
            self.adjust: self.referrers,
            self.take_adjustment_back: self.adjustments(),
            self.deliver: orders.picking_ids.filtered(lambda one: one.state == "assigned"),
            self.time_passes: (3, 20, 40),
        }

    # --- Documents -----------------------------------------------------------------------------

    def invoice(self, order, how):
        """Invoice an order, or two orders on one invoice."""
        both = self.case.orders[:2]
        orders = both if order in both and how % 2 else order
        self.do("invoice", lambda: self.case._invoice(orders))

    def down_payment(self, order, how):
        percent = pick((30.0, 50.0, 100.0), how)
        self.do("down payment", lambda: self.case._down_payment(order, percent))

    def credit_note(self, invoice, how):
        amount = pick((None, 200.0, 33.33), how)
        self.do("credit note", lambda: self.case._credit(invoice, amount))

    def credit_freight(self, invoice, how):
        self.do("credit freight", lambda: self.case._credit(invoice, product=self.case.delivery))

    def to_draft_or_back(self, move, how):
        if move.state == "draft":
            self.do("post", move.action_post)
        else:
            self.do("draft", move.button_draft)

    # --- Money ---------------------------------------------------------------------------------

    def pay(self, invoice, how):
        """Pay an invoice: all, a part, or more than is asked."""
        amount = pick((None, None, 600.0, 33.33, 5000.0), how)
        self.do("pay", lambda: self.case._pay(invoice, amount))

    def write_off(self, invoice, how):
        """Take less and write the rest off."""
        amount = invoice.currency_id.round(invoice.amount_residual * pick((0.5, 0.98), how))
        vals = {
            "payment_difference_handling": "reconcile",
            "writeoff_account_id": self.case.company_data["default_account_expense"].id,
        }
        self.do("write off", lambda: self.case._pay(invoice, amount, **vals))

    def refund(self, note, how):
        self.do("refund", lambda: self.case._pay(note, pick((None, 50.0), how)))

    def reconcile(self, note, how):
        """Use a credit note for its own invoice or another one."""
        invoices = self.open("out_invoice").filtered(lambda i: i.currency_id == note.currency_id)
        if invoices:
            self.do("reconcile", lambda: self.case._reconcile(note, pick(invoices, how)))

    def unreconcile(self, move, how):
        self.do("unreconcile", move.line_ids.remove_move_reconcile)

    def payment_to_draft_or_back(self, payment, how):
        if payment.state == "draft":
            self.do("payment posted", payment.action_post)
        elif how % 3:
            self.do("payment drafted", payment.action_draft)
        else:
            self.do("payment cancelled", payment.action_cancel)

    # --- Rewards -------------------------------------------------------------------------------

    def pay_out(self, partner, how):
        """Pay out what is available, half of it, or a bit too much."""
        part, method = pick((1.0, 0.5, 1.01), how), pick(("credit", "credit", "cash"), how // 3)
        amount = self.case.company.currency_id.round(self.free(partner) * part)
        self.do(method, lambda: self.case._payout(amount, method, referrer=partner))

    def cancel_payout(self, payout, how):
        self.do("cancel payout", payout.action_cancel)

    def pay_bill(self, bill, how):
        self.do("pay bill", lambda: self.case._pay(bill))

    def spend_or_take_back(self, order, how):
        """Let a referrer buy with the credit; cancel what was bought so, before its invoice."""
        if order.state == "sale":
            self.do("take back", order._action_cancel)
        elif order.state == "draft":
            self.do("spend", lambda: self.spend(order))

    def spend(self, order):
        order._update_programs_and_rewards()
        for card, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards, card)
        order.action_confirm()

    def reject(self, referral, how):
        if referral.state == "qualified" and how % 4 == 0:
            referral.reject_reason = "Known for years"
            self.do("reject", referral.action_reject)

    def reassign(self, referral, how):
        """Give the referral to the other referrer."""
        other = self.referrers - referral.referrer_id
        if how % 2:
            self.do("reassign", lambda: referral._reassign(other[:1], referral.date, "Was first"))

    def adjust(self, partner, how):
        Commission = self.case.Commission.with_user(self.case.accountant)
        amount = pick((10.0, -7.5), how)
        key = f"adjustment-{sum(self.case.done.values())}"
        self.do(
            "adjust",
            lambda: Commission._adjust(
                [Commission._prepare_adjustment(partner, self.case.company, amount, "x", key=key)]
            ),
        )

    def adjustments(self):
        return self.case.Commission.search(
            [("kind", "=", "adjusted"), ("referrer_id", "in", self.referrers.ids)], order="id"
        )

    def take_adjustment_back(self, row, how):
        self.do("adjustment taken back", row.with_user(self.case.accountant).action_take_back)

    def deliver(self, picking, how):
        self.do("deliver", lambda: self.case._deliver(picking.sale_id))

    # --- What holds after every step -----------------------------------------------------------

    @invariant()
    def everything_holds(self):
        self.env.flush_all()
        self.check_rows_stay()
        self.check_owed()
        self.check_earned(self.company)
        assert self.case.Commission._check_invariants(self.company) == []

    def check_earned(self, company):
        books, orders = read_books(
            self.env, company, self.case.orders, self.case.delivery | self.case.plan_product
        )
        totals = Counter()
        for row in self.case.Commission.search([("order_id", "in", self.case.orders.ids)]):
            if row.kind in ("earned", "reversed"):
                totals[row.order_id, row.referral_id] += round(row.amount * 100)
        due = {
            (order, order.referral_id): 0 if facts.rejected else earned(books, facts)
            for order, facts in orders.items()
        }
        for whose in totals.keys() | due.keys():
            expected = due.get(whose, 0)
            assert totals[whose] == expected, (whose[0].name, totals[whose], expected)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestR3Ledger(ReferralCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Otto Other"})
        gold = cls.env["aftersales.plan"].create(
            {"name": "GOLD", "code": "GOLDT", "referral_percent": 10.0}
        )
        cls._contract(cls.other, gold)
        (cls.referrer | cls.other).referral_self_billing_date = "2027-01-01"
        eur = cls.setup_other_currency(
            "EUR", rates=list(zip(RATE_CHANGES, (1 / 1.10, 1.0, 1 / 1.25), strict=True))
        )
        pricelist = cls.env["product.pricelist"].create({"name": "EUR", "currency_id": eur.id})
        nora, emil = cls.env["res.partner"].create([{"name": "Nora"}, {"name": "Emil"}])
        plan = (cls.plan_product, 77.0)
        cls.orders = (
            cls._order()
            | cls._order(
                (cls.goods_untaxed, 999.99), (cls.delivery, 200.0), plan,
                partner=nora, referrer=cls.other, partner_invoice_id=cls.customer.id, ship=True,
            )
            | cls._order((cls.goods_untaxed, 1000.0), pricelist_id=pricelist.id, partner=emil)
        )  # fmt: skip
        # a referrer was referred, too, and may pay with what was earned
        cls.own = cls._order(
            (cls.goods, 120.0), partner=cls.referrer, referrer=cls.other, confirm=False
        )
        cls.orders |= cls.own
        cls.orders.picking_ids.action_assign()
        cls._pay(cls._invoice(cls.orders[2]), 600.0)

    def setUp(self):
        super().setUp()
        self.done, self.refused = Counter(), Counter()

    def test_everything_agrees_whatever_people_do(self):
        run_sequences(lambda: Business(self), SEQUENCES, STEPS)
        _logger.info("done: %s, refused: %s", dict(self.done), dict(self.refused))
        self.assertGreaterEqual(set(self.done), ALL if FULL else ALWAYS)

    def test_an_entry_that_is_off_by_a_cent_is_noticed(self):
        model = type(self.Commission)
        right = model._prepare_entry_lines

        def off_by_a_cent(row, company):
            expense, accrued = right(row, company)
            expense["balance"] += 0.01
            accrued["balance"] -= 0.01
            return [expense, accrued]

        wrong = patch.object(model, "_prepare_entry_lines", off_by_a_cent)
        with wrong, self.assertRaises(AssertionError):
            run_sequences(lambda: Business(self), SEQUENCES, STEPS)
