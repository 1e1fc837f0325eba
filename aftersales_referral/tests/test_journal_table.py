# SPDX-License-Identifier: LGPL-3.0-or-later
"""Every line of design §6's table of journal entries that concerns rewards, item by item."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_payout_tax import PayoutTaxCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestJournalTable(PayoutTaxCase):
    """Rita earned 300; goods are 1,000 + VAT 20 % unless said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.breakage = cls.company.aftersales_breakage_account_id
        cls.sales = cls.company_data["default_account_revenue"]
        cls.AR = cls.referrer.property_account_receivable_id
        cls.vat_owed = cls._account("VAT Owed", "VATOW", "liability_current")
        for part in cls.vat.repartition_line_ids:
            if part.repartition_type == "tax":
                part.account_id = cls.vat_owed
        cls.Lot = cls.env["aftersales.credit.lot"].with_user(cls.accountant)

    def assertEntry(self, move, *expected):
        """Check the items of ``move``: (account, debit, credit[, tax]), in any order.

        All belong to the referrer; and ledger, books, cards and lots agree.
        """
        self.assertEqual(move.state, "posted")
        found = [
            (line.account_id.name, line.debit, line.credit, line.tax_line_id.name or "")
            for line in move.line_ids
        ]
        self.assertCountEqual(
            found, [(row[0].name, *row[1:], *([""] if len(row) < 4 else [])) for row in expected]
        )
        self.assertEqual(move.line_ids.partner_id, self.referrer)
        self.assertInvariants()

    def _last(self, **domain):
        row = self.Commission.search(
            [(name, "=", value) for name, value in domain.items()], order="id DESC", limit=1
        )
        return row.account_move_id

    def _wallet(self, amount=120.0):
        """Give Rita store credit without a payout."""
        lot = self.Lot._give_goodwill(self.referrer, self.company, amount, "Sorry")
        return lot.with_user(self.accountant)

    def _bought(self, credit=120.0, **vals):
        """Return the posted invoice of goods at 1,000 + VAT, paid with ``credit``."""
        self._wallet(credit)
        order = self._order(
            (self.goods, 1000.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
            **vals,
        )
        order._update_programs_and_rewards()
        ((card, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, card)
        order.action_confirm()
        return self._invoice(order)

    # --- Earned, reversed, adjusted ------------------------------------------------------------

    def test_earned_e_to_a_with_the_analytic_of_the_order(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        shop = self.env["account.analytic.account"].create({"name": "North", "plan_id": plan.id})
        customer = self.env["res.partner"].create({"name": "Nora"})
        order = self._order(partner=customer, confirm=False)
        order.order_line.analytic_distribution = {str(shop.id): 100}
        order.action_confirm()
        self._pay(self._invoice(order), 600.0)
        entry = self._rows(order).account_move_id
        self.assertEntry(entry, (self.E, 75.0, 0.0), (self.A, 0.0, 75.0))
        analytic = {line.account_id: line.analytic_distribution for line in entry.line_ids}
        self.assertEqual(analytic, {self.E: {str(shop.id): 100}, self.A: False})

    def test_earned_as_less_revenue_contra_revenue_to_a(self):
        self.company.aftersales_reward_booking = "contra_revenue"
        contra = self.company.aftersales_commission_expense_account_id
        self.assertEqual(contra.internal_group, "income")
        customer = self.env["res.partner"].create({"name": "Nora"})
        order = self._order(partner=customer)
        self._pay(self._invoice(order))
        self.assertEntry(
            self._rows(order).account_move_id, (contra, 150.0, 0.0), (self.A, 0.0, 150.0)
        )

    def test_reversed_before_payout_a_to_e(self):
        self._credit(self.order.invoice_ids, 500.0)
        self.assertEntry(self._last(kind="reversed"), (self.A, 75.0, 0.0), (self.E, 0.0, 75.0))

    def test_reversed_after_payout_a_to_e(self):
        self._payout(300.0)
        self._credit(self.order.invoice_ids)
        self.assertEntry(self._last(kind="reversed"), (self.A, 300.0, 0.0), (self.E, 0.0, 300.0))
        self.assertBalance(self.A, -300.0)

    def test_adjusted_up_e_to_a_and_down_a_to_e(self):
        ledger = self.Commission.with_user(self.accountant)
        for amount, debit, credit in ((25.0, self.E, self.A), (-25.0, self.A, self.E)):
            rows = ledger._adjust(
                [
                    ledger._prepare_adjustment(
                        self.referrer, self.company, amount, "x", key=f"table-{amount}"
                    )
                ]
            )
            entry = rows.sudo().account_move_id
            self.assertEntry(entry, (debit, 25.0, 0.0), (credit, 0.0, 25.0))

    # --- Paid in money -------------------------------------------------------------------------

    def test_money_for_a_private_person_a_to_ap_then_ap_to_bank(self):
        self._become("individual")
        bill = self._payout(100.0, "cash").bill_id
        self.assertEntry(bill, (self.A, 100.0, 0.0), (self.AP, 0.0, 100.0))
        payment = self._pay(bill)
        bank = payment.outstanding_account_id
        self.assertEntry(payment.move_id, (self.AP, 100.0, 0.0), (bank, 0.0, 100.0))
        self.assertIn(bill.payment_state, ("paid", "in_payment"))

    def test_money_for_a_business_a_and_input_vat_to_ap(self):
        self._become("business", self.vat20)
        bill = self._payout(100.0, "cash").bill_id
        self.assertEntry(
            bill,
            (self.A, 100.0, 0.0),
            (self.input_vat, 20.0, 0.0, "Input VAT 20"),
            (self.AP, 0.0, 120.0),
        )
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.vat20)
        payment = self._pay(bill)
        bank = payment.outstanding_account_id
        self.assertEntry(payment.move_id, (self.AP, 120.0, 0.0), (bank, 0.0, 120.0))

    def test_money_less_what_is_withheld_a_to_ap_and_withholding_payable(self):
        self._become("self_employed", self.withheld10)
        bill = self._payout(100.0, "cash").bill_id
        self.assertEntry(
            bill,
            (self.A, 100.0, 0.0),
            (self.owed_tax, 0.0, 10.0, "Withheld 10"),
            (self.AP, 0.0, 90.0),
        )

    def test_money_taken_back_is_the_opposite(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0, "cash")
        payout.action_cancel()
        self.assertEntry(
            self._last(payout_id=payout.id),
            (self.AP, 120.0, 0.0),
            (self.A, 0.0, 100.0),
            (self.input_vat, 0.0, 20.0, "Input VAT 20"),
        )
        self.assertBalance(self.A, 300.0)

    # --- Paid in store credit ------------------------------------------------------------------

    def test_credit_for_a_private_person_a_to_l(self):
        payout = self._payout(100.0)
        self.assertEntry(payout.move_id, (self.A, 100.0, 0.0), (self.L, 0.0, 100.0))
        self.assertEqual(payout.card_id.points, 100.0)
        payout.action_cancel()
        back = self._last(payout_id=payout.id)
        self.assertEntry(back, (self.L, 100.0, 0.0), (self.A, 0.0, 100.0))

    def test_credit_for_a_business_a_bill_then_ap_to_l(self):
        self._become("business", self.vat20)
        payout = self._payout(100.0)
        self.assertEntry(
            payout.bill_id,
            (self.A, 100.0, 0.0),
            (self.input_vat, 20.0, 0.0, "Input VAT 20"),
            (self.AP, 0.0, 120.0),
        )
        self.assertEntry(payout.move_id, (self.AP, 120.0, 0.0), (self.L, 0.0, 120.0))
        self.assertEqual(payout.bill_id.amount_residual, 0.0)
        self.assertEqual(payout.card_id.points, 120.0)

    def test_a_bonus_e_to_l(self):
        self.company.aftersales_credit_bonus_percent = 10.0
        payout = self._payout(100.0)
        self.assertEntry(
            payout.move_id,
            (self.A, 100.0, 0.0),
            (self.L, 0.0, 100.0),
            (self.E, 10.0, 0.0),
            (self.L, 0.0, 10.0),
        )
        self.assertEqual(payout.card_id.points, 110.0)

    def test_goodwill_e_to_l_and_taken_back_l_to_e(self):
        lot = self._wallet(25.0)
        self.assertEntry(lot.sudo().move_id, (self.E, 25.0, 0.0), (self.L, 0.0, 25.0))
        entry = self.Lot._take_from(self.referrer, self.company, 10.0, "Too much")
        self.assertEntry(entry.sudo(), (self.L, 10.0, 0.0), (self.E, 0.0, 10.0))
        other = self._wallet(7.0)
        other.action_take_back()
        entry = other.sudo().movement_ids.sorted("id")[-1].move_id
        self.assertEntry(entry, (self.L, 7.0, 0.0), (self.E, 0.0, 7.0))

    def test_opening_credit_the_chosen_account_to_l(self):
        equity = self.company_data["default_account_assets"]
        opening = self.env["aftersales.credit.opening"].with_user(self.accountant)
        opening = opening.create(
            {"referrer_id": self.referrer.id, "amount": 40.0, "counterpart_account_id": equity.id}
        )
        opening.action_record()
        entry = opening.sudo().lot_id.move_id
        self.assertEntry(entry, (equity, 40.0, 0.0), (self.L, 0.0, 40.0))

    # --- Spent, given back, expired ------------------------------------------------------------

    def test_spent_ar_and_l_to_sales_and_tax_on_the_full_price(self):
        self.assertEntry(
            self._bought(),
            (self.AR, 1080.0, 0.0),
            (self.L, 120.0, 0.0),
            (self.sales, 0.0, 1000.0),
            (self.vat_owed, 0.0, 200.0, "VAT 20"),
        )

    def test_all_paid_with_credit_leaves_nothing_to_receive(self):
        invoice = self._bought(1500.0)
        items = [(line.account_id, line.balance) for line in invoice.line_ids if line.balance]
        self.assertCountEqual(
            items, [(self.L, 1200.0), (self.sales, -1000.0), (self.vat_owed, -200.0)]
        )
        self.assertEqual(invoice.amount_total, 0.0)
        self.assertBalance(self.L, 300.0)
        self.assertInvariants()

    def test_a_credit_note_sales_and_tax_to_ar_and_l(self):
        invoice = self._bought()
        card = self.env["loyalty.card"].search([("partner_id", "=", self.referrer.id)])
        self.assertEqual(card.points, 0.0)
        self.assertEntry(
            self._credit(invoice),
            (self.sales, 1000.0, 0.0),
            (self.vat_owed, 200.0, 0.0, "VAT 20"),
            (self.AR, 0.0, 1080.0),
            (self.L, 0.0, 120.0),
        )
        self.assertEqual(card.points, 120.0)

    def test_half_a_credit_note_gives_half_of_the_credit_back(self):
        note = self._credit(self._bought(), post=False)
        goods = note.invoice_line_ids.filtered(lambda line: line.product_id == self.goods)
        note.write({"invoice_line_ids": [Command.update(goods.id, {"quantity": 0.5})]})
        note.action_post()
        self.assertEntry(
            note,
            (self.sales, 500.0, 0.0),
            (self.vat_owed, 100.0, 0.0, "VAT 20"),
            (self.AR, 0.0, 540.0),
            (self.L, 0.0, 60.0),
        )

    def test_a_lot_expires_l_to_breakage(self):
        lot = self._wallet(25.0).sudo()
        with freeze_time("2028-03-16"):
            lot._expire()
            entry = lot.movement_ids.sorted("id")[-1].move_id
            self.assertEntry(entry, (self.L, 25.0, 0.0), (self.breakage, 0.0, 25.0))
            self.assertEqual(str(entry.date), "2028-03-16")
