# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_revenue import RevenueCase


@tagged("post_install", "-at_install")
class TestRevenue(RevenueCase):
    """What is recognised, by which day (requirement 83; design §6)."""

    def test_1200_from_15_march_is_960_at_the_end_of_the_year(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        self.assertEqual(self.balance(), 1200.0)
        self.run_months("2027-01-05")
        # nobody ran before: every month end by itself, in order
        days = [day for day, _amount in self.rows(contract)]
        self.assertEqual(days[0], "2026-03-31")
        self.assertEqual(days[-1], "2026-12-31")
        self.assertEqual(len(days), 10)
        self.assertEqual(self.rows(contract)[0], ("2026-03-31", 55.89))  # 17 of 365 days
        self.assertEqual(contract._recognised(), {contract: 960.0})
        self.assertEqual(self.balance(self.income), 960.0)
        self.assertEqual(len(self.entries()), 10)
        self.assertExplained(240.0)

    def test_twice_has_no_effect_and_the_term_ends_at_nothing_left(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        self.run_months("2027-01-05")
        self.run_months("2027-01-06")
        self.recognise("2027-01-06")
        self.recognise("2027-01-06")
        self.assertEqual(self.rows(contract)[-1], ("2027-01-06", 19.73))
        with freeze_time("2027-03-15 12:00:00"):
            contract._expire()
        self.run_months("2027-04-01")
        self.assertEqual(contract._recognised(), {contract: 1200.0})
        rows = len(self.rows(contract))
        self.run_months("2027-09-01")
        self.assertEqual(len(self.rows(contract)), rows)
        self.assertExplained(0.0)

    def test_one_entry_for_a_company_and_month(self):
        first, second = self.start("2026-03-15"), self.start("2026-03-25")
        self.invoice(first, "2026-03-20")
        self.invoice(second, "2026-03-26")
        self.run_months("2026-04-01")
        entry = self.entries()
        self.assertRecordValues(
            entry,
            [{"state": "posted", "journal_id": self.company.aftersales_revenue_journal_id.id}],
        )
        self.assertEqual(str(entry.date), "2026-03-31")
        # 55.89 + 7 of 365 days
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"account_id": self.income.id, "balance": -78.90},
                {"account_id": self.deferred.id, "balance": 78.90},
            ],
        )
        action = entry.action_open_aftersales_revenue()
        rows = self.env["aftersales.revenue"].search(action["domain"])
        self.assertEqual(rows.contract_id, first | second)

    def test_nothing_before_the_start(self):
        with freeze_time("2026-03-10 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.invoice(contract, "2026-03-10")
        self.run_months("2026-05-01")
        self.assertEqual(self.rows(contract), [])
        with freeze_time("2026-05-16 12:00:00"):
            self.deliver(order.picking_ids)
        self.run_months("2026-06-01")
        self.assertEqual(self.rows(contract), [("2026-05-31", 52.60)])  # 16 of 365 days

    def test_half_a_cent_is_rounded_up_whatever_was_recognised_before(self):
        contract = self.start("2027-03-01")
        contract.sale_line_id.price_unit = 107.97
        self.invoice(contract, "2027-03-01")
        self.run_months("2027-11-02")
        # 107.97 × 245 of 366 days are 72.275
        self.assertEqual(contract._recognised(), {contract: 72.28})

    def test_an_invoice_after_the_start_is_caught_up(self):
        contract = self.start("2026-03-15")
        self.run_months("2026-06-02")
        self.invoice(contract, "2026-06-20")
        self.run_months("2026-07-01")
        self.assertEqual(self.rows(contract), [("2026-06-30", 355.07)])  # 108 of 365 days
        self.assertExplained(844.93)

    def test_a_month_that_was_missed_does_not_see_later_invoices(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-05-10")
        self.run_months("2026-06-02")
        self.assertEqual(self.rows(contract), [("2026-05-31", 256.44)])  # 78 of 365 days

    def test_a_credit_note_takes_revenue_back(self):
        contract = self.start("2026-03-15")
        invoice = self.invoice(contract, "2026-03-20")
        self.run_months("2027-01-05")
        self.credit(invoice, "2027-01-10", net=600.0)
        self.run_months("2027-02-01")
        # 600 × 323 of 365 days, 960 is recognised
        self.assertEqual(self.rows(contract)[-1], ("2027-01-31", -429.04))
        self.assertExplained(69.04)
        entry = self.entries()[-1]
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"account_id": self.deferred.id, "balance": -429.04},
                {"account_id": self.income.id, "balance": 429.04},
            ],
        )

    def test_a_line_without_an_order_credits_what_it_reverses(self):
        contract = self.start("2026-03-15")
        invoice = self.invoice(contract, "2026-03-20")
        with freeze_time("2026-03-25 12:00:00"):
            note = invoice._reverse_moves([{"invoice_date": "2026-03-25", "date": "2026-03-25"}])
            note.invoice_line_ids.unlink()
            note.invoice_line_ids = [
                Command.create(
                    {"product_id": self.plan_product.id, "price_unit": 200.0, "tax_ids": []}
                )
            ]
            note.action_post()
        self.assertFalse(note.invoice_line_ids.sale_line_ids)
        self.run_months("2026-04-01")
        self.assertEqual(self.rows(contract), [("2026-03-31", 46.58)])  # 1,000 × 17 of 365
        self.assertExplained(953.42)

    def test_cancelled_before_the_start_and_credited_leaves_nothing(self):
        with freeze_time("2026-03-10 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.action_confirm()
        contract = order.aftersales_contract_ids
        invoice = self.invoice(contract, "2026-03-10")
        self.credit(invoice, "2026-03-12")
        with freeze_time("2026-03-12 12:00:00"):
            order._action_cancel()
        self.assertEqual(contract.state, "cancelled")
        self.run_months("2026-04-01")
        self.assertEqual(self.rows(contract), [])
        self.assertExplained(0.0)

    def test_ended_early_all_that_is_kept_is_due(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        self.run_months("2026-06-01")
        with freeze_time("2026-06-14 12:00:00"):
            reason = self.env.ref("aftersales_plans.close_reason_moved")
            notes = contract._end(contract._fields["date_start"].today(), reason)
            notes.action_post()
        self.assertEqual(notes.amount_untaxed, 897.53)  # 273 of 365 days
        self.run_months("2026-07-01")
        self.assertEqual(contract._recognised(), {contract: 302.47})
        self.assertExplained(0.0)

    def test_a_refund_that_is_posted_late_is_taken_back_then(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        with freeze_time("2026-06-14 12:00:00"):
            reason = self.env.ref("aftersales_plans.close_reason_moved")
            notes = contract._end(contract._fields["date_start"].today(), reason)
        self.run_months("2026-07-01")
        self.assertEqual(contract._recognised(), {contract: 1200.0})
        with freeze_time("2026-07-03 12:00:00"):
            notes.action_post()
        self.run_months("2026-08-01")
        self.assertEqual(self.rows(contract)[-1], ("2026-07-31", -897.53))
        self.assertExplained(0.0)

    def test_suspended_days_earn_nothing_and_the_end_moves(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        with freeze_time("2026-05-01 12:00:00"):
            contract._suspend(*self.days("2026-05-01", "2026-05-31"))
        self.run_months("2026-06-01")
        self.assertEqual(
            self.rows(contract), [("2026-03-31", 55.89), ("2026-04-30", 98.63)]
        )  # 17, then 30 of 365 days; none in May
        self.run_months("2027-04-02")
        self.assertEqual(contract._recognised(), {contract: 1153.97})  # to 31 March: 351 days
        with freeze_time("2027-04-15 12:00:00"):
            self.assertEqual(str(contract.date_end), "2027-04-14")
            contract._expire()
        self.run_months("2027-05-01")
        self.assertExplained(0.0)

    def days(self, *days):
        return [self.env["aftersales.contract"]._fields["date_start"].to_date(day) for day in days]

    def test_a_leap_year_has_366_days(self):
        contract = self.start("2028-01-01")
        self.invoice(contract, "2028-01-01")
        self.recognise("2028-02-29")
        self.assertEqual(contract._recognised(), {contract: 196.72})  # 60 of 366 days

    def test_a_month_inside_one_month(self):
        self.plan.duration_months = 1
        contract = self.start("2026-04-01")
        self.assertEqual(str(contract.date_end), "2026-04-30")
        self.invoice(contract, "2026-04-01")
        self.run_months("2026-05-01")
        self.assertEqual(self.rows(contract), [("2026-04-30", 1200.0)])

    def test_a_renewal_has_its_own(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        with freeze_time("2027-03-01 12:00:00"):
            order = contract._make_renewal()
            order.order_line.write({"price_unit": 1200.0, "discount": 0.0})
            order.action_confirm()
        child = order.aftersales_contract_ids
        self.assertEqual(child.renewed_from_id, contract)
        self.invoice(child, "2027-03-02")
        self.run_months("2027-04-01")
        self.assertEqual(contract._recognised()[contract], 1200.0)
        self.assertEqual(child._recognised(), {child: 55.74})  # 17 of 366 days
        self.assertExplained(1144.26)

    def test_a_contract_imported_as_running_has_nothing(self):
        contract = self.env["aftersales.contract"].create(
            {
                "plan_id": self.plan.id,
                "partner_id": self.customer.id,
                "site_id": self.customer.id,
                "amount_untaxed": 600.0,
                "date_start": "2026-03-01",
                "start_policy": "confirmation",
            }
        )
        self.run_months("2026-06-01")
        self.assertEqual(contract._recognised(), {contract: 0.0})

    def test_an_invoice_corrected_in_draft_is_followed(self):
        contract = self.start("2026-03-15")
        invoice = self.invoice(contract, "2026-03-20")
        self.run_months("2026-04-01")
        invoice.button_draft()
        invoice.invoice_line_ids.filtered("sale_line_ids.aftersales_plan_id").price_unit = 1000.0
        self.recognise("2026-04-02")
        self.assertEqual(self.rows(contract)[-1], ("2026-04-02", -55.89))  # nothing is posted
        invoice.action_post()
        self.recognise("2026-04-30")
        self.assertEqual(contract._recognised(), {contract: 128.77})  # 1,000 × 47 of 365
        self.assertExplained(871.23)

    def taxed(self, account):
        """Return a contract invoiced for 1,200 with 20 % in the price, booked on ``account``."""
        tax = self.env["account.tax"].create(
            {"name": "VAT 20 in", "amount": 20.0, "price_include_override": "tax_included"}
        )
        tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        ).account_id = account
        with freeze_time("2026-03-15 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[1].tax_ids = tax
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.invoice(order.aftersales_contract_ids, "2026-03-20")
        return order.aftersales_contract_ids

    def test_taxes_in_the_price_are_no_revenue(self):
        owed = self.deferred.copy({"name": "VAT", "code": "T2998"})
        contract = self.taxed(owed)
        self.run_months("2026-04-01")
        self.assertEqual(self.rows(contract), [("2026-03-31", 46.58)])
        self.assertExplained(953.42)

    def test_a_tax_without_account_is_revenue_as_with_any_product(self):
        contract = self.taxed(None)
        self.run_months("2026-04-01")
        self.assertEqual(self.rows(contract), [("2026-03-31", 55.89)])
        self.assertExplained(1144.11)

    def test_a_foreign_invoice_counts_as_the_books_say(self):
        dollar = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-03-01", "rate": 2.0}
        )
        pricelist = self.env["product.pricelist"].create({"name": "F", "currency_id": dollar.id})
        contract = self.start("2026-03-15", pricelist_id=pricelist.id)
        self.assertEqual(contract.sale_line_id.price_unit, 2400.0)
        self.invoice(contract, "2026-03-20")
        self.assertEqual(self.balance(), 1200.0)
        self.run_months("2027-01-02")
        self.assertEqual(contract._recognised(), {contract: 960.0})

    def test_a_discount_line_of_the_order_is_revenue_of_its_own_at_once(self):
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": -100.0, "taxes_id": []}
        )
        contract = self.start("2026-03-15", (self.plan_product, 1), (discount, 1))
        invoice = self.invoice(contract, "2026-03-20")
        self.assertEqual(self.balance(), 1200.0)
        line = invoice.invoice_line_ids.filtered(lambda row: row.product_id == discount)
        self.assertEqual(line.account_id.internal_group, "income")

    def test_a_discount_on_the_whole_order_is_spread_as_the_plan_is(self):
        with freeze_time("2026-03-15 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[0].write({"price_unit": 300.0, "tax_ids": [Command.clear()]})
            wizard = self.env["sale.order.discount"].create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "amount",
                    "discount_amount": 150.0,
                }
            )
            wizard.action_apply_discount()
            order.action_confirm()
            self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        invoice = self.invoice(contract, "2026-03-20")
        self.assertEqual(contract.amount_untaxed, 1080.0)
        self.assertExplained(1200.0)
        self.assertEqual(contract._profit()[contract].revenue, 0.0)
        self.run_months("2026-04-01")
        self.assertExplained(1029.70)  # 1,080.00 × 348 ÷ 365
        self.assertEqual(self.rows(contract), [("2026-03-31", 170.30)])
        profit = contract._profit()[contract]
        self.assertAlmostEqual(profit.revenue, 50.30, 2)
        self.assertFalse(contract.is_below_cost)
        self.credit(invoice, "2026-04-02")
        self.run_months("2026-05-01")
        self.assertExplained(0.0)
        self.assertAlmostEqual(contract._profit()[contract].revenue, 0.0, 2)

    def test_a_discount_credited_apart_is_given_back_once_it_is_in_the_books(self):
        with freeze_time("2026-03-15 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[0].write({"price_unit": 300.0, "tax_ids": [Command.clear()]})
            order.action_confirm()
            self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        self.invoice(contract, "2026-03-20")
        with freeze_time("2026-04-03 12:00:00"):
            wizard = self.env["sale.order.discount"].create(
                {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 150.0}
            )
            wizard.action_apply_discount()
            order._create_invoices(final=True).action_post()
        self.run_months("2026-04-05")
        self.assertEqual(self.rows(contract), [("2026-03-31", 55.89)])
        self.run_months("2026-05-01")
        self.assertEqual(self.rows(contract)[1:], [("2026-04-30", 203.18)])  # to 259.07
        self.assertExplained(940.93)  # 1,080.00 × 318 ÷ 365
        self.assertAlmostEqual(contract._profit()[contract].revenue, 139.07, 2)

    def test_a_down_payment_does_not_touch_d(self):
        with freeze_time("2026-03-10 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[0].price_unit = 0.0
            order.action_confirm()
            self.deliver(order.picking_ids)
            wizard = self.env["sale.advance.payment.inv"].with_context(
                active_model="sale.order", active_ids=order.ids
            )
            wizard = wizard.create({"advance_payment_method": "percentage", "amount": 30.0})
            down = wizard._create_invoices(order)
            down.action_post()
        self.assertEqual(down.amount_untaxed, 360.0)
        self.assertEqual(self.balance(), 0.0)
        final = self.invoice(order.aftersales_contract_ids, "2026-03-20")
        self.assertEqual(final.amount_untaxed, 840.0)
        self.assertExplained(1200.0)

    def test_a_run_that_is_cut_off_goes_on_where_it_stopped(self):
        contracts = [self.start("2026-03-15") for _n in range(3)]
        for contract in contracts:
            self.invoice(contract, "2026-03-20")
        cron = type(self.env["ir.cron"])
        with (
            patch("odoo.addons.aftersales_plans.models.revenue.BATCH_CONTRACTS", 1),
            patch.object(cron, "_commit_progress", side_effect=[True, True, False]),
            freeze_time("2026-04-01 12:00:00"),
        ):
            self.env["aftersales.revenue"]._cron_recognise()
        self.assertEqual([len(self.rows(contract)) for contract in contracts], [1, 1, 0])
        self.assertFalse(self.entries())
        self.run_months("2026-04-01")
        self.assertEqual([len(self.rows(contract)) for contract in contracts], [1, 1, 1])
        self.assertEqual(len(self.entries()), 1)
        self.assertExplained(3600.0 - 3 * 55.89)

    def test_queries_do_not_grow_with_the_contracts(self):
        counts = []
        for size, month in ((1, "2026-03"), (6, "2026-04")):
            for contract in [self.start(f"{month}-15") for _n in range(size)]:
                self.invoice(contract, f"{month}-20")
            self.env.invalidate_all()
            day = self.days("2026-03-31" if size == 1 else "2026-04-30")[0]
            before = self.env.cr.sql_log_count
            with freeze_time(f"{day} 12:00:00"):
                self.env["aftersales.revenue"]._recognise(self.company, day)
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_the_dialog_refuses_what_lies_ahead_or_before(self):
        contract = self.start("2026-03-15")
        self.invoice(contract, "2026-03-20")
        with self.assertRefused("until today at the latest"):
            self.recognise("2026-04-02", today="2026-04-01")
        self.recognise("2026-04-20")
        with self.assertRefused(r"booked until 04/20/2026"):
            self.recognise("2026-04-10", today="2026-04-21")
        with freeze_time("2026-04-21 12:00:00"):
            form = Form(self.env["aftersales.revenue.recognise"])
            self.assertEqual(str(form.date), "2026-04-21")
            self.assertEqual(str(form.booked_until), "2026-03-31")
