"""The worked example of the accounting guide is played here: every figure of its tables is booked.

What the page says is compared as a whole; a difference shows the rows as they should stand there.
"""

import re
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_revenue import RevenueCase
from odoo.addons.aftersales_referral.tests.common import ReferralCommon

from tools import project

PAGE = (project.ROOT / "docs/accounting.md").read_text()


def table(heading):
    """Return the rows of the table below ``heading`` of the page, as lists of cells."""
    section = re.split(rf"^##+ {re.escape(heading)}$", PAGE, maxsplit=1, flags=re.M)[1]
    lines = re.split(r"^##+ ", section, maxsplit=1, flags=re.M)[0].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def told(amount):
    """Return an amount as the page writes it; nothing for 0."""
    return f"{amount:,.2f}" if abs(amount) > 0.004 else ""


class Guide:
    """Notes the entries of each step, and compares them with a table of the page."""

    #: {account: the letter the page calls it by}
    letters = {}

    @classmethod
    def _begin(cls):
        cls.steps = []
        cls.seen = cls.env["account.move"].search([])

    @classmethod
    def _new_entries(cls):
        cls.env.flush_all()
        found = cls.env["account.move"].search([("id", "not in", cls.seen.ids)], order="id")
        cls.seen |= found
        return found

    @classmethod
    def _note(cls, number, entry):
        assert entry.state == "posted", entry.display_name
        where = [str(number), str(entry.date), entry.journal_id.code]
        items = entry.line_ids.filtered("balance")  # a bill paid with credit has an empty one
        for item in items.sorted(lambda one: (-one.debit, one.credit, one.id)):
            name = cls._name(item.account_id)
            cls.steps.append([*where, name, told(item.debit), told(item.credit)])

    @classmethod
    def _name(cls, account):
        letter = cls.letters.get(account)
        return f"{account.name} ({letter})" if letter else account.name

    def assertTable(self, heading, rows):
        shown = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        self.assertEqual(table(heading), rows, f"The page should say:\n{shown}")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestAccountingGuide(Guide, ReferralCommon):
    """Nora, brought by Rita, buys goods and a plan; each step has the entries it made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "aftersales_hold_days": 14,
                "aftersales_credit_bonus_percent": 10.0,
                "aftersales_credit_months": 12,
            }
        )
        vat_owed = cls.env["account.account"].create(
            {"name": "VAT owed", "code": "251999", "account_type": "liability_current"}
        )
        for part in cls.vat.repartition_line_ids:
            if part.repartition_type == "tax":
                part.account_id = vat_owed
        plans_sold = cls.env["account.account"].create(
            {"name": "Plans sold", "code": "400999", "account_type": "income"}
        )
        cls.plan.start_policy = "confirmation"
        cls.plan_product.write(
            {
                "taxes_id": [Command.set(cls.vat.ids)],
                "property_account_income_id": plans_sold.id,
            }
        )
        cls.referrer.referral_self_billing_date = "2026-01-01"
        cls.letters = {
            cls.company.aftersales_commission_expense_account_id: "E",
            cls.company.aftersales_accrued_commission_account_id: "A",
            cls.company.aftersales_store_credit_account_id: "L",
            cls.company.aftersales_deferred_revenue_account_id: "D",
        }
        cls.balances, cls.months = [], []
        cls._begin()
        with freeze_time("2026-03-15 12:00:00"):
            cls.company.aftersales_defer_revenue = True
        cls._play()

    # --- The story -------------------------------------------------------------------------------

    @classmethod
    def _play(cls):
        """Play the example, step by step, each on its day."""
        with freeze_time("2026-03-15 12:00:00"):
            order = cls._order((cls.goods, 1000.0), (cls.plan_product, 1200.0))
            invoice = cls._invoice(order)
            cls._step(1)
        with freeze_time("2026-03-20 12:00:00"):
            cls._pay(invoice, 1320.0)
            cls._step(2)
        cls._month_ends("2026-04-01", step=3)
        with freeze_time("2026-04-07 12:00:00"):
            cls._pay(invoice)
            cls._step(4)
        with freeze_time("2026-04-21 12:00:00"):
            cls._pay_out(100.0, "credit")
            cls._step(5)
        cls._month_ends("2026-05-01")
        with freeze_time("2026-05-04 12:00:00"):
            note = cls._credit(invoice, 200.0, cls.goods)
            cls._step(6)
            cls._pay(note)
            cls._step(7)
        with freeze_time("2026-05-11 12:00:00"):
            cls.spent = cls._spend(50.0)
            cls._step(8)
        with freeze_time("2026-05-12 12:00:00"):
            payout = cls._pay_out(20.0, "cash")
            cls._step(9)
            cls._pay(payout.bill_id)
            cls._step(10)
        cls._month_ends("2027-04-01")
        with freeze_time("2027-04-22 12:00:00"):
            lots = cls.env["aftersales.credit.lot"].sudo()  # as the daily run
            lots._search_run_out()._expire()
            cls._step(11)

    @classmethod
    def _spend(cls, net):
        """Let Rita buy goods and pay with what is on her card; return the invoice."""
        nobody = cls.env["res.partner"]
        order = cls._order((cls.goods, net), partner=cls.referrer, referrer=nobody, confirm=False)
        order._update_programs_and_rewards()
        ((card, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, card)
        order.with_context(skip_procurement=True).action_confirm()
        return cls._invoice(order)

    @classmethod
    def _pay_out(cls, amount, method):
        payout = cls.env["aftersales.payout"].create(
            {"referrer_id": cls.referrer.id, "method": method, "amount": amount}
        )
        payout.action_post()
        return payout

    @classmethod
    def _month_ends(cls, day, step=None):
        """Recognise plan revenue of the months that are over on ``day``."""
        revenue = cls.env["aftersales.revenue"].sudo()  # as the daily run
        first = fields.Date.to_date(day)
        with freeze_time(f"{day} 12:00:00"):
            revenue._recognise_until(cls.company, first - timedelta(days=1))
        for entry in cls._new_entries():
            deferred = entry.line_ids.filtered(lambda item: cls.letters.get(item.account_id) == "D")
            left = sum(cls._items("D", entry.date).mapped("credit")) - sum(
                cls._items("D", entry.date).mapped("debit")
            )
            cls.months.append([str(entry.date), told(deferred.debit), told(left) or "0.00"])
            if step:
                cls._note(step, entry)
        if step:
            cls._balance(step)

    # --- What it left ----------------------------------------------------------------------------

    @classmethod
    def _step(cls, number):
        for entry in cls._new_entries():
            cls._note(number, entry)
        cls._balance(number)

    @classmethod
    def _items(cls, letter, until=None):
        (account,) = [one for one, mark in cls.letters.items() if mark == letter]
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        return cls.env["account.move.line"].search(
            domain + ([("date", "<=", until)] if until else [])
        )

    @classmethod
    def _balance(cls, number):
        """Note what is owed after a step, and that ledger, books, cards and lots agree."""
        cls.env.flush_all()
        assert cls.Commission._check_invariants(cls.company) == []
        owed = -sum(cls._items("A").mapped("balance"))
        rows = cls.Commission.search([("referrer_id", "=", cls.referrer.id)])
        cards = cls.env["loyalty.card"].search([("partner_id", "=", cls.referrer.id)])
        figures = [
            sum(rows.mapped("amount")),
            owed,
            sum(cards.mapped("points")),
            -sum(cls._items("L").mapped("balance")),
            -sum(cls._items("D").mapped("balance")),
        ]
        cls.balances.append([str(number), *(told(figure) or "0.00" for figure in figures)])

    # --- The page --------------------------------------------------------------------------------

    def test_the_entries_of_the_page_are_those_of_the_books(self):
        self.assertTable("Every entry, step by step", self.steps)

    def test_what_is_owed_after_each_step_is_what_the_page_says(self):
        self.assertTable("What is owed after each step", self.balances)

    def test_the_months_of_the_plan_are_those_of_the_page(self):
        self.assertTable("The plan, month by month", self.months)
        recognised = sum(float(row[1].replace(",", "")) for row in self.months)
        self.assertAlmostEqual(recognised, 1200.0, 2)


@tagged("post_install", "-at_install")
class TestUsedAndEndedEarly(Guide, RevenueCase):
    """A part is replaced under a plan, and the contract ends before its time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = {cls.deferred: "D"}
        cls.goods.categ_id = cls.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        cls.goods.write({"standard_price": 300.0, "taxes_id": [Command.clear()]})
        cls.contract = cls.start("2026-03-15")
        cls._begin()
        invoice = cls.invoice(cls.contract, "2026-03-15")
        cls._step(1)
        cls._month("2026-04-01", 2)
        with freeze_time("2026-04-06 12:00:00"):
            claim = cls.env["aftersales.claim"].create(
                {
                    "partner_id": cls.customer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "asset_id": cls.contract.asset_ids.id,
                                "quantity": 1,
                                "cause_id": cls.accident.id,
                            }
                        )
                    ],
                }
            )
            claim.action_approve()
            cls.deliver(claim.sudo().picking_ids)
        cls._step(3)
        cls._month("2026-05-01", 4)
        with freeze_time("2026-05-31 12:00:00"):
            reason = cls.env.ref("aftersales_plans.close_reason_moved")
            note = cls.contract._end(fields.Date.to_date("2026-05-31"), reason)
            note.action_post()
        cls._step(5)
        cls._month("2026-06-01", 6)
        cls.refunded, cls.source = note, invoice

    @classmethod
    def _step(cls, number):
        for entry in cls._new_entries():
            cls._note(number, entry)

    @classmethod
    def _month(cls, day, number):
        last = fields.Date.to_date(day) - timedelta(days=1)
        with freeze_time(f"{day} 12:00:00"):
            cls.env["aftersales.revenue"].sudo()._recognise_until(cls.company, last)
        cls._step(number)

    def test_the_entries_of_the_second_example_are_those_of_the_books(self):
        self.assertTable("A part replaced, and an early end", self.steps)

    def test_nothing_is_left_and_what_was_earned_is_what_was_kept(self):
        self.assertExplained(0.0)
        kept = self.source.amount_untaxed - 500.0 - self.refunded.amount_untaxed
        self.assertAlmostEqual(self.balance(self.income), kept, 2)
        self.assertAlmostEqual(kept, 256.44, 2)
