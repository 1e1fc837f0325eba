# SPDX-License-Identifier: LGPL-3.0-or-later
"""Store credit, the ledger and the books agree after whatever people do (reliability R3)."""

import logging
import os
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from hypothesis.stateful import invariant

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..calc.tests.books import earned
from .common import TODAY, ReferralCommon
from .credit_facts import Wallets
from .ledger_facts import read_books
from .sequences import Sequence, pick, run_sequences

_logger = logging.getLogger(__name__)

SEQUENCES = int(os.environ.get("CREDIT_ORM_SEQUENCES", "12"))
FULL = SEQUENCES >= 500
STEPS = int(os.environ.get("CREDIT_STEPS", 16 if FULL else 10))
BONUS, VAT = 10, 20  # percent
MOST_ORDERS = 4  # of one sequence, so that more happens to each
ALWAYS = {"buy", "deliver", "invoice", "pay", "credit", "time passes", "goodwill"}
ALL = ALWAYS | {
    "cash", "pay bill", "cancel payout", "cancel order", "to quotation", "confirm again",
    "change order", "remove credit", "claim credit", "credit note", "part credit note", "draft",
    "post", "cancel draft", "reward reversed", "refund", "take from customer", "take lot back",
    "opening", "merge", "join", "lock", "expiry changed",
}  # fmt: skip
PAID_OUT = """
    SELECT partner.commercial_partner_id, sum(payout.amount) * 100
      FROM aftersales_payout payout JOIN res_partner partner ON partner.id = payout.referrer_id
     WHERE payout.company_id = %s AND payout.state = 'posted' GROUP BY 1
"""


