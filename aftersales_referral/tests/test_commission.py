# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWorkedExamples(ReferralCommon):
    """The worked examples of design §6, through real invoices, credit notes and payments."""

    def test_600_paid_earns_75_and_the_rest_brings_150(self):
        order = self._order()
        invoice = self._invoice(order)
        self.assertEarned(order, 0.0)
        self._pay(invoice, 600.0)
        self.assertEarned(order, 75.0)
        self._pay(invoice)
        self.assertEarned(order, 150.0)
        self.assertEqual(self._rows(order).mapped("kind"), ["earned", "earned"])

    def test_over_payment_earns_no_more(self):
        order = self._order()
        self._pay(self._invoice(order), 1500.0)
        self.assertEarned(order, 150.0)

    def test_credit_note_240_then_960_paid(self):
        order = self._order()
        invoice = self._invoice(order)
        self._reconcile(invoice, self._credit(invoice, 200.0))
        self.assertEarned(order, 0.0)
        self._pay(invoice, 960.0)
        self.assertEarned(order, 120.0)

    def test_paid_then_credit_note_240_open_then_refunded(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        note = self._credit(invoice, 200.0)
        self.assertEarned(order, 120.0)
        self._pay(note)
        self.assertEqual(note.payment_state, "paid")
        self.assertEarned(order, 120.0)
        self.assertEqual(self._rows(order).mapped("amount"), [150.0, -30.0])
        self.assertEqual(self._rows(order).mapped("kind"), ["earned", "reversed"])

    def test_600_paid_and_credit_note_240_open(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 600.0)
        self._credit(invoice, 200.0)
        self.assertEarned(order, 75.0)

    def test_credit_note_240_used_on_the_order_of_another_referred_customer(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        note = self._credit(invoice, 200.0)
        other = self._order(
            (self.goods, 500.0), partner=self.env["res.partner"].create({"name": "Nora"})
        )
        other_invoice = self._invoice(other)
        self._reconcile(other_invoice, note)
        self.assertEqual(other_invoice.amount_residual, 360.0)
        self.assertEarned(order, 120.0)
        self.assertEarned(other, 30.0)

    def test_credit_note_for_the_delivery_then_500_paid(self):
        order = self._order((self.goods_untaxed, 1000.0), (self.delivery, 500.0))
        invoice = self._invoice(order)
        note = self._credit(invoice, product=self.delivery)
        self.assertEqual(note.amount_total, 500.0)
        self._reconcile(invoice, note)
        self._pay(invoice, 500.0)
        self.assertEarned(order, 75.0)

    def test_order_a_credited_and_order_b_paid_on_one_invoice(self):
        order_a = self._order()
        order_b = self._order(referrer=self.env["res.partner"])
        order_b.invalidate_recordset()
        invoice = (order_a | order_b)._create_invoices(final=True)
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        note = self._credit(invoice, post=False)
        note.invoice_line_ids.filtered(lambda line: line.sale_line_ids.order_id == order_b).unlink()
        note.action_post()
        self._reconcile(invoice, note)
        self._pay(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEarned(order_a, 0.0)

    def test_money_on_one_invoice_of_two_orders_is_split(self):
        order_a = self._order()
        order_b = self._order(referrer=self.env["res.partner"])
        invoice = (order_a | order_b)._create_invoices(final=True)
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        self._pay(invoice, 1200.0)
        self.assertEarned(order_a, 75.0)
        self.assertFalse(self._rows(order_b))

    def test_600_paid_and_600_written_off(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(
            invoice,
            600.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEarned(order, 75.0)

    def test_two_percent_early_payment_discount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": 2.0,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100.0})],
            }
        )
        order = self._order(payment_term_id=term.id)
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self.assertEqual(payment.amount, 1176.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEarned(order, 147.0)

    def test_eur_1000_at_110_paid_and_credited_at_100(self):
        eur = self.setup_other_currency("EUR", rates=[("2027-01-01", 1 / 1.10)])
        self.env["res.currency.rate"].create(
            {
                "currency_id": eur.id,
                "company_id": self.company.id,
                "name": "2027-04-01",
                "rate": 1.0,
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": eur.id})
        order = self._order((self.goods_untaxed, 1000.0), pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, eur)
        invoice = self._invoice(order)
        self._pay(invoice)
        self.assertEarned(order, 165.0)
        with freeze_time("2027-04-15"):
            note = self._credit(invoice)
            self.assertEqual(note.amount_total_signed, -1000.0)
            self.assertEarned(order, 0.0)
            self._pay(note)
            self.assertEarned(order, 0.0)

    def test_eur_paid_at_another_rate_earns_by_the_invoice(self):
        eur = self.setup_other_currency(
            "EUR", rates=[("2027-01-01", 1 / 1.10), ("2027-04-01", 1.0)]
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": eur.id})
        order = self._order((self.goods_untaxed, 1000.0), pricelist_id=pricelist.id)
        invoice = self._invoice(order)
        with freeze_time("2027-04-15"):
            self._pay(invoice, 500.0)
            self.assertEarned(order, 82.5)
            self._pay(invoice)
            self.assertEqual(invoice.payment_state, "paid")
            self.assertEarned(order, 165.0)

    def test_store_credit_line_120_and_1080_paid(self):
        self._give_credit(self.customer, 120.0)
        order = self._order(confirm=False)
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        card = next(iter(rewards))
        order._apply_program_reward(rewards[card], card)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 1080.0)
        self.assertEarned(order, 0.0)
        self._pay(invoice)
        self.assertEarned(order, 135.0)

    def _give_credit(self, partner, amount):
        """Let ``partner`` have earned and taken store credit on somebody else's order."""
        self._contract(partner, self.plan)
        other = self._order(
            (self.goods_untaxed, amount / 0.15),
            partner=self.env["res.partner"].create({"name": "Norbert"}),
            referrer=partner,
        )
        self._pay(self._invoice(other))
        self._payout(amount, referrer=partner)

    def test_promotion_100_net_and_the_rest_paid(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "100 off",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 120.0,
                            "discount_mode": "per_order",
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )
        order = self._order(confirm=False)
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        card = next(iter(rewards))
        order._apply_program_reward(program.reward_ids, card)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_untaxed, 900.0)
        self._pay(invoice)
        self.assertEarned(order, 135.0)

    def test_down_payment_30_percent_then_half_of_the_rest(self):
        order = self._order((self.goods_untaxed, 1000.0), (self.delivery, 200.0))
        down = self._down_payment(order, 30.0)
        self.assertEqual(down.amount_total, 360.0)
        self._pay(down)
        self.assertEarned(order, 45.0)
        rest = self._invoice(order)
        self.assertEqual(rest.amount_total, 840.0)
        self.assertEarned(order, 45.0)
        self._pay(rest, 420.0)
        self.assertEarned(order, 97.5)
        self._pay(rest)
        self.assertEarned(order, 150.0)

    def test_prepaid_in_full_and_final_invoice_of_zero(self):
        order = self._order()
        self._pay(self._down_payment(order, 100.0))
        self.assertEarned(order, 150.0)
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 0.0)
        self.assertEarned(order, 150.0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommission(ReferralCommon):
    """The ledger follows documents and money, and is never changed."""

    def test_delivery_and_plans_earn_nothing_and_the_evidence_says_so(self):
        order = self._order(
            (self.goods, 1000.0), (self.delivery, 200.0), (self.plan_product, 1200.0)
        )
        self.assertEqual(order.referral_expected_amount, 150.0)
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)
        evidence = self._rows(order).evidence_ids
        self.assertEqual(
            {(row.kind, row.net_amount, row.eligible_amount) for row in evidence},
            {("goods", 1000.0, 1000.0), ("excluded", 200.0, 0.0), ("plan", 1200.0, 0.0)},
        )

    def test_a_manual_discount_reduces_what_it_discounts(self):
        order = self._order((self.goods_untaxed, 1000.0), (self.delivery, 500.0), confirm=False)
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.10,
            }
        ).action_apply_discount()
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 1350.0)
        self._pay(invoice)
        self.assertEarned(order, 135.0)

    def test_unreconciling_takes_the_reward_back(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEarned(order, 0.0)
        self._reconcile(invoice, payment.move_id)
        self.assertEarned(order, 150.0)

    def test_an_invoice_reset_to_draft_takes_the_reward_back_until_posted_again(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        invoice.button_draft()
        self.assertEarned(order, 0.0)
        invoice.action_post()
        self._reconcile(invoice, payment.move_id)
        self.assertEarned(order, 150.0)

    def test_reversing_an_invoice_at_once_takes_the_reward_back(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        invoice._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertEarned(order, 0.0)

    def test_settling_twice_has_no_effect(self):
        order = self._order()
        self._pay(self._invoice(order), 600.0)
        self.assertFalse(self.Commission._settle(order))
        self.assertEqual(len(self._rows(order)), 1)

    def test_rows_are_never_changed_or_deleted_even_by_the_superuser(self):
        order = self._order()
        self._pay(self._invoice(order))
        row = self._rows(order).sudo()
        vals_list = ({"amount": 1.0}, {"account_move_id": False}, {"note": "x"}, {"payout_id": 1})
        for vals in vals_list:
            with self.assertRaisesRegex(UserError, "never changed"):
                row.write(vals)
        with self.assertRaisesRegex(UserError, "never deleted"):
            row.unlink()
        with self.assertRaisesRegex(UserError, "never changed"):
            row.evidence_ids[:1].write({"net_amount": 1.0})

    def test_somebody_without_rights_on_the_ledger_registers_the_payment(self):
        order = self._order()
        invoice = self._invoice(order)
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
        )
        self.assertFalse(self.Commission.with_user(self.biller).has_access("read"))
        wizard._create_payments()
        self.assertEarned(order, 150.0)

    def test_the_hold_of_an_earned_row_counts_from_the_payment(self):
        self.company.aftersales_hold_days = 14
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        with freeze_time("2027-03-20"):
            self._credit(invoice)
        self.assertEqual(
            [(row.amount, str(row.available_date)) for row in self._rows(order)],
            [(150.0, "2027-03-29"), (-150.0, "2027-03-29")],
        )

    def test_a_rejected_referral_earns_nothing(self):
        order = self._order()
        self._pay(self._invoice(order))
        order.referral_id.reject_reason = "The neighbour was a customer already."
        order.referral_id.action_reject()
        self.assertEqual(order.referral_id.state, "rejected")
        self.assertEarned(order, 0.0)

    def test_no_default_of_a_user_reaches_the_ledger(self):
        order = self._order()
        self._pay(self._invoice(order))
        entry = self._rows(order).account_move_id
        order.referral_id.reject_reason = "Fake"
        for field, value in {"account_move_id": entry.id, "note": "x"}.items():
            self.env["ir.default"].set("aftersales.commission", field, value, user_id=self.env.uid)
        order.referral_id.action_reject()
        row = self._rows(order)[-1]
        self.assertEqual((row.amount, row.note), (-150.0, False))
        self.assertNotEqual(row.account_move_id, entry)
        self.assertEarned(order, 0.0)

    def test_a_hand_written_credit_note_reduces_the_invoice_it_names(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice)
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": TODAY,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Scratched", "price_unit": 200.0, "tax_ids": self.vat.ids}
                    )
                ],
            }
        )
        note.action_post()
        self.assertEarned(order, 120.0)

    def test_orders_without_a_referral_leave_no_trace(self):
        order = self._order(referrer=self.env["res.partner"])
        self._pay(self._invoice(order))
        self.assertFalse(self._rows(order))

    def test_queries_do_not_grow_with_the_number_of_orders(self):
        few, many = self._paid_orders(2, "few"), self._paid_orders(7, "many")
        self.assertLessEqual(self._queries_to_settle(many), self._queries_to_settle(few) + 3)

    def test_queries_to_write_rows_do_not_grow_with_the_number_of_referrers(self):
        few, many = self._paid_orders(2, "few", 0.0), self._paid_orders(7, "many", 0.0)
        (few | many).referral_id.sudo().rate = 10.0
        few, many = (self._queries_to_settle(orders, rows=len(orders)) for orders in (few, many))
        self.assertLessEqual(many, few + 3)

    def _paid_orders(self, count, name, rate=None):
        """Return paid orders of customers; with a rate each was brought by somebody else."""
        orders, referrer = self.env["sale.order"], None
        for number in range(count):
            partner = self.env["res.partner"].create({"name": f"{name} {number}"})
            if rate is not None:
                referrer = self.env["res.partner"].create({"name": f"Brought {name} {number}"})
                self._contract(referrer, self.plan)
            order = self._order(partner=partner, referrer=referrer)
            if rate is not None:
                order.referral_id.sudo().rate = rate
            self._pay(self._invoice(order))
            orders |= order
        return orders

    def _queries_to_settle(self, orders, rows=0):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(len(self.Commission.sudo()._settle(orders.sudo())), rows)
        return self.env.cr.sql_log_count - before

    def test_a_product_excluded_later_changes_no_reward_of_what_is_sold(self):
        order = self._order((self.goods_untaxed, 1000.0))
        self._pay(self._invoice(order), 600.0)
        self.assertEarned(order, 90.0)
        self.goods_untaxed.referral_excluded = True
        self.Commission._settle(order)
        self.assertEarned(order, 90.0)
        self._pay(order.invoice_ids)
        self.assertEarned(order, 150.0)
        later = self._order((self.goods_untaxed, 1000.0), partner=self.salesperson.partner_id)
        self.assertEqual(later.referral_expected_amount, 0.0)
        line = order.order_line.with_user(self.salesperson)
        with self.assertRefused(AccessError, "on its product alone"):
            line.referral_excluded = True

    def test_what_a_reward_cost_leads_to_its_row(self):
        order = self._order()
        self._pay(self._invoice(order))
        self.env.flush_all()
        rows = self.env["aftersales.profit"].search([("contract_id", "=", self.contract.id)])
        opened = {row.action_open()["res_model"] for row in rows}
        self.assertEqual(opened, {"aftersales.commission", "sale.order"})

    def test_a_row_that_is_not_saved_yet_leaves_no_balance(self):
        self.assertEqual(self.Commission.sudo().new({}).balance, 0.0)
