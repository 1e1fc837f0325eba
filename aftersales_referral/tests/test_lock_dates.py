# SPDX-License-Identifier: LGPL-3.0-or-later
"""Nothing of ours enters a locked period, whatever books it and whatever locks it (R7)."""

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import locked_books_open, undone

from .common import TODAY
from .common_store_credit import StoreCreditCommon

LAST = "2027-03-31"  # last locked day; it is TODAY
OPEN = "2027-04-01"
#: What locks, and the types of journals it locks; None: all of them, `tax`: entries with taxes.
LOCKS = {
    "fiscalyear_lock_date": None,
    "tax_lock_date": "tax",
    "sale_lock_date": "sale",
    "purchase_lock_date": "purchase",
    "hard_lock_date": None,
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestR7Rewards(StoreCreditCommon):
    """Every way of rewards into the books × every lock date, each undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls._order(partner=cls._newcomer("Nora")))
        cls.payment = cls._pay(cls.invoice)
        cls.referrer.referral_tax_status = "individual"
        cls.referrer.referral_self_billing_date = "2026-01-01"
        cls.lots = cls.env["aftersales.credit.lot"].with_user(cls.accountant)
        cls.lot = cls.lots._give_goodwill(cls.referrer, cls.company, 20.0, "Sorry")
        cls.business = cls.env["res.partner"].create(
            {
                "name": "Otto Ltd",
                "is_company": True,
                "vat": "US12345671",
                "referral_tax_status": "business",
                "referral_self_billing_date": "2026-01-01",
            }
        )
        account = cls.company_data["default_account_tax_purchase"]
        parts = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        vat = cls.env["account.tax"].create(
            {
                "name": "Input VAT",
                "amount": 20.0,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
            }
        )
        cls.company.aftersales_business_tax_ids = [Command.set(vat.ids)]
        cls.adjusted = cls._adjust(cls.business, 60.0, "business")
        cls.debtor = cls.env["res.partner"].create({"name": "Dora"})
        cls._adjust(cls.debtor, -30.0, "debtor")
        cls.paid = [
            cls._draft(cls.referrer, "cash"),
            cls._draft(cls.referrer, "credit"),
            cls._draft(cls.business, "cash"),
        ]
        for payout in cls.paid:
            payout.action_post()
        cls.env.flush_all()

    @classmethod
    def _newcomer(cls, name):
        return cls.env["res.partner"].create({"name": name})

    @classmethod
    def _adjust(cls, partner, amount, key):
        ledger = cls.Commission.with_user(cls.accountant)
        return ledger._adjust(
            [ledger._prepare_adjustment(partner, cls.company, amount, "x", key=key)]
        )

    @classmethod
    def _draft(cls, partner, method):
        vals = {"referrer_id": partner.id, "method": method, "amount": 10.0}
        return cls.env["aftersales.payout"].create(vals)

    # --- What books ----------------------------------------------------------------------------

    def ways(self):
        """Return {name: (what happens before the lock, what books)}."""
        ways = {
            "reward credited": lambda: self.credit(self.invoice, OPEN),
            "reward reversed": self.payment.move_id.line_ids.remove_move_reconcile,
            "reward that had to wait": (self.let_wait, self.book_waiting),
            "payout in money": lambda: self._draft(self.referrer, "cash").action_post(),
            "payout with VAT": lambda: self._draft(self.business, "cash").action_post(),
            "payout in credit": lambda: self._draft(self.referrer, "credit").action_post(),
            "credit for a bill": lambda: self._draft(self.business, "credit").action_post(),
            "money taken back": self.paid[0].action_cancel,
            "credit taken back": self.paid[1].action_cancel,
            "VAT taken back": self.paid[2].action_cancel,
            "adjustment": lambda: self._adjust(self.referrer, 5.0, "more"),
            "adjustment taken back": self.adjusted.with_user(self.accountant).action_take_back,
            "goodwill": lambda: self.lots._give_goodwill(self.referrer, self.company, 3.0, "x"),
            "goodwill taken back": self.lot.with_user(self.accountant).action_take_back,
            "credit taken": lambda: self.lots._take_from(self.referrer, self.company, 2.0, "x"),
            "credit expired": self.expire,
            "credit that expired found by who spends": (self.run_out, self._spend),
            "opening credit": lambda: self.open("credit"),
            "opening balance": lambda: self.open("commission"),
            "debt claimed": lambda: self.settle("claim"),
            "debt claimed, taken back": (lambda: self.settle("claim"), self.take_claim_back),
            "debt written off": lambda: self.settle("write_off"),
        }
        return {name: way if type(way) is tuple else (bool, way) for name, way in ways.items()}

    def credit(self, invoice, day):
        note = self._reverse(invoice)
        note.invoice_date = day
        note.action_post()

    def let_wait(self):
        """Write a row that cannot be booked, as a setting is missing."""
        settings = self.company.aftersales_commission_expense_account_id
        self.company.aftersales_commission_expense_account_id = False
        with mute_logger("odoo.addons.aftersales_referral.models.commission_entry"):
            self.waiting = self._adjust(self.referrer, 5.0, "late")
        self.company.aftersales_commission_expense_account_id = settings

    def book_waiting(self):
        self.waiting.with_user(self.accountant).action_post_entries()

    def run_out(self, last_day="2027-03-14"):
        self.lot.sudo().date_expiry = last_day

    def take_claim_back(self):
        self._rows(referrer=self.debtor)[-1].with_user(self.accountant).action_take_back()

    def expire(self):
        self.run_out()
        self.lot.sudo()._expire()

    def open(self, kind):
        vals = {"referrer_id": self.referrer.id, "amount": 7.0, "date": "2026-12-31"}
        opening = self.env[f"aftersales.{kind}.opening"].with_user(self.accountant).create(vals)
        opening.action_record()

    def settle(self, way):
        debts = self.env["aftersales.payout.debt"].with_user(self.accountant).search([])
        settle = self.env["aftersales.payout.debt.settle"].with_user(self.accountant)
        form = Form(
            settle.with_context(active_model=debts._name, active_ids=debts.ids, default_way=way)
        )
        form.reason = "x"
        form.save().action_confirm()

    # --- What must hold ------------------------------------------------------------------------

    def check(self, act, field):
        """Let it be booked while ``field`` locks; each entry is on the first day open to it."""
        self.company[field] = LAST
        known = self.last()
        act()
        for entry in self.since(known):
            by_hand = not entry.aftersales_entry  # core's, dated by a user: OPEN in these tests
            exactly = by_hand or self.is_locked(entry, LOCKS[field])
            compare = self.assertEqual if exactly else self.assertLess
            compare(str(entry.date), OPEN, entry.display_name)
        self.assertInvariants()

    def last(self):
        return self.env["account.move"].search([], order="id desc", limit=1).id

    def since(self, known):
        """Return what was booked after the entry with this id: something, and posted."""
        self.env.flush_all()
        entries = self.env["account.move"].search([("id", ">", known)])
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        return entries

    def is_locked(self, entry, kind):
        """Tell whether a lock of this kind is about an entry."""
        if kind == "tax":
            return bool(entry.line_ids.tax_ids or entry.line_ids.tax_line_id)
        return not kind or entry.journal_id.type == kind

    def test_every_way_into_the_books_goes_around_every_lock_date(self):
        for name, (before, act) in self.ways().items():
            with undone(self.env):
                before()
                self.env.flush_all()
                for field in LOCKS:
                    with self.subTest(name, field=field), undone(self.env):
                        self.check(act, field)

    def test_documents_dated_into_what_is_locked_take_nothing_of_ours_along(self):
        """Users date them and core moves them; what follows of ours has a day of its own."""
        another = self._invoice(self._order(partner=self._newcomer("Nils")))
        redeemed = self._invoice(self._spend((self.goods_untaxed, 40.0)))
        spent = self._spend((self.goods_untaxed, 30.0))
        self.run_out("2027-03-01")
        self.env.flush_all()
        for field in ("fiscalyear_lock_date", "tax_lock_date"):
            with self.subTest(field=field), undone(self.env):
                self.company[field] = "2027-03-10"
                known = self.last()
                self._pay(another, payment_date="2027-03-05")
                self._invoice(spent, "2027-03-05")
                self.credit(redeemed, "2027-03-05")
                self.lot.sudo()._expire()
                for entry in self.since(known):
                    locked = self.is_locked(entry, LOCKS[field])
                    expected = {
                        "commission": TODAY,
                        "credit": "2027-03-11" if locked else "2027-03-02",
                        False: TODAY if locked else "2027-03-05",
                    }[entry.aftersales_entry]
                    self.assertEqual(str(entry.date), expected, entry.display_name)
                self.assertEqual(self.card.points, 80.0)  # 130 - 40 + 40 - 30 - 20
                self.assertInvariants()

    def test_without_our_rule_and_cores_entries_enter_what_is_locked(self):
        """Prove that the test above can fail: entries stay on the day they are about."""
        with locked_books_open(self.env), self.assertRaises(AssertionError):
            self.check(self.ways()["payout in money"][1], "fiscalyear_lock_date")