class Credit(Sequence):
    """Four referrers with store credit who earn, are paid, and spend it."""

    def __init__(self, case):
        super().__init__(case)
        self.people, self.orders = case.referrers, case.bought
        self.Lot = self.env["aftersales.credit.lot"].with_user(case.accountant)
        self.wallets = Wallets(self.company, VAT, BONUS)
        self.granted, self.locked = {}, None

    # --- What there is -------------------------------------------------------------------------

    def moves(self, *domain):
        orders = self.orders | self.case.referred
        return self.env["account.move"].search(
            [("line_ids.sale_line_ids.order_id", "in", orders.ids), *domain], order="id"
        )

    def of_credit(self, moves):
        """Return the documents of orders that may be paid with credit."""
        return moves.filtered(lambda move: move.line_ids.sale_line_ids.order_id & self.orders)

    def free(self, partner):
        owner = partner.commercial_partner_id
        return self.case.Commission._balances(owner, self.company, self.day).get(owner, 0.0)

    def owner(self, partner):
        return partner.commercial_partner_id

    def possible(self):
        payouts = self.env["aftersales.payout"].search(
            [("company_id", "=", self.company.id), ("state", "=", "posted")], order="id"
        )
        posted = self.moves(("state", "=", "posted"))
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        unpaid = invoices.filtered("amount_residual")
        sold = self.orders.filtered(lambda order: order.state == "sale")
        with_credit = sold.filtered(lambda order: order.order_line.coupon_id)
        return {
            self.pay: unpaid,
            self.reverse_reward: invoices - self.of_credit(invoices),
            self.pay_out: self.people.filtered(lambda partner: self.free(partner) > 0),
            self.cancel_payout: payouts,
            self.pay_bill: payouts.bill_id.filtered(lambda bill: bill.payment_state == "not_paid"),
            self.buy: len(self.orders) < MOST_ORDERS and self.people | self.case.contact,
            self.deliver: sold.picking_ids.filtered(
                lambda one: one.state in ("confirmed", "assigned")
            ),
            self.invoice: sold.filtered(lambda order: order.invoice_status == "to invoice"),
            self.credit_note: self.of_credit(invoices),
            self.draft_or_back: self.of_credit(self.moves()),
            self.refund: posted.filtered(
                lambda move: move.move_type == "out_refund" and move.amount_residual
            ),
            self.cancel_order_or_back: self.orders,
            self.change_order: sold,
            self.remove_credit: with_credit,
            self.claim_credit: sold - with_credit,
            self.time_passes: (5, 20, 70, 140),
            self.goodwill: self.people,
            self.take_from: self.people,
            self.take_lot_back: [lot for lot in self.granted if lot.remaining],
            self.opening: self.people,
            self.merge_or_join: self.people & (self.case.double | self.case.ines),
            self.lock: [1] if self.locked is None else [],
            self.change_expiry: (0, 2, 6),
        }

    # --- Earning and paying out ----------------------------------------------------------------

    def pay(self, invoice, how):
        self.do("pay", lambda: self.case._pay(invoice, pick((None, None, 33.33), how)))

    def reverse_reward(self, invoice, how):
        amount = pick((None, 200.0), how)
        self.do("reward reversed", lambda: self.case._credit(invoice, amount))

    def pay_out(self, partner, how):
        part, method = pick((1.0, 0.5, 0.333), how), pick(("credit", "credit", "cash"), how // 3)
        amount = self.company.currency_id.round(self.free(partner) * part)
        self.do(method, lambda: self.case._payout(amount, method, referrer=partner))

    def cancel_payout(self, payout, _how):
        self.do("cancel payout", payout.action_cancel)

    def pay_bill(self, bill, _how):
        self.do("pay bill", lambda: self.case._pay(bill))

    # --- Spending ------------------------------------------------------------------------------

    def buy(self, partner, how):
        """Order two goods, one of them billed as it is delivered, with the credit there is."""
        made = []

        def act():
            order = self.case._sell(partner, pick((2, 4), how), 20.0 + how)
            self.case._claim(order)
            order.action_confirm()
            made.append(order)

        if self.do("buy", act):
            self.orders |= made[0]

    def deliver(self, picking, how):
        self.do("deliver", lambda: self.case._deliver(picking.sale_id, pick((1, 2, None), how)))

    def invoice(self, order, how):
        """Invoice what can be, of this order or all orders of its customer."""
        orders = order
        if how % 3 == 0:
            orders = self.orders.filtered(
                lambda one: one.state == "sale" and one.partner_id == order.partner_id
            )
        self.do("invoice", lambda: self.case._invoice(orders))

    def credit_note(self, invoice, how):
        """Give back all of an invoice, or half of its first line."""
        if how % 2:
            self.do("credit note", lambda: self.case._credit(invoice))
        else:
            self.do("part credit note", lambda: self.credit_half(invoice))

    def credit_half(self, invoice):
        note = self.case._credit(invoice, post=False)
        note.invoice_line_ids.filtered(lambda line: line.price_subtotal > 0)[:1].quantity /= 2
        note.action_post()

    def draft_or_back(self, move, how):
        if move.state == "posted":
            self.do("draft", move.button_draft)
        elif move.state == "draft" and how % 3:
            self.do("post", move.action_post)
        elif move.state == "draft":
            self.do("cancel draft", move.button_cancel)

    def refund(self, note, _how):
        self.do("refund", lambda: self.case._pay(note))

    def cancel_order_or_back(self, order, _how):
        if order.state == "sale":
            self.do("cancel order", order._action_cancel)
        elif order.state == "cancel":
            self.do("to quotation", order.action_draft)
        else:
            self.do("confirm again", order.action_confirm)

    def change_order(self, order, how):
        """Order more or less of the first line."""
        line = order.order_line[0]
        quantity = pick((line.product_uom_qty + 1, line.product_uom_qty - 1, 0), how)
        self.do("change order", lambda: line.write({"product_uom_qty": max(quantity, 0)}))

    def remove_credit(self, order, _how):
        self.do("remove credit", lambda: order.order_line.filtered("coupon_id").unlink())

    def claim_credit(self, order, _how):
        self.do("claim credit", lambda: self.case._claim(order))

    # --- What the accountant does --------------------------------------------------------------

    def goodwill(self, partner, how):
        days, cents = pick((None, 10, 90), how), 1000 + how
        expiry = days and self.day + timedelta(days=days)
        granted = []
        if self.do(
            "goodwill",
            lambda: granted.append(
                self.Lot._give_goodwill(partner, self.company, cents / 100, "Sorry", expiry)
            ),
        ):
            if not days:
                expiry = self.company._aftersales_credit_expiry(self.day)
            self.wallets.follow(self.day)
            self.granted[granted[0]] = self.wallets.grant(self.owner(partner).id, cents, expiry)

    def take_from(self, partner, how):
        cents = 100 * how + 1
        if self.do(
            "take from customer",
            lambda: self.Lot._take_from(partner, self.company, cents / 100, "Mistake"),
        ):
            self.wallets.follow(self.day)
            self.wallets.take(self.owner(partner).id, cents)
            self.wallets.taken_back += cents

    def take_lot_back(self, lot, _how):
        if self.do("take lot back", lot.with_user(self.case.accountant).action_take_back):
            self.wallets.take_back(self.granted[lot])

    def opening(self, partner, how):
        expiry, cents = pick((None, self.day + timedelta(days=30)), how), 500 + how
        Opening = self.env["aftersales.credit.opening"].with_user(self.case.accountant)
        entered = []

        def act():
            entered.append(
                Opening.create(
                    {
                        "referrer_id": partner.id,
                        "reference": f"old {sum(self.case.done.values())}",
                        "amount": cents / 100,
                        "date_expiry": expiry,
                    }
                )
            )
            entered[0].action_record()

        if self.do("opening", act):
            lot = entered[0].lot_id
            self.granted[lot] = self.wallets.grant(self.owner(partner).id, cents, expiry)

    # --- The world -----------------------------------------------------------------------------

    def time_passes(self, days, _how=0):
        """Let days pass, and the night with its job."""
        self.day += timedelta(days=days)
        self.clock.move_to(self.day)
        if self.do("time passes", self.case._expire):
            self.wallets.expire(self.day)

    def merge_or_join(self, partner, _how):
        """Rita was entered twice; Ines joins Otto's company."""
        case = self.case
        if partner == case.double:
            both = case.referrer | case.double
            if self.do("merge", lambda: self.merge(both, case.referrer)):
                self.wallets.merged[partner.id] = case.referrer.id
                self.people -= partner
        elif not partner.parent_id:
            self.do("join", lambda: partner.write({"parent_id": case.otto.id}))

    def lock(self, _one, _how):
        """Close the books up to yesterday."""
        yesterday = self.day - timedelta(days=1)
        if self.do("lock", lambda: self.company.write({"fiscalyear_lock_date": yesterday})):
            self.locked = yesterday

    def change_expiry(self, months, _how):
        self.do("expiry changed", lambda: self.company.write({"aftersales_credit_months": months}))

    # --- What holds after every step -----------------------------------------------------------

    @invariant()
    def everything_holds(self):
        self.env.flush_all()
        assert self.case.Commission._check_invariants(self.company) == []
        report = self.env["aftersales.reconciliation"].sudo()
        assert not report.search_count([("difference_total", "!=", 0)]), "the report agrees"
        for day in self.check_rows_stay():
            assert not self.locked or day > self.locked, "nothing enters a locked period"
        self.wallets.check(self.day)
        assert self.check_owed() == self.right_balances()

    def right_balances(self):
        """Return what is owed by the facts: {partner: cents}."""
        books, orders = read_books(
            self.env, self.company, self.case.referred, self.env["product.product"]
        )
        right = Counter()
        for order, facts in orders.items():
            right[self.owner(order.referral_id.referrer_id).id] += earned(books, facts)
        self.env.cr.execute(PAID_OUT, [self.company.id])
        for owner, cents in self.env.cr.fetchall():
            right[owner] -= int(cents)
        return {owner: cents for owner, cents in right.items() if cents}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestR3Credit(ReferralCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_company_up()
        Partner = cls.env["res.partner"]
        person = {"referral_tax_status": "individual"}
        cls.double, cls.ines = Partner.create(
            [{"name": "Rita R.", **person}, {"name": "Ines", **person}]
        )
        business = {"is_company": True, "referral_tax_status": "business", "vat": "US12345671"}
        cls.otto = Partner.create({"name": "Otto Ltd", **business})
        cls.contact = Partner.create({"name": "Mason", "parent_id": cls.otto.id})
        cls.referrers = cls.referrer | cls.double | cls.otto | cls.ines
        cls.referrers.referral_self_billing_date = "2027-01-01"
        for partner in cls.referrers - cls.referrer:
            cls._contract(partner, cls.plan)
        cls.referred = cls.env["sale.order"].union(
            *(
                cls._order(
                    (cls.goods_untaxed, 2000.0),
                    partner=Partner.create({"name": f"Customer of {referrer.name}"}),
                    referrer=referrer,
                )
                for referrer in cls.referrers
            )
        )
        for referrer, order in zip(cls.referrers, cls.referred, strict=True):
            cls._pay(cls._invoice(order), 1000.0)
            cls.env["aftersales.payout"].create(
                {"referrer_id": referrer.id, "method": "credit", "amount": 60.0}
            ).action_post()

        cls.bought = cls._sell(cls.referrer, 4, 22.0) | cls._sell(cls.contact, 2, 70.0)
        for order in cls.bought:
            cls._claim(order)
            order.action_confirm()

    @classmethod
    def _set_company_up(cls):
        """Give store credit 6 months and a bonus, and businesses VAT."""
        vat_account = cls.company_data["default_account_tax_purchase"]
        vat = cls.env["account.tax"].create(
            {
                "name": "Input VAT",
                "amount": VAT,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": vat_account.id}),
                ],
                "refund_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": vat_account.id}),
                ],
            }
        )
        cls.company.write(
            {
                "aftersales_credit_months": 6,
                "aftersales_credit_bonus_percent": BONUS,
                "aftersales_business_tax_ids": [Command.set(vat.ids)],
            }
        )
        cls.pallets = cls._product("Pallets", 60.0, invoice_policy="delivery")

    def setUp(self):
        super().setUp()
        self.done, self.refused = Counter(), Counter()

    @classmethod
    def _sell(cls, partner, quantity, price):
        """Return a quotation of pallets, billed as they are delivered, and of taxed goods."""
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.pallets.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    ),
                    Command.create({"product_id": cls.goods.id, "price_unit": 10.01}),
                ],
            }
        )

    @classmethod
    def _claim(cls, order):
        """Pay with the store credit there is, as the button does."""
        order._update_programs_and_rewards()
        for card, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards, card)

    def _expire(self):
        """Let the daily job expire what ran out; it cannot commit in here."""
        stay = patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1.0)
        with stay, self.assertNoLogs("odoo.addons.aftersales_referral", "ERROR"):
            self.env["aftersales.credit.lot"].sudo()._cron_expire()

    def test_everything_agrees_whatever_people_do(self):
        run_sequences(lambda: Credit(self), SEQUENCES, STEPS)
        _logger.info("done: %s, refused: %s", dict(self.done), dict(self.refused))
        self.assertGreaterEqual(set(self.done), ALL if FULL else ALWAYS)

    def test_lots_that_do_not_follow_their_card_are_noticed(self):
        model = type(self.env["aftersales.credit.lot"])
        wrong = patch.object(model, "_follow", lambda self, card, points, order: None)
        with wrong, self.assertRaises(AssertionError):
            run_sequences(lambda: Credit(self), SEQUENCES, STEPS)
